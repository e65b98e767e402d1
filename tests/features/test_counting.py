"""Which bills and payments count in what is owed, every number worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.features.test_customer_month_details import bill, built, payment


def lines(since: date, switch: date | None = None, modes: tuple[str, str] = ("postpaid", "postpaid")) -> dict[str, Any]:
    """Tables of one line that was of the first mode until `switch`, and is of the second."""
    line = {"subscription_id": "s", "customer_id": "a", "activated_on": since, "service_type": "mobile"}
    now = {"subscriptions": [{**line, "pay_mode": modes[1], "valid_from": switch}]}
    if switch is None:
        return now
    return {**now, "subscription_history": [{**line, "pay_mode": modes[0], "valid_from": since, "valid_to": switch}]}


def dated(first: int = 1) -> list[dict[str, Any]]:
    return [bill(k, 50.0, due_on=date(2024, k + 1, 15)) for k in range(first, 9)]


def paid(day: int, *months: int) -> list[dict[str, Any]]:
    return [payment(date(2024, k, day), 50.0) for k in months]


@pytest.mark.parametrize(("day", "late"), [(25, 10.0), (10, -5.0)])
def test_what_was_paid_before_the_first_bill_was_issued_settles_older_ones(day: int, late: float) -> None:
    made = built(**lines(date(2020, 1, 1)), bills=dated(), payments=paid(day, *range(1, 9)))
    assert made["days_to_pay"].to_list() == [None, *[late] * 7]
    assert made["paid"].to_list() == [50.0] * 8
    stopped = built(**lines(date(2020, 1, 1)), bills=dated(), payments=paid(day, *range(1, 6)))
    assert stopped["arrears"].to_list() == [0.0] * 5 + [50.0, 100.0, 150.0]


def test_without_due_days_too() -> None:
    bills = [bill(k, 50.0) for k in range(1, 9)]
    made = built(**lines(date(2020, 1, 1)), bills=bills, payments=paid(25, *range(1, 6)))
    assert made["arrears"].to_list() == [0.0] * 5 + [50.0, 100.0, 150.0]


def test_all_counts_that_was_paid_by_who_joined_within_the_history() -> None:
    made = built(**lines(date(2024, 1, 10)), bills=dated(), payments=paid(25, *range(1, 6)))
    assert made["arrears"].to_list() == [0.0] * 6 + [50.0, 100.0], "the first payment is of the first bill"


def test_bills_that_fell_due_before_the_first_month_with_payments_are_left_out() -> None:
    made = built(**lines(date(2024, 1, 10)), bills=dated(), payments=paid(10, 4, 5))
    assert made["days_to_pay"].to_list() == [None, None, None, -5.0, -5.0, None, None, None]
    assert made["arrears"].to_list() == [None, None, None, 0.0, 0.0, 50.0, 100.0, 150.0]


@pytest.mark.parametrize("since", [date(2020, 1, 1), date(2024, 1, 1)])
def test_top_ups_pay_no_bills_of_a_time_as_postpaid_customer(since: date) -> None:
    held = lines(since, date(2024, 4, 1), ("prepaid", "postpaid"))
    spent = [bill(k, 30.0) for k in (1, 2, 3)]
    later = [bill(k, 50.0) for k in range(4, 9)]
    for bills in (later, spent + later):
        made = built(**held, bills=bills, payments=paid(10, 1, 2, 3))
        assert made["arrears"].fill_null(0.0).to_list() == [0.0] * 4 + [50.0, 100.0, 150.0, 200.0]
        assert made["days_to_pay"].is_null().all()


def test_who_is_prepaid_owes_nothing_and_settles_nothing() -> None:
    held = lines(date(2020, 1, 1), date(2024, 4, 1), ("postpaid", "prepaid"))
    made = built(**held, bills=dated(), payments=[payment(date(2024, 2, 20), 20.0), *paid(10, 5, 6, 7)])
    assert made["arrears"].to_list() == [None, 30.0, 80.0, *[0.0] * 5]
    assert made["months_overdue"].to_list() == [None, 1.0, 2.0, *[0.0] * 5]
    assert made["days_to_pay"].is_null().all()
    assert made["paid"].sum() == 170.0


def test_a_bill_that_falls_due_in_a_prepaid_month_is_not_owed_afterwards() -> None:
    held = lines(date(2020, 1, 1), date(2024, 4, 1), ("postpaid", "prepaid"))
    before, now = held["subscription_history"][0], held["subscriptions"][0]
    prepaid = {**now, "valid_to": date(2024, 6, 1)}
    back = {**now, "pay_mode": "postpaid", "valid_from": date(2024, 6, 1)}
    bills = [bill(k, 50.0) for k in (1, 2, 3, 6, 7, 8)]
    made = built(subscriptions=[back], subscription_history=[before, prepaid], bills=bills, payments=paid(10, 2, 3, 4))
    assert made["arrears"].fill_null(0.0).to_list() == [0.0] * 6 + [50.0, 100.0], "March's was paid in April"


def test_a_bill_is_paid_from_the_month_after_it_on_however_late_it_falls_due() -> None:
    bills = [bill(k, 50.0, due_on=date(2024, k + 2, 10)) for k in range(1, 9)]
    made = built(**lines(date(2020, 1, 1)), bills=bills, payments=paid(20, *range(1, 7)))
    assert made["arrears"].to_list() == [0.0] * 7 + [50.0]


def test_a_bill_that_falls_due_in_the_month_billed_is_paid_in_it() -> None:
    bills = [bill(k, 50.0, due_on=date(2024, k, 20)) for k in range(1, 9)]
    made = built(**lines(date(2020, 1, 1)), bills=bills, payments=paid(10, *range(1, 6)))
    assert made["arrears"].to_list() == [0.0] * 5 + [50.0, 100.0, 150.0]


def test_who_is_there_in_the_first_month_nobody_knows_since_when_has_older_bills() -> None:
    made = built(subscriptions=[], bills=dated(), payments=paid(25, *range(1, 9)))
    assert made["days_to_pay"].to_list() == [None, *[10.0] * 7]
