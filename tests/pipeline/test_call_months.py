"""call_months is made month by month: what has not changed stands, and all of it is what a run anew would make."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from telcli.features import call_month
from telcli.pipeline.purge import purge
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.walk import INTAKE, walk
from telcli.pipeline.workdir import Workdir
from telcli.stages import customer_months_calls
from telcli.tables.month_calls import CALLS

HEADER = "customer_id,started_at,direction,duration_s,counterpart\n"


def month(number: int, people: int = 12) -> str:
    return HEADER + "".join(
        f"c{person:02},2024-{number:02}-{day:02} {8 + person % 12:02}:00:00,{way},{60 * person},x{(person * day) % 5}\n"
        for person in range(people)
        for day in (3, 4, 21)
        for way in ("out", "in")
    )


def load(folder: Path, files: dict[str, str], **choices: object) -> None:
    folder.joinpath("in").mkdir(exist_ok=True)
    for name, text in files.items():
        folder.joinpath("in", name).write_text(text, encoding="utf-8")
    sources = tuple(folder / "in" / name for name in files)
    walk(Request(folder / "work", sources=sources, choices=choices), lambda run: None, INTAKE)


def held(folder: Path) -> dict[str, str]:
    parts = Workdir(folder / "work").manifest().tables["call_months"]
    return {name: part.sha256 for name, part in parts.items()}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The months that are worked on, in order."""
    months: list[str] = []

    def watched(calls: pl.LazyFrame) -> pl.DataFrame:
        months.extend(calls.select(pl.col("started_at").dt.strftime("%Y-%m").unique()).collect().to_series())
        return call_month.call_months(calls)

    monkeypatch.setattr(customer_months_calls, "call_months", watched)
    return months


@pytest.mark.slow
def test_a_new_month_is_made_and_the_past_stands(tmp_path: Path, seen: list[str]) -> None:
    load(tmp_path, {"may.csv": month(5), "june.csv": month(6)})
    assert set(seen) == {"2024-05", "2024-06"}
    before = held(tmp_path)
    seen.clear()
    load(tmp_path, {"july.csv": month(7)})
    assert set(seen) == {"2024-07"}
    assert {name: sha for name, sha in held(tmp_path).items() if name in before} == before
    grown = held(tmp_path)
    seen.clear()
    run_stage("customer-months", Request(tmp_path / "work", force=True))
    assert set(seen) == {"2024-05", "2024-06", "2024-07"}
    assert held(tmp_path) == grown, "what was added up month by month is what a run anew makes"


def test_late_calls_reopen_their_month_alone(tmp_path: Path, seen: list[str]) -> None:
    load(tmp_path, {"may.csv": month(5), "june.csv": month(6)})
    before = held(tmp_path)
    seen.clear()
    load(tmp_path, {"late.csv": HEADER + "c03,2024-05-30 10:00:00,out,60,x9\n"}, late=True)
    assert set(seen) == {"2024-05"}
    now = held(tmp_path)
    assert [name for name in now if now[name] != before[name]] == ["2024-05-01"]


def test_a_purged_person_leaves_and_the_month_is_made_again(tmp_path: Path, seen: list[str]) -> None:
    load(tmp_path, {"may.csv": month(5)})
    purge(tmp_path / "work", "c03")
    seen.clear()
    run_stage("customer-months", Request(tmp_path / "work"))
    assert set(seen) == {"2024-05"}
    rows = pl.read_parquet(tmp_path / "work/call_months/*/*.parquet", hive_partitioning=False)
    assert "c03" not in rows["customer_id"] and rows.height == 11


def test_another_setting_makes_everything_anew(tmp_path: Path, seen: list[str]) -> None:
    load(tmp_path, {"may.csv": month(5)})
    seen.clear()
    run_stage("customer-months", Request(tmp_path / "work", flags={"prepaid_inactive_days": 60}))
    assert set(seen) == {"2024-05"}


def test_files_are_worked_on_some_whole_customers_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path, {"may.csv": month(5, people=60)})
    before = held(tmp_path)
    monkeypatch.setattr(customer_months_calls, "_ROWS", 20)
    run_stage("customer-months", Request(tmp_path / "work", force=True))
    assert held(tmp_path) == before


def test_customer_months_tells_of_calls_what_usage_does_not(tmp_path: Path) -> None:
    load(tmp_path, {"may.csv": month(5), "june.csv": month(6, people=3)})
    rows = pl.read_parquet(tmp_path / "work/customer_months/*/*.parquet", hive_partitioning=False)
    calls = pl.read_parquet(tmp_path / "work/call_months/*/*.parquet", hive_partitioning=False)
    both = rows.join(calls, on=["customer_id", "month"], suffix=" of calls")
    assert both.height == calls.height == 15
    for name in CALLS:
        assert both[name].equals(both[f"{name} of calls"], null_equal=True), name
    silent = rows.join(calls, on=["customer_id", "month"], how="anti")
    assert silent.height == 9 and silent["customer_id"].min() == "c03"
    assert silent["counterparts"].to_list() == [0.0] * 9, "nobody was called"
    assert silent["counterpart_entropy"].null_count() == 9, "there is nothing to take it of"
    assert rows["off_net_share"].null_count() == rows.height, "the calls do not tell"
