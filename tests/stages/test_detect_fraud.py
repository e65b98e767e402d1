"""detect-fraud: each rule on planted cases beside look-alikes, cases put together, what is allowed, what was folded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from telcli.errors import MissingInputError, UsageError
from telcli.settings import DetectFraudSettings
from telcli.stages import Before, Earlier, Inputs, Outcome
from telcli.stages.detect_fraud import detect_fraud
from telcli.tables import contract

JUNE = date(2024, 6, 1)
Tables = dict[str, pl.LazyFrame]
Rows = list[dict[str, Any]]


def calls_on(who: str, day: int, count: int, **told: Any) -> Iterator[dict[str, Any]]:
    """Voice calls made by one customer on one day of June (or `month`), evenly over `hours`, each to another number."""
    hours, first, month = told.pop("hours", 18), told.pop("first", 5), told.pop("month", 6)
    for at in range(count):
        begin = datetime(2024, month, day, first) + timedelta(seconds=round(at * hours * 3600 / count))
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
    settings, named = more.pop("settings", {}), more.pop("named", None)
    last = {name: more.pop(name) for name in ("before", "earlier") if name in more}
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
    given = {"choices": choices or {}, "parts": {"calls": parts} if parts else {}, **last}
    own = {} if named is None else {"fraud_named": named.lazy()}
    inputs = Inputs({**tables_of(calls, people, **more), **own}, JUNE, **given)
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
    counts = {"lines": 1, "expired": 0, "nobody": 0, "suspects_left_out": 1}
    assert outcome.metrics["allowed"] == {**counts, "refused": 0, "refused_lines": []}
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
    assert (outcome.metrics["channels_penalty"], outcome.metrics["channels_exit"]) == (1, 0)


def test_who_hardly_calls_is_no_fake_where_nothing_else_speaks_against_her() -> None:
    lines = activations(3)
    people = [row["customer_id"] for row in lines]
    outcome = run([], people, lines=lines, months=use_of(people, 1.0))
    assert outcome.metrics["cases"] == 0
    assert table(outcome, "fraud_channels")["unused"].to_list() == [3]


def rings(caller: str, count: int, begin: datetime, seconds: float = 1.0) -> Rows:
    """One ring to many customers from outside, ten seconds apart."""
    return [
        {
            "customer_id": f"V{at:03}",
            "started_at": begin + timedelta(seconds=10 * at),
            "counterpart": caller,
            "direction": "in",
            "kind": "voice",
            "duration_s": seconds,
        }
        for at in range(count)
    ]


def test_who_rings_many_once_is_a_case_over_midnight_too_and_no_counterpart_is_told() -> None:
    calls = rings("secret", 50, datetime(2024, 6, 9, 23, 55))
    back = {**calls[0], "started_at": datetime(2024, 6, 10, 9), "direction": "out", "duration_s": 120.0}
    outcome = run([*calls, back], [f"V{at:03}" for at in range(50)])
    case = table(outcome, "fraud_cases").row(0, named=True)
    assert (case["pattern"], case["subject"], case["days"]) == ("wangiri", "caller", 1)
    assert case["first_day"] == date(2024, 6, 9)
    facts = dict(table(outcome, "fraud_evidence").select("what", "value").iter_rows())
    assert facts == {"many-rung": 50.0, "short-share": 1.0, "called-back": 1.0}
    told = [table(outcome, name) for name in ("fraud_cases", "fraud_evidence", "fraud_callers")]
    assert not any("secret" in str(row) for rows in told for row in rows.rows())
    assert case["expected_loss"] == 2 * 6.0  # two minutes of a call back, and one day is not carried on


def test_calls_that_are_taken_or_take_all_day_are_no_wangiri() -> None:
    taken = rings("desk", 60, datetime(2024, 6, 9, 9), seconds=40.0)
    slow = [
        {**call, "started_at": datetime(2024, 6, 3, 8) + timedelta(minutes=10 * at)}
        for at, call in enumerate(rings("slow", 60, JUNE))
    ]
    assert run([*taken, *slow], [f"V{at:03}" for at in range(60)]).metrics["by_pattern"]["wangiri"] == 0


def test_a_caller_whose_number_is_a_customer_s_is_that_customer() -> None:
    lines = [{"subscription_id": "L1", "customer_id": "V000", "number_h": "known", "activated_on": date(2020, 1, 1)}]
    calls = rings("known", 60, datetime(2024, 6, 9, 9))
    cases = table(run(calls, [f"V{at:03}" for at in range(60)], lines=lines), "fraud_cases")
    assert cases.select("subject_id", "subject").rows() == [("V000", "customer")]


def abroad(who: str, day: int, minutes: float, first: int = 1, **told: Any) -> Rows:
    calls = calls_on(who, day, 10, hours=3, first=first, international=True, **told)
    return [{**call, "duration_s": 6.0 * minutes} for call in calls]


def usual(*people: str, days: int = 8) -> Rows:
    """Ordinary days in May."""
    return [call for who in people for day in range(1, 1 + days) for call in calls_on(who, day, 2, month=5)]


def ring(*people: str) -> Rows:
    """Two nights of long calls to one range, after an ordinary month."""
    return [
        *usual(*people),
        *(call for who in people for day in (12, 13) for call in abroad(who, day, 300.0, destination="+882")),
    ]


def test_minutes_to_one_range_at_night_are_one_case_and_who_always_calls_home_is_none() -> None:
    home = [call for day in (1, 2, 8, 9, 15, 16) for call in abroad("expat", day, 150.0, first=19)]
    home += [call for day in range(1, 9) for call in abroad("expat", day, 150.0, first=19, month=5)]
    outcome = run([*ring("p1", "p2"), *home], ["p1", "p2", "expat"])
    cases = table(outcome, "fraud_cases")
    named = cases.filter(pl.col("pattern") == "irsf")
    assert named.select("subjects").rows()[0] == (2,)
    assert "p1" in named["subject_id"].to_list()


def test_high_use_that_nobody_pays_tied_to_old_debts_is_subscription_fraud() -> None:
    months = [date(2024, month, 1) for month in (5, 6)]
    new = {"run": (3000.0, 0.0, 400.0), **{f"n{at}": (100.0 + at, 30.0, 0.0) for at in range(5)}}
    use = [
        {"customer_id": who, "month": month, "call_minutes": minutes, "paid": paid, "arrears": owed}
        for who, (minutes, paid, owed) in {**new, "debtor": (0.0, 0.0, 50.0)}.items()
        for month in months
    ]
    use = [{**row, "arrears_91_180": 50.0 * (row["customer_id"] == "debtor")} for row in use]
    lines = [
        {"subscription_id": f"L{who}", "customer_id": who, "activated_on": date(2024, 5, 3), "device_h": f"d{who}"}
        for who in new
    ]
    lines.append({**lines[0], "subscription_id": "Lold", "customer_id": "debtor", "activated_on": date(2020, 5, 3)})
    outcome = run([], [*new, "debtor"], lines=lines, months=use)
    case = table(outcome, "fraud_cases").row(0, named=True)
    assert (case["subject_id"], case["pattern"], outcome.metrics["cases"]) == ("run", "subscription", 1)
    assert set(case["codes"].split(",")) == {"high-use", "never-paid", "linked-debt"}
    assert case["expected_loss"] >= 900.0  # what was used at 0.15 a minute


def test_what_no_rule_names_is_unusual_and_too_few_are_told() -> None:
    ordinary = [
        call for at in range(250) for day in (3, 4) for call in calls_on(f"o{at:03}", day, 2 + at % 5, hours=10)
    ]
    odd = [
        {**call, "kind": "text", "duration_s": None} for day in (3, 4) for call in calls_on("odd", day, 900, hours=10)
    ]
    people = [f"o{at:03}" for at in range(250)] + ["odd"]
    rules = {"unusual": {"contamination": 0.005, "deviation": 6, "least_subjects": 200}}
    cases = table(run([*ordinary, *odd], people, {"fraud_rules": rules}), "fraud_cases")
    assert cases["subject_id"].to_list() == ["odd"]
    assert "unusual-texts" in cases["codes"][0]
    few = run(list(calls_on("a", 3, 5)), ["a"])
    assert "fraud-unusual-few" in {notice.code for notice in few.notices}


def test_a_case_of_the_snapshot_before_is_known_and_one_that_is_gone_is_closed() -> None:
    first = run(box("box"), ["box"])
    rows = table(first, "fraud_cases").with_columns(as_of=pl.lit(date(2024, 5, 1)))
    gone = rows.with_columns(case_id=pl.lit("gone"), subject_id=pl.lit("left"))
    earlier = Earlier(date(2024, 5, 1), {"fraud_cases": pl.concat([rows, gone]).lazy()})
    later = table(run(box("box"), ["box"], earlier=earlier), "fraud_cases")
    assert dict(later.select("subject_id", "status").iter_rows()) == {"box": "known", "left": "closed"}


def test_a_ring_keeps_its_case_when_one_of_it_is_gone() -> None:
    first = run(ring("p1", "p2"), ["p1", "p2"])
    snapshot = {name: table(first, name).with_columns(as_of=pl.lit(date(2024, 5, 1))).lazy() for name in EVERY}
    alone = run(ring("p2"), ["p1", "p2"], earlier=Earlier(date(2024, 5, 1), snapshot))
    was, now = (table(one, "fraud_cases").row(0, named=True) for one in (first, alone))
    assert (was["subject_id"], was["subjects"], now["subject_id"], now["subjects"]) == ("p1", 2, "p2", 1)
    assert (now["case_id"], now["status"]) == (was["case_id"], "known")


EVERY = ("fraud_cases", "fraud_evidence")


def test_a_later_run_folds_the_days_that_are_new_and_comes_to_the_same() -> None:
    calls = [*box("box"), *call_centre("desk")]
    rang = rings("secret", 60, datetime(2024, 6, 5, 23, 55))
    people = ["box", "desk", *(f"V{at:03}" for at in range(60))]
    early = [call for call in [*calls, *rang] if call["started_at"] < datetime(2024, 6, 6)]
    first = run(early, people)
    stood = {name: table(first, name) for name in ("fraud_days", "fraud_callers")}
    before = Before(
        {"calls": frozenset({"2024-06-01"})},
        {name: frozenset({"2024-06-01"}) for name in stood},
        lambda name, months: stood[name].lazy(),
        first.marks,
    )
    whole, added = run([*calls, *rang], people), run([*calls, *rang], people, before=before)
    assert (whole.metrics["days_folded"], added.metrics["days_folded"]) == (4, 1)
    for name in ("fraud_days", "fraud_callers", "fraud_cases", "fraud_evidence"):
        assert_frame_equal(table(whole, name), table(added, name), check_row_order=name not in stood)
