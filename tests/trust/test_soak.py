"""Month after month with `telcli gc` after each: what can be counted stays as it is. The long one is a benchmark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from telcli.pipeline import gc as collecting
from telcli.pipeline.provenance import Manifest
from tests.benchmarks.soak import disk
from tests.benchmarks.soak_operator import Exports
from tests.loop import operator
from tests.loop.operator import HISTORY
from tests.loop.walk import called

MONTHS, HISTORY_USED, KEPT = 6, 4, 2
STAGES = ("complaints", "score-value")
_NOW_AND_THEN = 2
"""Tables that have rows in some months alone."""
SETTINGS = f"""
[customer-months]
max_months = {HISTORY_USED}
[gc]
keep_months = {KEPT}
keep_facts = {HISTORY_USED}
"""


@pytest.fixture(scope="module")
def curve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    """What each month left behind; the history is full from the first on."""
    place, mended = tmp_path_factory.mktemp("soak"), pytest.MonkeyPatch()
    mended.setattr(operator, "FIRST", operator.FIRST)
    mended.setattr(collecting, "LEAST", KEPT)
    yield list(_months(place))
    mended.undo()


def _months(place: Path) -> Iterator[dict[str, Any]]:
    exports, work = Exports(60, MONTHS, 5, date(2020, 1, 1)), place / "work"
    work.mkdir()
    (work / "telcli.toml").write_text(SETTINGS, encoding="utf-8")
    for at in range(MONTHS):
        source = exports.write(range(at if at else 1 - HISTORY, at + 1), place / "drop")
        for words in (("ingest", source), *((name,) for name in STAGES), ("gc",)):
            code, said = called(*words, "-w", work)
            assert code == 0, said
        shutil.rmtree(source)
        manifest = Manifest.read(work / "manifest.json")
        last = {name: records[max(records)] for name, records in manifest.stages.items()}
        read = {name: len(record.basis.inputs) for name, record in last.items() if name != "ingest"}
        yield {**disk(work), "read": read, "months": len(manifest.partitions("bills"))}
        exports.world.go_on({})


@pytest.mark.slow
def test_files_and_the_manifest_stay_as_many_and_as_large(curve: list[dict[str, Any]]) -> None:
    counts = [row["files"] for row in curve[KEPT:]]
    assert max(counts) - min(counts) <= _NOW_AND_THEN, counts
    sizes = [row["manifest"] for row in curve[KEPT + 1 :]]
    assert max(sizes) < 1.03 * min(sizes)


@pytest.mark.slow
def test_what_is_read_and_held_stays_as_much(curve: list[dict[str, Any]]) -> None:
    assert {row["months"] for row in curve} == {HISTORY_USED}
    assert curve[-1]["read"] == curve[KEPT]["read"]
