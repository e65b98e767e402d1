"""simulate --fraud: planted beside what there was, which stays as it is; found again by the rules."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from telcli.cli import main
from telcli.pipeline.simulate import simulate
from telcli.settings import SimulateSettings


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("fraud") / "made"
    simulate(place, SimulateSettings(customers=120, months=5, fraud="on"), 3)
    return place


def test_rows_are_added_below_and_the_others_stay(made: Path, tmp_path: Path) -> None:
    simulate(tmp_path / "plain", SimulateSettings(customers=120, months=5), 3)
    assert not (tmp_path / "plain" / "calls.csv").exists()
    for name in ("crm_customers.csv", "usage.csv", "payments.csv", "billing_2024.txt"):
        plain = (tmp_path / "plain" / name).read_bytes()
        assert (made / name).read_bytes()[: len(plain)] == plain


def test_the_same_seed_plants_the_same(made: Path, tmp_path: Path) -> None:
    simulate(tmp_path / "again", SimulateSettings(customers=120, months=5, fraud="on"), 3)
    for name in ("calls.csv", "answer_key/fraud.csv", "answer_key/truth.json"):
        assert (tmp_path / "again" / name).read_bytes() == (made / name).read_bytes()


def test_planted_fraud_is_found_and_look_alikes_are_not(made: Path, tmp_path: Path) -> None:
    work = str(tmp_path / "w")
    files = [str(path) for path in made.iterdir() if path.suffix in (".csv", ".txt")]
    assert main(["ingest", *files, "-w", work, "-q"]) == 0
    assert main(["detect-fraud", "-w", work, "-q", "--fail-if", "new_cases>0"]) == 5
    key = dict(pl.read_csv(made / "answer_key/fraud.csv").select("customer_id", "role").iter_rows())
    rows = pl.read_parquet(Path(work) / "fraud_evidence/**/*.parquet")
    named = {f"C{who[1:9]}" if who.startswith("U") else who for who in rows["subject_id"].to_list()}
    roles = {key.get(who, "ordinary") for who in named if not who.startswith("caller-")}
    assert {"box", "ringer", "pump", "runaway", "idle-card"} <= roles
    innocent = {
        "call-centre",
        "new-call-centre",
        "courier",
        "dispatcher",
        "exchange",
        "expatriate",
        "elder",
        "ordinary",
    }
    assert not roles & innocent
    assert main(["detect-fraud", "-w", work, "-q"]) == 0
