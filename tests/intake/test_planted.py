"""The sample extracts hold known dirt: every planted fault is found, every copy dropped, and nothing else is lost."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from telcli.pipeline.sources import open_sources
from telcli.settings import IngestSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.ingest import ingest
from telcli.tables import contract
from tests.keeping import kept

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    extracts, notices = open_sources([SAMPLE], tmp_path_factory.mktemp("scratch"))
    assert notices == []  # the key to what is planted is no extract, which need not be said
    return ingest(Inputs({}, None, extracts=tuple(extracts), keep=kept, key=lambda: bytes(32)), IngestSettings())


@pytest.mark.slow
def test_each_planted_fault_is_refused_and_each_copy_dropped(found: Outcome) -> None:
    truth = json.loads((SAMPLE / "answer_key" / "truth.json").read_text(encoding="utf-8"))["files"]
    parted = [contract(table).split(frame) for table, frame in found.tables.items()]
    refused = pl.concat([split.rejects.select("source", "line") for split in parted]).unique()
    copied = pl.concat([split.copies.select("source", "line") for split in parted]).unique()
    counted = {
        one["source"]: (
            one["rows_read"],
            refused.filter(source=one["source"]).height,
            copied.filter(source=one["source"]).join(refused, on=["source", "line"], how="anti").height,
        )
        for one in found.metrics["sources"]
    }
    assert counted == {
        name: (planted["rows"], sum(planted["bad"].values()), planted["copies"]) for name, planted in truth.items()
    }


@pytest.mark.slow
def test_every_header_of_the_sample_is_known(found: Outcome) -> None:
    for one in found.metrics["sources"]:
        assert not one["unmapped"], one["source"]
        assert one["confidence"] > 0.6
