"""detect-fraud: what was known on the last day looked at, and nothing that was known later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.stages.test_detect_fraud import Rows, run, table

PEOPLE = {"run": (3000.0, 0.0, 400.0), **{f"n{at}": (100.0 + at, 30.0, 0.0) for at in range(5)}}


def line(who: str, **told: Any) -> dict[str, Any]:
    own = {"subscription_id": f"L{who}", "customer_id": who, "activated_on": date(2024, 5, 3), "device_h": f"d{who}"}
    return {**own, "ended_on": None, "end_reason": None, **told}


def runaway(debtor: dict[str, Any] | None = None, more: Rows | None = None, **told: Any) -> set[str]:
    """The signs against one who uses much and pays nothing, who shares a device with another customer."""
    use = [
        {"customer_id": who, "month": date(2024, month, 1), "call_minutes": minutes, "paid": paid, "arrears": owed}
        for who, (minutes, paid, owed) in {**PEOPLE, "other": (0.0, 0.0, 0.0)}.items()
        for month in (5, 6)
    ]
    other = line("other", activated_on=date(2020, 5, 3), device_h="drun", **(debtor or {}))
    lines = [*(line(who, **(told if who == "run" else {})) for who in PEOPLE), other, *(more or [])]
    cases = table(run([], [*PEOPLE, "other"], lines=lines, months=use), "fraud_cases")
    return {code for codes in cases.filter(subject_id="run")["codes"] for code in codes.split(",")}


def unpaid(paid_in: int, **sharing: Any) -> tuple[set[str], set[str]]:
    """Signs against one who pays nothing where others paid up to a month, and what is told first."""
    use = [
        {
            **{"customer_id": who, "month": date(2024, month, 1), "call_minutes": minutes, "arrears": owed},
            **{"paid": paid if month <= paid_in else 0.0, "arrears_91_180": 50.0 * (month > paid_in)},
        }
        for who, (minutes, paid, owed) in {**PEOPLE, "other": (0.0, 9.0, 0.0)}.items()
        for month in (4, 5, 6)
    ]
    lines = [*(line(who) for who in PEOPLE), line("other", activated_on=date(2020, 5, 3), **sharing)]
    outcome = run([], [*PEOPLE, "other"], lines=lines, months=use)
    cases = table(outcome, "fraud_cases").filter(subject_id="run")
    return {code for codes in cases["codes"] for code in codes.split(",")}, {one.code for one in outcome.notices}


def test_who_has_paid_nothing_is_not_told_of_months_without_payments_of_anybody() -> None:
    signs, notices = unpaid(6)
    assert signs == {"high-use", "never-paid"} and "fraud-no-payments" not in notices
    signs, notices = unpaid(5)
    assert signs == set() and "fraud-no-payments" in notices
    assert unpaid(4, device_h="drun")[0] == set()  # nor are debts that are old for want of payments


SHUT = "involuntary"


@pytest.mark.parametrize("ended", [None, date(2024, 7, 5), date(2024, 6, 20)])
def test_who_is_shut_off_in_the_month_or_later_is_a_case_all_the_same(ended: date | None) -> None:
    assert runaway(ended_on=ended, end_reason=SHUT if ended else None) == {"high-use", "never-paid"}


def test_who_was_shut_off_before_the_month_is_none() -> None:
    assert runaway(ended_on=date(2024, 5, 20), end_reason=SHUT) == set()


@pytest.mark.parametrize(("ended", "linked"), [(date(2024, 7, 5), False), (None, False), (date(2024, 6, 20), True)])
def test_who_shares_a_device_is_tied_to_a_debtor_from_the_day_that_one_is_shut_off(
    ended: date | None, linked: bool
) -> None:
    assert ("linked-debt" in runaway({"ended_on": ended, "end_reason": SHUT})) is linked


def test_who_was_shut_off_and_came_anew_is_tied_to_her_own_debts() -> None:
    old = line("run", subscription_id="Lold", activated_on=date(2021, 1, 1), ended_on=date(2024, 4, 1), end_reason=SHUT)
    assert runaway(more=[old]) == {"high-use", "never-paid", "linked-debt"}
