"""Months without bills, use, payments or tickets: told first, and what hangs on them is withheld."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.stages import Inputs, Outcome
from telcli.stages.monitor_gaps import counted_of, with_counts
from tests.stages.test_monitor import JUNE, MONTHS, alerts, base, fall, given_file, watched

BILLED = ("revenue", "arrears")
USED = ("call_minutes", "data_mb")


def facts(months: list[date], column: str = "month") -> pl.LazyFrame:
    """A fact of every tenth customer in each of these months."""
    rows = [(f"C{at:02d}", month) for at in range(0, 30, 10) for month in months]
    return pl.LazyFrame(rows, schema=["customer_id", column], orient="row")


def without(months: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return months.with_columns(pl.when(pl.col("month") < JUNE).then(column).alias(column) for column in columns)


def codes(found: Outcome) -> list[str]:
    return [notice.code for notice in found.notices]


def test_a_month_without_bills_is_told_first_and_its_revenue_is_not_judged() -> None:
    months = fall(without(base(), *BILLED), "C03", 0.1, column="data_mb")
    tables = {"bills": facts(MONTHS[:-1])}
    found = watched(months, watch="accounts, kpis, pipeline, lifecycle", tables=tables)
    assert codes(found)[0] == "monitor-no-bills" and "2024-06; the last are of 2024-05" in found.notices[0].message
    told = alerts(found)
    assert told.row(0, named=True)["entity"] == "bills" and told["metric"][0] == "rows"
    assert set(told["metric"]) == {"rows", "data"}, "nothing of revenue, stages of life or their distribution"
    assert "revenue" not in set(found.tables["monitor_series"].collect()["metric"])
    full = watched(base(), watch="accounts", tables={"bills": facts(MONTHS)})
    assert "monitor-no-bills" not in codes(full)


def test_a_month_without_use_says_nothing_of_use() -> None:
    months = fall(without(base(), *USED), "C03", 0.1)
    found = watched(months, watch="accounts, kpis, pipeline, lifecycle", tables={"usage": facts(MONTHS[:-1])})
    assert codes(found)[0] == "monitor-no-usage"
    assert set(alerts(found).filter(pl.col("kind") != "pipeline")["metric"]) == {"revenue"}
    assert found.tables["lifecycle_moves"].collect().is_empty()


def test_an_open_alert_whose_figures_are_missing_is_not_over_and_goes_on_later() -> None:
    months = fall(base(), "C03", 0.6, since=MONTHS[-3])
    april = alerts(watched(months.filter(pl.col("month") <= MONTHS[-3]), as_of=MONTHS[-3]))
    gap = months.with_columns(revenue=pl.when(pl.col("month") != MONTHS[-2]).then("revenue"))
    bills = {"bills": facts([month for month in MONTHS if month != MONTHS[-2]])}
    may = watched(gap.filter(pl.col("month") <= MONTHS[-2]), as_of=MONTHS[-2], before=april, tables=bills)
    told = alerts(may)
    assert told.select("entity", "state").rows() == [("C03", "not-judged")] and may.metrics["alerts"] == 0
    assert "not judged" in told["why"].item() and told["first_seen"].item() == MONTHS[-3]
    june = alerts(watched(gap, before=told, tables=bills))
    assert june.select("entity", "state", "first_seen").rows() == [("C03", "continuing", MONTHS[-3])]


def test_open_alerts_of_parts_and_columns_that_are_missing_are_not_judged_either() -> None:
    before = alerts(watched(fall(base(), "C03", 0.6)))
    was = {"account": ("C03", "revenue"), "lifecycle": ("all", "into-decline"), "kpi": ("all", "mine")}
    rows = [(kind, *rest) for kind, rest in was.items()]
    rows += [("pipeline", "revenue", "psi"), ("pipeline", "bills", "rejects")]
    named = pl.DataFrame(rows, schema=["kind", "entity", "metric"], orient="row")
    rest = before.drop("kind", "entity", "metric").with_columns(as_of=MONTHS[-2], first_seen=MONTHS[-2])
    open_ = named.join(rest, how="cross").select(before.columns)
    months, choices = without(base(), *BILLED), {"kpis": {"mine": {"column": "revenue"}}}
    bills, watch = {"bills": facts(MONTHS[:-1])}, "accounts, kpis, pipeline, lifecycle"
    told = alerts(watched(months, watch=watch, tables=bills, before=open_, choices=choices))
    found = told.join(named, on=["kind", "entity", "metric"]).select("kind", "metric", "state").sort("kind", "metric")
    assert found.rows() == [
        ("account", "revenue", "not-judged"),
        ("kpi", "mine", "not-judged"),
        ("lifecycle", "into-decline", "not-judged"),
        ("pipeline", "psi", "not-judged"),
        ("pipeline", "rejects", "over"),
    ]


def test_months_long_ago_are_not_counted() -> None:
    old = {"bills": facts([date(2010, 1, 1), *MONTHS])}
    inputs = Inputs({"customer_months": base().lazy(), **old}, JUNE)
    counted = counted_of(with_counts(inputs, JUNE, "pipeline"))["bills"]
    assert counted["month"].to_list() == [month for month in MONTHS if month >= date(2022, 6, 1)]


def test_nothing_judged_is_said_with_the_months_needed() -> None:
    short = base().filter(pl.col("month") >= MONTHS[-3])
    found = watched(short, watch="accounts, pipeline")
    assert found.metrics["judged"] == 0
    said = next(notice for notice in found.notices if notice.code == "monitor-none-judged")
    assert "needs 6 earlier months" in said.message and "2 are known at most" in said.message


@pytest.mark.parametrize("choice", ["known_causes", "seen_alerts"])
def test_lines_of_a_list_that_mean_nothing_are_told(choice: str) -> None:
    rows: list[Any] = [("C03", "revenue", "", "", ""), ("C03", "revnue", "", "", ""), ("*", "mine", "", "", "")]
    own = {"mine": {"column": "data_mb"}}
    found = watched(base(), choices={choice: given_file(*rows), "kpis": own})
    said = next(notice for notice in found.notices if notice.code == "known-metric")
    assert said.values["lines"] == "3" and "revenue" in said.message
    turned = given_file(("C03", "*", "2024-06", "2024-05", ""))
    with pytest.raises(DataError, match=r"known\.csv: to is before from, on line 2"):
        watched(base(), choices={choice: turned})
