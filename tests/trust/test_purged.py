"""Purge, and what is made anew after it: nothing tells that the person was ever there, models and pages included."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.cli import main
from tests.trust.planted import TOML

STAGES = ("segment", "score-value", "predict-churn")
TELLS_OF_EXTRACTS = ("source_quality", "rejects")
"""Tables that tell how many rows were delivered, and on which line of an extract: they differ until that is anew."""


def extracts(folder: Path) -> list[Path]:
    """What was simulated, the second system aside."""
    return sorted(file for file in (*folder.glob("*.csv"), *folder.glob("*.txt")) if "service" not in file.name)


def told(*words: object, code: int = 0) -> dict[str, Any]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main([*map(str, words), "--format", "json"]) == code, words
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


def walked(work: Path, ex: Path) -> None:
    work.mkdir()
    (work / "telcli.toml").write_text(TOML, encoding="utf-8")
    told("ingest", *extracts(ex), "-w", work)
    staged(work)


def staged(work: Path) -> None:
    for stage in ("customer-months", *STAGES):
        told(stage, "-w", work)


def without(ex: Path, who: str, place: Path) -> None:
    """The extracts of an operator that never had this customer."""
    place.mkdir()
    for file in extracts(ex):
        body = file.read_bytes()
        coding = "utf-8" if _is_utf8(body) else "gb18030"
        lines = body.decode(coding).splitlines(keepends=True)
        left = [line for line in lines if who not in line and f"U{who[1:]}" not in line]
        (place / file.name).write_bytes("".join(left).encode(coding))


def _is_utf8(body: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        return bool(body.decode("utf-8"))
    return False


def held(work: Path) -> dict[str, bytes]:
    """Every file but the log, by its path."""
    return {
        str(file.relative_to(work)): file.read_bytes()
        for file in sorted(work.rglob("*"))
        if file.is_file() and file.name not in ("audit.jsonl", ".lock")
    }


@pytest.mark.slow
def test_what_is_made_anew_after_a_purge_is_to_the_byte_what_never_knew_the_person(tmp_path: Path) -> None:
    ex, work, never = tmp_path / "ex", tmp_path / "work", tmp_path / "never"
    told("simulate", "-o", ex, "--customers", 50, "--months", 7, "--as-of", "2024-06")
    walked(work, ex)
    scores = pl.read_parquet(work / "churn_scores", hive_partitioning=False)
    who = str(scores["customer_id"].sort()[3])
    before = held(work)
    done = told("purge", "--customer", who, "-w", work)
    models = {name for name in before if name.startswith("models/") and not name.endswith(".json")}
    assert models == set(done["metrics"]["models"]) != set()
    notices = {one["code"]: one["message"] for one in done["warnings"]}
    assert "2024-06" in notices["purge-results"]
    states = {one["stage"]: one["state"] for one in told("status", "-w", work)["stages"]}
    assert {states[stage] for stage in ("customer-months", *STAGES)} == {"stale"}
    staged(work)
    without(ex, who, tmp_path / "others")
    walked(never, tmp_path / "others")
    ours, theirs = held(work), held(never)
    assert ours.keys() == theirs.keys()
    differ = {name.partition("/")[0] for name in theirs if ours[name] != theirs[name]}
    assert differ <= {*TELLS_OF_EXTRACTS, "manifest.json"}, differ
    assert not [name for name in models if ours[name] == before[name]]
    for table in TELLS_OF_EXTRACTS:
        frames = [pl.read_parquet(place / table, hive_partitioning=False) for place in (work, never)]
        assert frames[0].height == frames[1].height, table
