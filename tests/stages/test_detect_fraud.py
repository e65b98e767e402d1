"""detect-fraud: each rule on planted cases beside look-alikes, cases put together, what is allowed, what was folded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from telcli.errors import MissingInputError, UsageError
from telcli.settings import DetectFraudSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.detect_fraud import detect_fraud
from telcli.tables import contract

JUNE = date(2024, 6, 1)
Tables = dict[str, pl.LazyFrame]
Rows = list[dict[str, Any]]


def calls_on(who: str, day: int, count: int, **told: Any) -> Iterator[dict[str, Any]]:
    """Voice calls made by one customer on one day of June, evenly over `hours`, each to another number."""
    hours, first = told.pop("hours", 18), told.pop("first", 5)
    for at in range(count):
        begin = datetime(2024, 6, day, first) + timedelta(seconds=round(at * hours * 3600 / count))
        yield {
            "customer_id": who,
            "started_at": begin,
            "counterpart": f"{who}-{day}-{at}",
            "direction": "out",
            "kind": "voice",
            "duration_s": 60.0,
            "cell_id": "c1",
            **told,
        }


def tables_of(calls: Rows, people: list[str], lines: Rows | None = None, months: Rows | None = None) -> Tables:
    use = months or [{"customer_id": who, "month": JUNE} for who in people]
    found = {
        "customers": contract("customers").conform(pl.LazyFrame({"customer_id": people})),
        "customer_months": pl.LazyFrame(use),
    }
    if lines:
        found["subscriptions"] = contract("subscriptions").conform(pl.LazyFrame(lines))
    return found


def run(calls: Rows, people: list[str], choices: dict[str, Any] | None = None, **more: Any) -> Outcome:
    settings = more.pop("settings", {})
    parts = {}
    if calls:
        rows = (
            contract("calls")
            .conform(pl.DataFrame(calls, infer_schema_length=None).lazy())
            .sort("customer_id", "started_at")
        )
        for month in sorted({row["started_at"].date().replace(day=1) for row in calls}):
            own = rows.filter(pl.col("started_at").dt.date().dt.month_start() == month)
            parts[f"{month}/00"] = lambda own=own: own
    inputs = Inputs(
        tables_of(calls, people, **more), JUNE, choices=choices or {}, parts={"calls": parts} if parts else {}
    )
    return detect_fraud(inputs, DetectFraudSettings(**settings))


def table(outcome: Outcome, name: str) -> pl.DataFrame:
    found: pl.DataFrame = contract(name).require(outcome.tables[name]).collect()
    return found


def box(who: str, days: int = 4) -> Rows:
    return [call for day in range(3, 3 + days) for call in calls_on(who, day, 90)]


def call_centre(who: str) -> Rows:
    """Many calls from one place too, in office hours, and customers ring back."""
    made = [call for day in range(3, 7) for call in calls_on(who, day, 90, hours=8, first=9)]
    heard = [call for day in range(3, 7) for call in calls_on(who, day, 20, hours=8, first=9, direction="in")]
    return [*made, *heard]


def test_a_sim_box_is_a_case_and_a_call_centre_is_none() -> None:
    cases = table(run([*box("box"), *call_centre("desk")], ["box", "desk"]), "fraud_cases")
    assert cases.select("subject_id", "pattern", "days", "status").rows() == [("box", "sim-box", 4, "new")]
    assert "suspected" in cases["evidence"][0]
    assert cases["expected_loss"][0] > 4 * 90 * 0.25


def test_evidence_holds_each_fact_with_its_threshold() -> None:
    outcome = run(box("box"), ["box"])
    rows = table(outcome, "fraud_evidence")
    facts = dict(rows.select("what", "value").iter_rows())
    assert facts["many-calls"] == 90
    assert facts["few-cells"] == 1
    assert set(rows["case_id"]) == set(table(outcome, "fraud_cases")["case_id"])


def test_who_is_allowed_is_no_case_until_the_day_it_ends() -> None:
    listed = {"file": "a.csv", "columns": ["客户编号", "到期日"], "cells": [["box", "2024-12-31"]], "lines": [2]}
    outcome = run(box("box"), ["box"], {"allowed": listed})
    assert outcome.metrics["cases"] == 0
    assert outcome.metrics["allowed"] == {"lines": 1, "expired": 0, "nobody": 0, "suspects_left_out": 1}
    over = run(box("box"), ["box"], {"allowed": {**listed, "cells": [["box", "2024-05-31"]]}})
    assert over.metrics["cases"] == 1
    assert "fraud-allow-expired" in {notice.code for notice in over.notices}


def test_nothing_to_look_at_is_told() -> None:
    with pytest.raises(MissingInputError, match="neither calls nor lines"):
        run([], ["a"])


def test_rules_are_chosen_by_name() -> None:
    assert run(box("box"), ["box"], settings={"use_rules": "fake-activation"}).metrics["cases"] == 0
    with pytest.raises(UsageError, match="no rule called sim_box"):
        run(box("box"), ["box"], settings={"use_rules": "sim_box"})


def activations(count: int, **told: Any) -> Rows:
    return [
        {
            "subscription_id": f"L{at:03}",
            "customer_id": f"K{at:03}",
            "activated_on": date(2024, 3, 10),
            "channel_id": "shop",
            **told,
        }
        for at in range(count)
    ]


def use_of(customers: list[str], minutes: float) -> Rows:
    months = [date(2024, month, 1) for month in (3, 4, 5, 6)]
    return [
        {"customer_id": who, "month": month, "call_minutes": minutes, "data_mb": 0.0}
        for who in customers
        for month in months
    ]


def test_cards_of_one_day_that_nobody_uses_are_fake_and_one_case_by_their_device() -> None:
    lines = activations(30, device_h="d1")
    people = [row["customer_id"] for row in lines]
    outcome = run([], people, lines=lines, months=use_of(people, 1.0))
    cases = table(outcome, "fraud_cases")
    assert cases.select("pattern", "subject", "subjects").rows() == [("fake-activation", "line", 30)]
    assert cases["expected_loss"][0] == 30 * 50.0
    shop = table(outcome, "fraud_channels").row(0, named=True)
    assert (shop["activations"], shop["suspected"], shop["measure"]) == (30, 30, "penalty")
    assert shop["suspected_low"] > 0.8


def test_who_hardly_calls_is_no_fake_where_nothing_else_speaks_against_her() -> None:
    lines = activations(3)
    people = [row["customer_id"] for row in lines]
    outcome = run([], people, lines=lines, months=use_of(people, 1.0))
    assert outcome.metrics["cases"] == 0
    assert table(outcome, "fraud_channels")["unused"].to_list() == [3]
