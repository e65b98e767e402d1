"""simulate --fraud: planted beside what there was, which stays as it is; found again by the rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def look(work: str, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    main(["detect-fraud", "-w", work, "--format", "json", *words])
    metrics: dict[str, Any] = json.loads(capsys.readouterr().out)["metrics"]
    return metrics


@pytest.mark.slow
def test_planted_fraud_is_found_and_look_alikes_are_not_and_a_new_month_folds_its_own_days_alone(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = str(tmp_path / "w")
    calls = pl.read_csv(made / "calls.csv", infer_schema=False)
    for month in ("05", "06"):
        calls.filter(pl.col("start_time").str.slice(5, 2) == month).write_csv(tmp_path / f"calls_{month}.csv")
    files = [str(path) for path in made.iterdir() if path.suffix in (".csv", ".txt") and path.name != "calls.csv"]
    assert main(["ingest", *files, str(tmp_path / "calls_05.csv"), "-w", work, "-q"]) == 0
    assert look(work, capsys, "--as-of", "2024-05")["days_folded"] == 31
    assert main(["ingest", str(tmp_path / "calls_06.csv"), "-w", work, "-q"]) == 0
    assert main(["detect-fraud", "-w", work, "-q", "--fail-if", "new_cases>0"]) == 5
    june = look(work, capsys)
    assert june["days_folded"] == 30
    key = dict(pl.read_csv(made / "answer_key/fraud.csv").select("customer_id", "role").iter_rows())
    rows = pl.read_parquet(Path(work) / "fraud_evidence/as_of=2024-06-01/*.parquet")
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
    whole = look(work, capsys, "--force")
    assert whole["days_folded"] == 61
    assert (whole["cases"], whole["expected_loss"]) == (june["cases"], june["expected_loss"])
