"""Alerts of key accounts on a small made-up base: planted drops, states, materiality, who is watched."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.features.month_index import add_months
from telcli.settings import MonitorSettings
from telcli.stages import Earlier, Inputs, Outcome
from telcli.stages.monitor import monitor
from telcli.tables import contract

MONTHS = [date(2023 + at // 12, at % 12 + 1, 1) for at in range(18)]
JUNE = MONTHS[-1]
SIZE = 30
ONE_OFF = ("billed_one_time", "billed_penalty")


def base(seed: int = 0, size: int = SIZE) -> pl.DataFrame:
    """customer_months of customers who spend about 1,000 a month; C00 to C29, the first the largest."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(size):
        for month in MONTHS:
            level = 3000.0 - 80.0 * at
            revenue = level * float(np.exp(rng.normal(0, 0.05)))
            usual = {"call_minutes": 300.0, "data_mb": 5000.0, "numbers_held": 5.0, "paid": revenue, "complaints": 0.0}
            usual |= {"active": True, "left": False, "tenure_months": 30.0, "arrears": 0.0, "plan_fee": 100.0}
            usual |= dict.fromkeys(("plan_ups", "plan_downs", "plan_moves", *ONE_OFF), 0.0)
            noisy = {name: usual[name] * float(np.exp(rng.normal(0, 0.05))) for name in ("call_minutes", "data_mb")}
            rows.append({"customer_id": f"C{at:02d}", "month": month, "revenue": revenue, **usual, **noisy})
    return pl.DataFrame(rows)


def people(size: int = SIZE, **columns: Any) -> pl.LazyFrame:
    names = [f"C{at:02d}" for at in range(size)]
    usual = {"customer_class": "public", "group_id": None, "manager_id": "M1", "branch": "east", "region": "R"}
    frame = pl.DataFrame({"customer_id": names}).with_columns(**{name: pl.lit(value) for name, value in usual.items()})
    return frame.with_columns(**columns).with_columns(pl.col("group_id").cast(pl.String)).lazy()


def fall(frame: pl.DataFrame, whom: str, times: float, since: date = JUNE, column: str = "revenue") -> pl.DataFrame:
    hit = (pl.col("customer_id") == whom) & (pl.col("month") >= since)
    return frame.with_columns(pl.when(hit).then(pl.col(column) * times).otherwise(pl.col(column)).alias(column))


def watched(months: pl.DataFrame, as_of: date = JUNE, before: pl.DataFrame | None = None, **given: Any) -> Outcome:
    customers = given.pop("customers", people())
    tables = {"customer_months": months.lazy(), "customers": customers, **given.pop("tables", {})}
    earlier = None if before is None else Earlier(date(2024, 5, 1), {"alerts": before.lazy()})
    choices = given.pop("choices", {})
    return monitor(
        Inputs(tables, as_of, earlier=earlier, choices=choices), MonitorSettings(**{"watch": "accounts", **given})
    )


def alerts(outcome: Outcome) -> pl.DataFrame:
    for name, frame in outcome.tables.items():
        contract(name).schema.validate(frame.collect(), cast=False)
    return outcome.tables["alerts"].collect()


def test_a_planted_drop_is_the_first_alert_and_nothing_else_is() -> None:
    found = alerts(watched(fall(base(), "C03", 0.6)))
    assert found.select("entity", "metric", "state", "rank").rows() == [("C03", "revenue", "new", 1)]
    row = found.row(0, named=True)
    assert row["change"] == pytest.approx(-0.4, abs=0.1) and row["low"] < row["expected"] < row["high"]
    assert row["score"] < -3 and row["manager_id"] == "M1" and row["first_seen"] == JUNE
    worth = 12 * 0.6 * row["expected"]
    assert row["expected_loss"] == pytest.approx(-row["change"] * worth, rel=0.1)
    assert "below what was expected" in row["why"] and "预期" in row["why_zh"]
    assert alerts(watched(base())).is_empty()


def test_a_drop_must_matter() -> None:
    months = fall(base(), "C03", 0.6)
    assert alerts(watched(months, least_amount=5000.0)).is_empty()
    assert alerts(watched(months, least_change=0.7)).is_empty()


def test_what_falls_for_all_is_no_accounts_own() -> None:
    months = base().with_columns(
        revenue=pl.when(pl.col("month") == JUNE).then(pl.col("revenue") * 0.7).otherwise("revenue")
    )
    assert alerts(watched(months)).is_empty()
    assert alerts(watched(months, peers="off")).height > 20


def test_the_loss_of_a_customer_counts_once() -> None:
    group = pl.when(pl.col("customer_id").is_in(["C00", "C01"])).then(pl.lit("G"))
    found = watched(fall(base(), "C00", 0.1), customers=people(group_id=group))
    losses = dict(alerts(found).filter(metric="revenue").select("kind", "expected_loss").iter_rows())
    assert set(losses) == {"account", "group"}
    assert found.metrics["expected_loss"] == pytest.approx(max(losses.values()), abs=0.01)


def test_what_falls_for_all_is_said_and_counts_by_the_kpis() -> None:
    months = base()
    for at in range(SIZE):
        months = fall(months, f"C{at:02d}", 0.6)
    found = watched(months, watch="accounts, kpis", kpi_by="")
    kpi = alerts(found).filter(kind="kpi")["expected_loss"].max()
    assert found.metrics["expected_loss"] == pytest.approx(kpi, abs=0.01) and kpi > 100_000
    said = next(notice for notice in found.notices if notice.code == "monitor-common")
    assert "account revenue -4" in said.message and "data" not in said.message
    assert "monitor-common" not in {notice.code for notice in watched(base()).notices}


def test_rises_are_told_where_both_ways_are_asked() -> None:
    months = fall(base(), "C03", 1.8)
    assert alerts(watched(months)).is_empty()
    row = alerts(watched(months, direction="both")).row(0, named=True)
    assert (row["entity"], row["metric"], row["expected_loss"]) == ("C03", "revenue", 0.0)


def test_states_over_three_months() -> None:
    may = MONTHS[-2]
    months = fall(base(), "C03", 0.5, since=may)
    first = alerts(watched(months.filter(pl.col("month") <= may), as_of=may))
    assert first["state"].to_list() == ["new"]
    second = alerts(watched(months, before=first))
    assert second.select("entity", "state", "first_seen", "months").rows() == [("C03", "continuing", may, 2)]
    back = fall(months, "C03", 2.0)
    third = alerts(watched(back, before=first))
    assert third.select("entity", "state").rows() == [("C03", "over")] and "again" in third["why"].item()


def test_what_stays_low_until_it_is_expected_is_settled_and_not_as_expected_again() -> None:
    since = MONTHS[8]
    months, before, states = fall(base(), "C03", 0.6, since=since), None, []
    for at in range(8, 18):
        told = alerts(watched(months.filter(pl.col("month") <= MONTHS[at]), as_of=MONTHS[at], before=before))
        before = told.filter(entity="C03", metric="revenue")
        states += before["state"].to_list()
        if before["state"].to_list() == ["settled-lower"]:
            break
    assert states == ["new", *["continuing"] * (len(states) - 2), "settled-lower"]
    row = before.row(0, named=True)
    assert row["observed"] < 0.7 * row["first_expected"] and row["first_seen"] == since
    assert "settled lower" in row["why"] and "again" not in row["why"] and "较低" in row["why_zh"]


def test_what_the_season_lowers_has_not_settled_lower() -> None:
    months, december = base(), date(2023, 12, 1)
    back = [add_months(date(2024, 1, 1), -ago) for ago in range(36, -1, -1)]
    rows = months.filter(month=JUNE).drop("month").join(pl.DataFrame({"month": back}), how="cross")
    noise = np.exp(np.random.default_rng(4).normal(0.0, 0.02, rows.height))
    times = pl.when(pl.col("month").dt.month() == 12).then(2.0).otherwise(1.0)
    rows = rows.with_columns(revenue=pl.col("revenue") * times * noise)
    rows = fall(fall(rows, "C03", 0.5, since=december), "C03", 2.0, since=date(2024, 1, 1))
    given = {"peers": "off", "baseline": "last-year"}
    first = alerts(watched(rows.filter(pl.col("month") <= december), as_of=december, **given))
    first = first.filter(entity="C03", metric="revenue")
    assert first["state"].to_list() == ["new"]
    told = alerts(watched(rows, as_of=date(2024, 1, 1), before=first, **given))
    assert told.filter(entity="C03", metric="revenue")["state"].to_list() == ["over"]


def test_who_is_gone_counts_with_nothing() -> None:
    months = base().filter(~((pl.col("customer_id") == "C01") & (pl.col("month") == JUNE)))
    found = alerts(watched(months)).filter(entity="C01")
    assert {"revenue", "lines"} <= set(found["metric"]) and (found["observed"] == 0).all()


def test_who_left_two_months_ago_is_told_on_a_first_look() -> None:
    months = base().filter(~((pl.col("customer_id") == "C00") & (pl.col("month") >= MONTHS[-2])))
    found = watched(months)
    row = alerts(found).filter(entity="C00", metric="revenue").row(0, named=True)
    assert row["observed"] == 0.0 and row["expected"] > 2000.0
    series = found.tables["monitor_series"].collect().filter(entity="C00", metric="revenue").sort("month")
    assert series["month"].to_list() == MONTHS and series["observed"].to_list()[-2:] == [0.0, 0.0]


def test_key_accounts_and_groups_are_watched_whatever_they_bring() -> None:
    key = pl.when(pl.col("customer_id") == "C29").then(pl.lit("key")).otherwise("customer_class")
    group = pl.when(pl.col("customer_id").is_in(["C27", "C28"])).then(pl.lit("G1"))
    customers = people(customer_class=key, group_id=group)
    series = watched(base(), customers=customers, top_accounts=3).tables["monitor_series"].collect()
    entities = set(series.select("kind", "entity").iter_rows())
    assert entities == {*(("account", f"C{at:02d}") for at in (0, 1, 2, 29)), ("group", "G1")}
    both = series.filter(entity="G1", metric="revenue", month=JUNE)["observed"].item()
    apart = base().filter(pl.col("customer_id").is_in(["C27", "C28"]), pl.col("month") == JUNE)["revenue"].sum()
    assert both == pytest.approx(apart)


def test_value_scores_tell_what_is_lost() -> None:
    scores = pl.LazyFrame({"customer_id": ["C03"], "retention_value": [100_000.0]})
    row = alerts(watched(fall(base(), "C03", 0.6), tables={"value_scores": scores})).row(0, named=True)
    assert row["expected_loss"] == pytest.approx(-row["change"] * 100_000.0)


def test_rows_in_any_order_give_the_same() -> None:
    months = fall(base(), "C03", 0.6)
    one, other = (watched(frame).tables for frame in (months, months.sample(fraction=1.0, shuffle=True, seed=3)))
    assert all(one[name].collect().equals(other[name].collect()) for name in one)


def test_what_cannot_be_judged_is_said() -> None:
    short = base().filter(pl.col("month") >= date(2024, 3, 1))
    with pytest.raises(MissingInputError, match="6 earlier months"):
        watched(short)
    with pytest.raises(UsageError, match="accounts"):
        watched(base(), watch="moon")


def given_file(*rows: tuple[str, str, str, str, str]) -> dict[str, Any]:
    columns = ["entity", "metric", "from", "to", "reason"]
    return {
        "file": "known.csv",
        "columns": columns,
        "cells": [list(row) for row in rows],
        "lines": range(2, 2 + len(rows)),
    }


def test_a_file_of_known_causes_suppresses_what_it_means_and_no_more() -> None:
    months = fall(fall(base(), "C03", 0.6), "C05", 0.5)
    known = given_file(("C03", "revenue", "2024-06", "2024-07", "moved to a price fixed by contract"))
    found = watched(months, choices={"known_causes": known})
    assert alerts(found)["entity"].to_list() == ["C05"]
    held = found.tables["monitor_suppressed"].collect()
    assert held.select("entity", "cause", "reason").rows() == [("C03", "known", "moved to a price fixed by contract")]
    assert found.metrics["suppressed"] == 1 and found.metrics["causes"] == {"known": 1}
    for other in (
        ("C03", "data", "", "", ""),
        ("C03", "revenue", "2024-07-01", "", ""),
        ("C03", "*", "", "2024-05", ""),
    ):
        assert "C03" in alerts(watched(months, choices={"known_causes": given_file(other)}))["entity"]
    every = given_file(("*", "*", "", "", "year end"))
    assert alerts(watched(months, choices={"known_causes": every})).is_empty()
    with pytest.raises(DataError, match=r"known\.csv: 1 lines have a date that is none: 2"):
        watched(months, choices={"known_causes": given_file(("C03", "*", "soon", "", ""))})


def test_what_somebody_has_seen_to_stays_listed_and_is_not_counted() -> None:
    seen = given_file(("C03", "revenue", "", "2024-08-31", ""))
    found = watched(fall(base(), "C03", 0.6), choices={"seen_alerts": seen})
    assert alerts(found).select("entity", "acknowledged").rows() == [("C03", True)]
    assert (found.metrics["alerts"], found.metrics["acknowledged"]) == (0, 1)


LINES = {
    "subscription_id": ["a", "b"],
    "customer_id": ["C03", "C03"],
    "activated_on": [date(2020, 1, 1)] * 2,
    "ended_on": [None, None],
    "contract_end": [None, None],
    "status": ["active", "active"],
}


def lines(**columns: Any) -> dict[str, pl.LazyFrame]:
    days = dict.fromkeys(("ended_on", "contract_end", "valid_from"), pl.Date)
    given = {**LINES, **columns}
    frame = pl.DataFrame(given, schema_overrides={name: kind for name, kind in days.items() if name in given})
    return {"subscriptions": frame.lazy()}


def put(frame: pl.DataFrame, **columns: float) -> pl.DataFrame:
    """Figures of C03 in June."""
    hit = (pl.col("customer_id") == "C03") & (pl.col("month") == JUNE)
    return frame.with_columns(
        pl.when(hit).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in columns.items()
    )


@pytest.mark.parametrize(
    ("cause", "figures", "tables"),
    [
        ("plan-change", {"plan_downs": 1.0, "plan_fee": -900.0}, {}),
        ("one-off", {"billed_one_time": -1100.0}, {}),
        ("suspended", {}, lines(status=["suspended", "active"], valid_from=[date(2024, 6, 20), None])),
        (None, {}, lines(status=["suspended", "active"])),  # nobody knows since when
        (None, {}, lines(status=["suspended", "active"], valid_from=[date(2024, 7, 1), None])),  # not yet
        (None, {"arrears": 50.0}, lines(status=["suspended", "active"], valid_from=[date(2024, 6, 20), None])),
        ("contract-end", {}, lines(ended_on=[date(2024, 6, 3), None], contract_end=[date(2024, 5, 31), None])),
        (None, {"plan_downs": 1.0, "plan_fee": 90.0}, lines()),
        (None, {}, lines(ended_on=[date(2024, 6, 3), None], contract_end=[date(2025, 5, 31), None])),
    ],
)
def test_causes_that_the_data_know(cause: str | None, figures: dict[str, float], tables: Any) -> None:
    found = watched(put(fall(base(), "C03", 0.6), **figures), tables=tables)
    held = found.tables["monitor_suppressed"].collect()
    assert held["cause"].to_list() == ([cause] if cause else [])
    assert alerts(found).height == (0 if cause else 1)


def test_suspension_is_that_of_the_month_and_a_key_account_stays_listed() -> None:
    """Suspended by a later extract is not yet so; what was suspended then is, though the line is back by now."""
    months = fall(base(), "C03", 0.6)
    now = lines(valid_from=[date(2024, 7, 9), None])
    past = {"subscription_id": ["a"], "customer_id": ["C03"], "activated_on": [date(2020, 1, 1)],
            "status": ["suspended"], "valid_from": [date(2024, 5, 9)], "valid_to": [date(2024, 7, 9)]}  # fmt: skip
    then = {**now, "subscription_history": pl.LazyFrame(past)}
    assert alerts(watched(months, tables=then)).is_empty()
    assert alerts(watched(months, tables=now)).height == 1
    key = people(customer_class=pl.when(pl.col("customer_id") == "C03").then(pl.lit("key")))
    assert alerts(watched(months, tables=then, customers=key)).height == 1


def test_kpis_of_the_whole_and_by_branch() -> None:
    branch = pl.when(pl.col("customer_id") < "C15").then(pl.lit("east")).otherwise(pl.lit("west"))
    months = base()
    for at in range(15):
        months = fall(months, f"C{at:02d}", 0.7)
    found = watched(months, watch="kpis", customers=people(branch=branch))
    told = alerts(found)
    assert set(told["entity"]) == {"all", "branch=east"} and set(told["metric"]) == {"revenue"}
    assert (told["kind"] == "kpi").all() and (told["expected_loss"] > 0).all()
    alone = pl.when(pl.col("customer_id") < "C05").then(pl.lit("east")).otherwise(pl.lit("west"))
    small = watched(months, watch="kpis", customers=people(branch=alone))
    assert "branch=east" not in set(small.tables["monitor_series"].collect()["entity"])
    assert [notice.code for notice in small.notices] == ["kpi-small"]


def test_kpis_of_ones_own() -> None:
    months = base().with_columns(data_mb=pl.when(pl.col("month") == JUNE).then(0.0).otherwise("data_mb"))
    own = {
        "heavy": {"column": "data_mb", "how": "share", "en": "share with data", "by": "customer_class"},
        "rows": {"how": "count", "direction": "both"},
    }
    told = alerts(watched(months, watch="kpis", choices={"kpis": own}))
    row = told.filter(metric="heavy", entity="all").row(0, named=True)
    assert (row["observed"], row["expected"]) == (0.0, pytest.approx(1.0)) and row["unit"] == "share"
    assert row["why"].startswith("share with data") and "rows" not in set(told["metric"])
    for said, error in (
        ({"x": {"table": "bills", "how": "count"}}, MissingInputError),
        ({"x": {"column": "moon"}}, UsageError),
        ({"x": {"column": "data_mb", "by": "moon"}}, UsageError),
    ):
        with pytest.raises(error):
            watched(months, watch="kpis", choices={"kpis": said})
