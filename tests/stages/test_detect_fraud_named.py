"""detect-fraud: which cases are new to a run, and what --rules leaves alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.stages import Earlier, Outcome
from tests.stages.test_detect_fraud import Rows, box, calls_on, run, table

FIRST = box("box", 2)
LATER: Rows = [*FIRST, *(call for day in (10, 11) for call in calls_on("late", day, 90))]
PEOPLE = ["box", "late"]


def again(calls: Rows, last: Outcome | None = None, **more: Any) -> Outcome:
    return run(calls, PEOPLE, named=None if last is None else table(last, "fraud_named"), **more)


def new(outcome: Outcome) -> tuple[int, int]:
    return outcome.metrics["new_cases"], outcome.metrics["new_this_month"]


def test_a_case_is_new_to_runs_on_the_same_days_and_to_none_on_more() -> None:
    first = again(FIRST)
    assert new(first) == (1, 1)
    assert new(again(FIRST, first)) == (1, 1)
    later = again(LATER, first)
    assert new(later) == (1, 2)
    assert new(again(LATER, later)) == (1, 2)
    told = table(later, "fraud_named").select("subject_id", "named_on").rows()
    assert told == [("box", date(2024, 6, 4)), ("late", date(2024, 6, 11))]
    assert new(again([*LATER, *calls_on("late", 12, 3)], later)) == (0, 2)


def test_who_was_named_and_is_no_case_for_a_day_is_not_new_when_she_is_back() -> None:
    first = again(FIRST)
    listed = {"file": "a.csv", "columns": ["customer_id"], "cells": [["box"]], "lines": [2]}
    allowed = again(LATER, first, choices={"allowed": listed})
    assert new(allowed) == (1, 1)
    assert new(again([*LATER, *calls_on("late", 12, 3)], allowed)) == (0, 2)


def test_a_case_of_the_month_before_is_not_new() -> None:
    rows = table(again(FIRST), "fraud_cases").with_columns(as_of=pl.lit(date(2024, 5, 1)))
    assert new(again(FIRST, earlier=Earlier(date(2024, 5, 1), {"fraud_cases": rows.lazy()}))) == (0, 0)


def test_rules_that_are_named_are_told_and_the_tables_hold_the_cases_of_all() -> None:
    outcome = again(FIRST, settings={"use_rules": "wangiri,irsf"})
    assert (outcome.metrics["cases"], outcome.metrics["expected_loss"], outcome.metrics["top"]) == (0, 0.0, [])
    assert set(outcome.metrics["by_pattern"]) == {"wangiri", "irsf"}
    assert table(outcome, "fraud_cases")["pattern"].to_list() == ["sim-box"]
    told = [notice for notice in outcome.notices if notice.code == "fraud-rules-told"]
    assert told[0].values == {"patterns": "wangiri, irsf"}
    assert "fraud-no-lines" not in {notice.code for notice in outcome.notices}


def test_what_is_missing_is_told_first() -> None:
    may = [call for day in (3, 4) for call in calls_on("a", day, 5, month=5)]
    lines = [{"subscription_id": "L", "customer_id": "a", "activated_on": date(2024, 6, 3)}]
    outcome = run(may, ["a"], lines=lines)
    assert (outcome.notices[0].code, outcome.notices[0].values) == ("fraud-no-calls", {"month": "2024-06"})
    assert run(FIRST, PEOPLE).notices[0].code == "fraud-no-lines"
