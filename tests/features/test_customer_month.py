"""customer_months on a little operator, every number worked out by hand.

January to July 2024. Anna is an ordinary customer who once pays late; Ben falls silent; Cleo closes one line, then the
other; Dora moves to a new line, then hands it over; Emil leaves and returns; Fritz has bills but no line on record;
Gina joins after the history; Hans was silent for years and wakes up in May.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.features.customer_month import customer_months
from telcli.features.span import Span
from telcli.features.survey import evidence, span_of
from tests.features.operators import Tables, at, table

JULY = date(2024, 7, 1)


def month(number: int) -> date:
    return date(2024, number, 1)


def line(name: str, since: date | None, until: date | None = None, **more: Any) -> dict[str, Any]:
    about = {"subscription_id": f"{name}-{since}", "customer_id": name, "activated_on": since, "ended_on": until}
    return {"service_type": "mobile", "pay_mode": "postpaid", "plan_fee": 30.0, **about, **more}


def bill(name: str, number: int, kind: str, amount: float, discount: float | None = None) -> dict[str, Any]:
    return {"customer_id": name, "month": month(number), "kind": kind, "amount": amount, "discount": discount}


def payment(name: str, on: datetime, amount: float, *, taken_back: bool = False) -> dict[str, Any]:
    return {"payment_id": f"{name} {on}", "customer_id": name, "paid_at": on, "amount": amount, "reversed": taken_back}


def contact(name: str, kind: str, opened: datetime, closed: datetime | None, rating: float | None) -> dict[str, Any]:
    times = {"opened_at": opened, "closed_at": closed}
    return {"contact_id": f"{name} {opened}", "customer_id": name, "kind": kind, "rating": rating, **times}


@pytest.fixture(scope="module")
def operator() -> Tables:
    joined = {"anna": date(2023, 1, 16), "gina": date(2024, 12, 1), "hans": date(2020, 5, 5)}
    names = ("anna", "ben", "cleo", "dora", "emil", "fritz", "gina", "hans")
    lines = [
        line("anna", date(2023, 1, 16), plan_fee=50.0, contract_end=date(2024, 4, 30)),
        line("ben", date(2024, 2, 10), pay_mode="prepaid"),
        line("cleo", date(2022, 1, 1), date(2024, 3, 20), end_reason="voluntary"),
        line(
            "cleo", date(2023, 1, 1), date(2024, 5, 10), end_reason="port-out", service_type="broadband", plan_fee=80.0
        ),
        line("dora", date(2023, 12, 1), date(2024, 3, 15), end_reason="internal"),
        line("dora", date(2024, 4, 1), date(2024, 6, 30), end_reason="internal"),
        line("emil", date(2023, 12, 1), date(2024, 2, 28), end_reason="voluntary"),
        line("emil", date(2024, 5, 5), date(2024, 8, 9), end_reason="voluntary"),
        line("gina", date(2024, 12, 1)),
        line("hans", date(2020, 5, 5), pay_mode="prepaid"),
    ]
    bills = [bill("anna", number, "recurring", 50.0, 5.0) for number in range(1, 8)]
    bills += [bill("anna", number, "over-bundle", 10.0) for number in (3, 4)]
    bills += [
        bill("cleo", 6, "one-time", 99.0),
        bill("fritz", 3, "total", 200.0, 20.0),
        bill("nobody", 3, "total", 7.0),
    ]
    use = [(name, number) for name, numbers in USED.items() for number in numbers]
    payments = [
        payment("anna", datetime(2024, 2, 20, 9), 45.0),
        payment("anna", datetime(2024, 3, 20, 9), 45.0),
        payment("anna", datetime(2024, 5, 3, 9), 30.0),
        payment("anna", datetime(2024, 5, 4, 9), 99.0, taken_back=True),
        payment("anna", datetime(2024, 6, 30, 23, 59), 200.0),
        payment("ben", datetime(2024, 1, 31, 12), 20.0),
    ]
    contacts = [
        contact("anna", "enquiry", datetime(2024, 1, 5), datetime(2024, 1, 6), 8.0),
        contact("cleo", "complaint", datetime(2024, 2, 20), datetime(2024, 4, 2), 3.0),
        contact("cleo", "fault", datetime(2024, 3, 1), None, None),
        contact("cleo", "complaint", datetime(2024, 3, 9), datetime(2024, 3, 9, 5), 4.0),
    ]
    usage = [
        {"customer_id": name, "month": month(number), "call_minutes": 10.0 * number, "data_mb": 0.0}
        for name, number in use
    ]
    return {
        "customers": table("customers", [{"customer_id": name, "joined_on": joined.get(name)} for name in names]),
        "subscriptions": table("subscriptions", lines),
        "bills": table("bills", bills),
        "usage": table("usage", usage),
        "payments": table("payments", payments),
        "contacts": table("contacts", contacts),
    }


USED = {"anna": range(1, 8), "ben": (2, 3), "hans": (5, 7)}


@pytest.fixture(scope="module")
def made(operator: Tables) -> pl.DataFrame:
    span = span_of(evidence(operator))
    assert span is not None
    return customer_months(operator, span).collect()


def told(made: pl.DataFrame, name: str, column: str) -> list[Any]:
    return made.filter(customer_id=name).sort("month")[column].to_list()


def months_of(made: pl.DataFrame, name: str) -> list[int]:
    return [day.month for day in told(made, name, "month")]


def test_months_are_those_of_bills_and_use(operator: Tables) -> None:
    span = span_of(evidence(operator))
    assert (span.first, span.last) == (at(2024, 1), at(2024, 7))


@pytest.mark.parametrize(
    ("name", "months", "left"),
    [
        ("anna", [1, 2, 3, 4, 5, 6, 7], []),
        ("ben", [2, 3, 4, 5, 6], [6]),
        ("cleo", [1, 2, 3, 4, 5], [5]),
        ("dora", [1, 2, 3, 4, 5, 6], []),
        ("emil", [1, 2, 5, 6, 7], [2]),
        ("fritz", [3, 4, 5, 6, 7], []),
        ("gina", [], []),
        ("hans", [5, 6, 7], []),
    ],
)
def test_who_is_a_customer_when_and_who_leaves(
    made: pl.DataFrame, name: str, months: list[int], left: list[int]
) -> None:
    assert months_of(made, name) == months
    assert [day.month for day in made.filter(customer_id=name).filter("left")["month"]] == left


def test_active_is_holding_a_live_line_at_the_end_of_the_month(made: pl.DataFrame) -> None:
    assert told(made, "dora", "active") == [True, True, False, True, True, False]
    assert told(made, "emil", "active") == [True, False, True, True, True]
    assert told(made, "ben", "active") == [True, True, True, True, False]
    assert all(told(made, "fritz", "active"))


def test_contract(made: pl.DataFrame) -> None:
    part = 15 / 31
    assert told(made, "anna", "tenure_months") == pytest.approx([number + 11 - part for number in range(1, 8)])
    assert told(made, "ben", "tenure_months")[:2] == pytest.approx([0.0, 1 - 9 / 29])
    assert told(made, "fritz", "tenure_months") == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert told(made, "emil", "tenure_months") == [1.0, 2.0, 5.0, 6.0, 7.0]
    assert told(made, "anna", "contract_months_left") == [3.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert told(made, "ben", "contract_months_left") == [None] * 5
    assert told(made, "cleo", "numbers_held") == [2.0, 2.0, 1.0, 1.0, 0.0]
    assert told(made, "cleo", "services_held") == [2.0, 2.0, 1.0, 1.0, 0.0]
    assert told(made, "cleo", "plan_fee") == [110.0, 110.0, 80.0, 80.0, 0.0]
    assert told(made, "fritz", "numbers_held") == [None] * 5


def test_money(made: pl.DataFrame) -> None:
    assert told(made, "anna", "revenue") == [45.0, 45.0, 55.0, 55.0, 45.0, 45.0, 45.0]
    assert told(made, "anna", "discount") == [5.0] * 7
    assert told(made, "anna", "recurring_fee") == [50.0] * 7
    assert told(made, "anna", "over_bundle_fee") == [None, None, 10.0, 10.0, None, None, None]
    assert told(made, "fritz", "revenue") == [180.0, 0.0, 0.0, 0.0, 0.0]
    assert told(made, "fritz", "recurring_fee") == [None, 0.0, 0.0, 0.0, 0.0]
    assert told(made, "cleo", "revenue") == [0.0] * 5


def test_arrears_are_what_fell_due_less_what_was_paid(made: pl.DataFrame) -> None:
    # due, a month after the bill: 0 45 45 55 55 45 45; paid: 0 45 45 0 30 200 0 (99 were taken back)
    assert told(made, "anna", "paid") == [0.0, 45.0, 45.0, 0.0, 30.0, 200.0, 0.0]
    assert told(made, "anna", "arrears") == [0.0, 0.0, 0.0, 55.0, 80.0, 0.0, 0.0]
    assert told(made, "anna", "months_in_arrears_6") == [0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0]
    assert told(made, "fritz", "arrears") == [0.0, 180.0, 180.0, 180.0, 180.0]
    assert told(made, "ben", "arrears") == [0.0] * 5


def test_a_bill_with_a_due_date_falls_due_in_its_month(operator: Tables) -> None:
    tables = {**operator, "bills": operator["bills"].with_columns(due_on=pl.lit(date(2024, 4, 30)))}
    made = customer_months(tables, span_of(evidence(tables))).collect()
    # bills of January to April fall due in April (200), later ones not before the month they are of
    assert told(made, "anna", "arrears") == [0.0, 0.0, 0.0, 110.0, 125.0, 0.0, 15.0]
    at_once = customer_months(operator, span_of(evidence(operator)), due_months=0).collect()
    assert told(at_once, "anna", "arrears") == [45.0, 45.0, 55.0, 110.0, 125.0, 0.0, 15.0]


def test_a_deposit_before_the_first_month_is_credit(operator: Tables) -> None:
    lines = operator["subscriptions"].with_columns(pay_mode=pl.lit("postpaid"))
    bills = table("bills", [bill("ben", 2, "total", 50.0), *(bill("anna", k, "total", 1.0) for k in range(1, 8))])
    tables = {**operator, "subscriptions": lines, "bills": bills}
    made = customer_months(tables, span_of(evidence(tables))).collect()
    assert told(made, "ben", "arrears")[:3] == [0.0, 30.0, 30.0]
    assert told(made, "ben", "paid")[:3] == [0.0, 0.0, 0.0]


def test_use(made: pl.DataFrame) -> None:
    assert told(made, "ben", "call_minutes") == [20.0, 30.0, 0.0, 0.0, 0.0]
    assert told(made, "ben", "months_since_use") == [0.0, 0.0, 1.0, 2.0, 3.0]
    assert told(made, "cleo", "months_since_use") == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert told(made, "hans", "months_since_use") == [0.0, 1.0, 0.0]
    assert made["texts"].is_null().all()


@pytest.mark.parametrize(
    ("kinds", "known"),
    [
        (("call_minutes",), False),
        (("data_mb",), False),
        (("texts", "data_mb"), False),
        (("calls_out", "data_mb"), True),
        (("active_days",), True),
    ],
)
def test_who_uses_nothing_is_known_where_calls_and_data_are(
    operator: Tables, kinds: tuple[str, ...], known: bool
) -> None:
    use = [("ben", 2, 1.0), ("ben", 3, 0.0), *(("anna", k, 1.0) for k in range(1, 8))]
    rows = [{"customer_id": who, "month": month(k), **dict.fromkeys(kinds, much)} for who, k, much in use]
    tables = {**operator, "usage": table("usage", rows)}
    found = customer_months(tables, span_of(evidence(tables)), prepaid_inactive_days=900).collect()
    assert told(found, "ben", "months_since_use")[:4] == ([0.0, 1.0, 2.0, 3.0] if known else [0.0, None, None, None])
    assert told(found, "anna", "months_since_use") == [0.0] * 7


@pytest.mark.slow
def test_silence_lasts_as_long_as_the_setting_says(operator: Tables) -> None:
    span = span_of(evidence(operator))
    for days, last in ((30, 4), (31, 5), (120, 7), (121, 7)):
        made = customer_months(operator, span, prepaid_inactive_days=days).collect()
        assert months_of(made, "ben")[-1] == last
        assert told(made, "ben", "left")[-1] == (days <= 120)


def test_a_top_up_is_a_sign_of_life(operator: Tables) -> None:
    more = table("payments", [payment("ben", datetime(2024, 5, 1), 10.0)])
    tables = {**operator, "payments": pl.concat([operator["payments"], more])}
    made = customer_months(tables, span_of(evidence(tables))).collect()
    assert months_of(made, "ben") == [2, 3, 4, 5, 6, 7]
    assert not any(told(made, "ben", "left"))


def test_service(made: pl.DataFrame) -> None:
    assert told(made, "cleo", "contacts") == [0.0, 1.0, 2.0, 0.0, 0.0]
    assert told(made, "cleo", "complaints") == [0.0, 1.0, 1.0, 0.0, 0.0]
    assert told(made, "cleo", "faults") == [0.0, 0.0, 1.0, 0.0, 0.0]
    assert told(made, "cleo", "unresolved") == [0.0, 1.0, 2.0, 1.0, 1.0]
    assert told(made, "cleo", "rating") == [None, 3.0, 4.0, None, None]
    assert told(made, "cleo", "complaints_sum_3") == [0.0, 1.0, 2.0, 2.0, 1.0]
    assert told(made, "anna", "contacts_sum_6") == [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]


def test_history(made: pl.DataFrame) -> None:
    thirds = [45.0, 45.0, 145 / 3, 155 / 3, 155 / 3, 145 / 3, 45.0]
    assert told(made, "anna", "revenue_mean_3") == pytest.approx(thirds)
    assert told(made, "anna", "revenue_mean_6")[5:] == pytest.approx([290 / 6, 290 / 6])
    # May: March to May over January and February; April has but one known month before
    change = told(made, "anna", "revenue_change_3")
    assert change[:4] == [None] * 4
    assert change[4:] == pytest.approx([155 / 135 - 1, 0.0, 135 / 155 - 1])
    minutes = told(made, "anna", "call_minutes_change_3")
    assert minutes[4:] == pytest.approx([40 / 15 - 1, 50 / 20 - 1, 60 / 30 - 1])


def test_history_after_a_return_knows_nothing_of_the_months_away(made: pl.DataFrame) -> None:
    assert told(made, "emil", "revenue_mean_3") == [0.0] * 5
    # June: May and June over January and February; July: three months over February alone
    assert told(made, "emil", "revenue_change_3") == [None, None, None, 0.0, None]


def test_a_month_that_was_not_delivered_is_not_known(operator: Tables) -> None:
    cut = operator["usage"].filter(pl.col("month") != month(4))
    tables = {**operator, "usage": cut}
    made = customer_months(tables, span_of(evidence(tables))).collect()
    assert told(made, "anna", "call_minutes") == [10.0, 20.0, 30.0, None, 50.0, 60.0, 70.0]
    assert told(made, "anna", "call_minutes_mean_3")[3:5] == pytest.approx([25.0, 40.0])
    assert told(made, "anna", "months_since_use") == [0.0, 0.0, 0.0, None, 0.0, 0.0, 0.0]
    # nobody can be called silent in that month, so Ben's silence begins after it
    assert months_of(made, "ben") == [2, 3, 4, 5, 6, 7]
    assert told(made, "ben", "left") == [False] * 5 + [True]


def test_without_subscriptions_everybody_stays_from_joining_on(operator: Tables) -> None:
    tables = {name: frame for name, frame in operator.items() if name in ("customers", "bills")}
    made = customer_months(tables, span_of(evidence(tables))).collect()
    assert made["active"].all()
    assert not made["left"].any()
    assert months_of(made, "anna") == [1, 2, 3, 4, 5, 6, 7]
    assert months_of(made, "fritz") == [3, 4, 5, 6, 7]
    assert months_of(made, "cleo") == [6, 7]
    assert made["arrears"].is_null().all()
    assert made["months_since_use"].is_null().all()


def test_a_line_that_ended_nobody_knows_when_was_never_held(operator: Tables) -> None:
    lines = operator["subscriptions"].with_columns(status=pl.when(customer_id="anna").then(pl.lit("ended")))
    made = customer_months({**operator, "subscriptions": lines}, span_of(evidence(operator))).collect()
    assert months_of(made, "anna") == []


def test_a_flat_table_has_one_month_and_no_history() -> None:
    tables = {
        "customers": table("customers", [{"customer_id": name, "churned": name == "b"} for name in "abc"]),
        "subscriptions": table(
            "subscriptions", [line("a", date(2020, 7, 1)), line("b", date(2024, 6, 1), date(2024, 6, 20))]
        ),
        "bills": table("bills", [bill("a", 6, "total", 70.35), bill("b", 6, "total", 20.0)]),
    }
    made = customer_months(
        tables, Span(at(2024, 6), at(2024, 6), {"revenue": frozenset({at(2024, 6)})}, True)
    ).collect()
    assert made["customer_id"].to_list() == ["a", "b", "c"]
    assert made["active"].all()
    assert not made["left"].any()
    assert made["tenure_months"].to_list() == [47.0, 0.0, None]
    assert made["revenue"].to_list() == [70.35, 20.0, None]
    assert made["revenue_mean_3"].is_null().all()
    assert made["numbers_held"].to_list() == [1.0, 1.0, None], "the end of a line would tell the label"
