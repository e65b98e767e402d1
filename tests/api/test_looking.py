"""Functions that read a working directory, and how a result looks."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import telcli
from telcli.cli import main
from tests.cli.fakes import IDS, MONTHS


def test_rows_are_read_as_show_picks_them(work: Path) -> None:
    found = telcli.read("work", "customer_months", columns="month, customer_id", where="month >= '2024-05'")
    assert found.columns == ["month", "customer_id"]
    assert found.height == 2 * len(IDS)
    assert telcli.read("work", "customer_months", as_of=date(2024, 4, 30))["month"].unique().to_list() == MONTHS[:1]
    lazy = telcli.scan("work", "segments", columns=["customer_id"])
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().height == len(IDS)


def test_what_a_table_and_a_metric_mean() -> None:
    assert telcli.schema("segments").filter(name="segment")["meaning"].item()
    found = telcli.metrics("revenue")
    assert found.filter(name="revenue_per_customer")["formula"].item() == "SUM(revenue) / SUM(active)"
    assert telcli.metrics("no such thing").is_empty()


def test_where_a_setting_comes_from(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_SEGMENT_N_SEGMENTS", "4")
    found = next(one for one in telcli.config("work") if (one["section"], one["name"]) == ("segment", "n_segments"))
    assert (found["value"], found["source"], found["high"]) == (4, "TELCLI_SEGMENT_N_SEGMENTS", 30)


def test_the_state_of_a_directory_and_one_customer(work: Path) -> None:
    assert telcli.status("work", "crm.csv").next == "score-value"
    shown = repr(telcli.status("work")).splitlines()
    assert any(line.split() == ["3", "customers"] for line in shown) and shown[-1] == "  next: score-value"
    assert telcli.customer("work", IDS[0]).found_by == "customer_id"


def test_a_table_for_others(work: Path) -> None:
    found = telcli.export("work", "bills", "bills.csv", columns=["month", "amount"], limit=2)
    assert (found.rows, Path("bills.csv").read_text(encoding="utf-8").splitlines()[0]) == (2, "month,amount")
    assert main(["export", "bills", "-o", "twin.csv", "--columns", "month,amount", "--limit", "2", "-q"]) == 0
    assert Path("twin.csv").read_bytes() == Path("bills.csv").read_bytes()


def test_metrics_by_groups_and_what_changed(work: Path) -> None:
    found = telcli.cube("work", "customers", since="2024-05")
    assert repr(found).startswith("shape:") and "all together: shape" in repr(found)
    assert found.months == (MONTHS[1], MONTHS[2])
    assert found.frame["customers"].null_count() == 2  # three customers are too few to be told
    assert telcli.diff("work", since="2024-04").after == MONTHS[-1]


def test_a_result_shows_what_it_gave(work: Path) -> None:
    found = telcli.segment("work", force=True)
    assert repr(found).splitlines() == ["segment 2024-06: done", "            3  segments"]
    shown = found._repr_html_()
    assert "<caption>segment 2024-06: done</caption>" in shown
    assert "<th>k</th><td>1</td>" in shown
    assert found.tables == ("segments",)
    assert found.table("segments")["segment_name"].unique().to_list() == ["all"]
    assert found.scan("customer_months").collect().height == 9
    again = telcli.segment("work")
    assert again.skipped
    assert repr(again).startswith("segment 2024-06: up to date")


def test_warnings_are_kept_and_escaped(faked: Path) -> None:
    found = telcli.ingest("crm.csv", "work")
    assert [notice.code for notice in found.warnings] == ["said"]
    assert "Warning: Said of crm.csv." in repr(found)
    assert "<td>Said of crm.csv.</td>" in found._repr_html_()
    assert len(found.outputs) == len(found["ingest"].outputs) + len(found["customer-months"].outputs)
