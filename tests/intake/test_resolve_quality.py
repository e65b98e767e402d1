"""Two simulated systems resolved, held against the answer key: how right it is, by keys and with linkage."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.methods.components import PairQuality, pair_quality
from telcli.pipeline.simulate import simulate
from telcli.pipeline.sources import open_sources
from telcli.settings import IngestSettings, SimulateSettings
from telcli.stages import Inputs
from telcli.stages.ingest import ingest

FILES = ("crm_customers.csv", "service_customers.csv")


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("quality") / "operator"
    simulate(place, SimulateSettings(customers=2_000, months=1, second_system="on"), seed=11)
    return place


def quality(operator: Path, scratch: Path, linkage: str) -> PairQuality:
    extracts, _ = open_sources([operator / name for name in FILES], scratch)
    inputs = Inputs({}, date(2024, 6, 1), extracts=tuple(extracts), key=lambda: bytes(32))
    found = ingest(inputs, IngestSettings(linkage=linkage, trust="crm*")).tables["crosswalk"].collect()
    truth = pl.read_csv(operator / "answer_key/same_customer.csv", infer_schema=False)
    both = found.select("source", "source_key", "customer_id").join(truth, on=["source", "source_key"])
    assert both.height == truth.height
    labels = [both[name].rank("dense").to_numpy() for name in ("true_customer", "customer_id")]
    return pair_quality(labels[0], labels[1])


@pytest.mark.slow
def test_precision_and_recall_on_planted_duplicates(operator: Path, tmp_path: Path) -> None:
    keys, alike = (quality(operator, tmp_path / way, way) for way in ("off", "on"))
    assert keys.true == alike.true > 1_200
    assert keys.precision >= 0.99
    assert 0.6 < keys.recall < 0.85
    assert alike.precision >= 0.985
    assert alike.recall > keys.recall + 0.12
