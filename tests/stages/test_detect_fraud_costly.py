"""detect-fraud: whose calls abroad are suspected of being pumped, and what they cost."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stages.test_detect_fraud import Rows, abroad, calls_on, ring, run, table, usual

WEEKEND = (15, 16)


def home(who: str, *days: int) -> Rows:
    """Five hours of calls abroad in the night, of one who may have a family there."""
    return [call for day in days for call in abroad(who, day, 300.0)]


@pytest.mark.parametrize(
    "calls",
    [
        home("a", *WEEKEND),  # nobody knows what is usual of her
        [*usual("a", days=6), *home("a", *WEEKEND)],  # nor of who has a day less than it takes
        [*usual("a"), *home("a", 15)],  # one day, and no list that says the numbers cost
    ],
)
def test_long_calls_abroad_of_one_customer_alone_are_no_case(calls: Rows) -> None:
    assert run(calls, ["a"]).metrics["cases"] == 0


def test_who_rises_out_of_nothing_on_several_nights_is_a_case_at_the_price_of_ordinary_calls() -> None:
    outcome = run([*usual("a"), *home("a", *WEEKEND)], ["a"])
    case = table(outcome, "fraud_cases").row(0, named=True)
    assert case["codes"] == "abroad-minutes,usual-day,spike,off-hours"
    assert case["evidence"].startswith("suspected: 300 minutes of calls abroad on the heaviest day; 0 minutes of them")
    assert case["expected_loss"] == pytest.approx(600 * 0.15 * (1 + case["score"] * 30 / 2), abs=0.1)


def test_one_day_to_a_number_named_as_costly_is_a_case_and_is_not_carried_on() -> None:
    calls = [*usual("a"), *abroad("a", 15, 300.0, destination="+882")]
    outcome = run(calls, ["a"], settings={"high_cost": "+882"})
    case = table(outcome, "fraud_cases").row(0, named=True)
    assert (case["days"], case["expected_loss"]) == (1, 300 * 6.0)
    later = run([*calls, *usual("a"), *home("a", 30)], ["a"], settings={"high_cost": "+882"})
    assert table(later, "fraud_cases")["expected_loss"][0] == 300 * 6.0


def test_many_who_call_one_range_on_one_day_are_a_case_without_history_too() -> None:
    people = [f"p{at}" for at in range(5)]
    pumped = [call for who in people for call in abroad(who, 12, 200.0, first=9, destination="+882")]
    case = table(run(pumped, people), "fraud_cases").row(0, named=True)
    assert (case["pattern"], case["subjects"], case["codes"]) == ("irsf", 5, "abroad-minutes,one-range")
    assert run(pumped[:40], people).metrics["cases"] == 0
    known = [call for who in people for day in range(1, 9) for call in abroad(who, day, 100.0, month=5)]
    assert run([*known, *pumped], people).metrics["cases"] == 0


def test_what_is_to_come_is_what_came_a_day_since_it_began() -> None:
    calls = [*ring("a"), *usual("a"), *([*abroad("a", 21, 1.0)])]
    case = table(run(calls, ["a"]), "fraud_cases").row(0, named=True)
    assert (case["first_day"], case["last_day"], case["days"]) == (date(2024, 6, 12), date(2024, 6, 13), 2)
    assert case["expected_loss"] == pytest.approx(600 * 0.15 * (1 + case["score"] * 30 / 10), abs=0.1)


def test_a_country_that_as_many_call_for_hours_on_any_day_is_no_range_that_is_pumped() -> None:
    days = range(1, 11)
    people = {day: [f"d{day}p{at}" for at in range(6)] for day in days}
    calls = [call for day in days for who in people[day] for call in abroad(who, day, 200.0, destination="+1")]
    everybody = [who for day in days for who in people[day]]
    assert run(calls, everybody).metrics["cases"] == 0
    one_day = [call for call in calls if call["started_at"].day in (1, 10)]
    some = [who for day in (1, 10) for who in people[day]]
    assert run(one_day, some).metrics["by_pattern"]["irsf"] == 2


@pytest.mark.parametrize("days", [1, 6, 10, 20, 30])
def test_pumping_is_found_however_long_it_goes_on(days: int) -> None:
    people = [f"p{at}" for at in range(6)]
    calls = [
        call for who in people for day in range(1, days + 1) for call in abroad(who, day, 600.0, destination="+882")
    ]
    case = table(run(calls, people), "fraud_cases").row(0, named=True)
    assert (case["pattern"], case["subjects"], case["days"]) == ("irsf", 6, days)


def test_what_began_last_month_and_goes_on_does_not_become_usual() -> None:
    people = [f"p{at}" for at in range(6)]
    quiet = [call for who in people for day in range(1, 15) for call in calls_on(who, day, 2, month=5)]
    pumped = [
        call
        for who in people
        for month, days in ((5, range(15, 32)), (6, range(1, 31)))
        for day in days
        for call in abroad(who, day, 600.0, month=month, destination="+882")
    ]
    case = table(run([*quiet, *pumped], people), "fraud_cases").row(0, named=True)
    assert (case["pattern"], case["subjects"]) == ("irsf", 6)
    assert "usual-day" in case["codes"]


def test_who_has_called_so_for_months_calls_as_usual() -> None:
    people = [f"p{at}" for at in range(6)]
    calls = [
        call
        for who in people
        for month in (3, 4, 5, 6)
        for day in range(1, 31)
        for call in (abroad(who, day, 600.0, month=month) if day % 3 else calls_on(who, day, 2, month=month))
    ]
    assert run(calls, people).metrics["by_pattern"]["irsf"] == 0
