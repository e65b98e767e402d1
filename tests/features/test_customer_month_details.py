"""What stands beside the plain figures of a month, every number worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from telcli.features.customer_month import customer_months
from telcli.features.products import owned
from telcli.features.survey import evidence, span_of
from tests.features.operators import table


def built(last: int = 8, **rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Months of one customer with a line, who used the network from January 2024 to month `last`."""
    line = {"subscription_id": "s", "customer_id": "a", "activated_on": date(2023, 12, 1), "service_type": "mobile"}
    usage = [{"customer_id": "a", "month": date(2024, k, 1), "call_minutes": 1.0} for k in range(1, last + 1)]
    given = {"customers": [{"customer_id": "a"}], "subscriptions": [line], "usage": usage, **rows}
    tables = owned({name: table(name, found) for name, found in given.items()})
    span = span_of(evidence(tables))
    assert span is not None
    return customer_months(tables, span).collect()


def bill(number: int, amount: float, kind: str = "total", **more: Any) -> dict[str, Any]:
    return {"customer_id": "a", "month": date(2024, number, 1), "kind": kind, "amount": amount, **more}


def payment(day: date, amount: float) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 12)
    return {"payment_id": str(day), "customer_id": "a", "paid_at": at, "amount": amount}


def contact(number: int, opened: datetime, closed: datetime | None = None, **more: Any) -> dict[str, Any]:
    about = {"kind": "complaint", "topic": "bill", **more}
    return {"contact_id": str(number), "customer_id": "a", "opened_at": opened, "closed_at": closed, **about}


def test_what_was_billed_by_kind_and_its_discount() -> None:
    kinds = {"recurring": 50.0, "voice": 10.0, "data": 20.0, "value-added": 5.0, "penalty": 1.5, "other": 3.5}
    rows = [bill(1, amount, kind, discount=9.0 if kind == "voice" else None) for kind, amount in kinds.items()]
    made = built(2, bills=[*rows, bill(2, 40.0, discount=60.0)])
    names = ["recurring_fee", "billed_voice", "billed_data", "billed_value_added", "billed_penalty", "billed_other"]
    assert made.select(names).row(0) == (50.0, 10.0, 20.0, 5.0, 1.5, 3.5)
    assert made["billed_text"].is_null().all(), "no bill ever speaks of texts"
    assert made.select(names).row(1) == (None,) * 6, "a total tells no parts"
    assert made["discount_share"].to_list() == [0.1, 1.0]


def test_a_discount_of_the_parts_is_taken_off_a_total_that_has_none() -> None:
    rows = [bill(k, 60.0, "recurring", discount=20.0) for k in (1, 2, 3)]
    made = built(3, bills=[*rows, bill(1, 60.0), bill(2, 40.0), bill(3, 60.0, discount=5.0)])
    assert made["revenue"].to_list() == [40.0, 40.0, 55.0], "the total of February is less its discount already"
    assert made["discount"].to_list() == [20.0, 20.0, 5.0]
    assert made["discount_share"].to_list() == pytest.approx([1 / 3, 1 / 3, 1 / 12])


def test_arrears_by_age_are_of_the_oldest_unpaid_charges() -> None:
    bills = [bill(k, 10.0, due_on=date(2024, k, 28)) for k in range(1, 9)]
    made = built(8, bills=bills, payments=[payment(date(2024, 1, 5), 4.0), payment(date(2024, 8, 30), 41.0)])
    assert made["arrears"].to_list() == [6.0, 16.0, 26.0, 36.0, 46.0, 56.0, 66.0, 35.0]
    assert made["arrears_1_30"].to_list() == [6.0] + [10.0] * 7
    assert made["arrears_31_60"].to_list() == [0.0, 6.0] + [10.0] * 6
    assert made["arrears_61_90"].to_list() == [0.0, 0.0, 6.0] + [10.0] * 5
    assert made["arrears_91_180"].to_list() == [0.0, 0.0, 0.0, 6.0, 16.0, 26.0, 30.0, 5.0]
    assert made["arrears_181_365"].to_list() == [0.0] * 6 + [6.0, 0.0]
    assert made["months_overdue"].to_list() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 4.0]


def test_old_debts_are_over_a_year_old() -> None:
    bills = [{"customer_id": "a", "month": date(2024, 1, 1), "kind": "total", "amount": 10.0}]
    bills += [{**bills[0], "month": date(2024 + k // 12, k % 12 + 1, 1), "amount": 0.0} for k in range(1, 16)]
    paid = [payment(date(2024, 1, 1), 7.0), payment(date(2024, 2, 1), 0.5)]
    made = built(1, bills=bills, payments=paid)
    assert made["arrears_over_365"].to_list() == [0.0] * 13 + [9.5] * 3, "it fell due in February"
    assert made["months_overdue"].to_list() == [0.0, *map(float, range(1, 14)), 13.0, 13.0]


def test_days_to_pay_settle_the_oldest_bill_first() -> None:
    bills = [bill(1, 10.0, due_on=date(2024, 2, 10)), bill(2, 20.0, due_on=date(2024, 3, 10)), bill(3, 5.0)]
    paid = [payment(date(2024, 2, 20), 9.0), payment(date(2024, 2, 25), 1.0), payment(date(2024, 3, 8), 30.0)]
    made = built(4, bills=bills, payments=paid)
    # January's is whole on 25 February, 15 days late; February's on 8 March, 2 days early; March's is paid ahead and
    # settled when it is made out, on the last day of March, which is its due date
    assert made["days_to_pay"].to_list() == [None, 15.0, -1.0, None]


def test_a_bill_below_nothing_pays_others() -> None:
    bills = [bill(1, 10.0, due_on=date(2024, 1, 31)), bill(2, -10.0, due_on=date(2024, 2, 29))]
    made = built(3, bills=bills, payments=[payment(date(2024, 1, 1), 0.0)])
    assert made["arrears"].to_list() == [10.0, 0.0, None], "March was not billed"
    assert made["days_to_pay"].to_list() == [None, 29.0, None]


def test_repeats_and_what_is_opened_again() -> None:
    first = datetime(2024, 1, 10, 8)
    rows = [
        contact(1, first, first + timedelta(hours=10)),
        contact(2, first + timedelta(days=30), first + timedelta(days=40)),  # 30 days later: a repeat
        contact(3, first + timedelta(days=46)),  # 6 days after closing, a repeat of 16 days
        contact(4, first + timedelta(days=50), topic="signal"),
        contact(5, first + timedelta(days=51), topic="signal", repeat=False),  # the extract says no
        contact(6, first + timedelta(days=85), topic=None, repeat=True),
    ]
    made = built(4, contacts=rows)
    assert made["contacts"].to_list() == [1.0, 3.0, 1.0, 1.0]
    assert made["repeats"].to_list() == [0.0, 2.0, 0.0, 1.0]
    assert made["reopened"].to_list() == [0.0, 1.0, 0.0, 0.0]


def test_a_matter_is_opened_again_whatever_else_is_open_of_it() -> None:
    first = datetime(2024, 1, 1, 8)
    rows = [
        contact(1, first, first + timedelta(days=4)),
        contact(2, first + timedelta(days=1)),  # open all the while
        contact(3, first + timedelta(days=5), kind="fault"),  # a day after the first was closed
        contact(4, first + timedelta(days=5), topic="signal"),
        contact(5, first + timedelta(days=35), first + timedelta(days=35)),  # too late, and as short as can be
        contact(6, first + timedelta(days=35)),  # in the moment in which the one before was closed
        contact(7, first + timedelta(days=36), topic=None),
    ]
    assert built(2, contacts=rows)["reopened"].to_list() == [1.0, 1.0]


def test_silence_as_postpaid_is_no_leaving_of_who_turns_prepaid() -> None:
    line = {"subscription_id": "s", "customer_id": "a", "activated_on": date(2020, 1, 1), "service_type": "mobile"}
    now = {**line, "pay_mode": "prepaid", "valid_from": date(2024, 6, 5)}
    past = [{**line, "pay_mode": "postpaid", "valid_from": date(2020, 1, 1), "valid_to": date(2024, 6, 5)}]
    others = [{"customer_id": "z", "month": date(2024, k, 1), "call_minutes": 1.0} for k in range(1, 11)]
    used = [{"customer_id": "a", "month": date(2024, 1, 1), "call_minutes": 1.0}, *others]
    made = built(
        subscriptions=[now],
        subscription_history=past,
        usage=used,
        customers=[{"customer_id": "a"}, {"customer_id": "z"}],
    )
    a = made.filter(customer_id="a").sort("month")
    assert a["left"].to_list() == [False] * 8 + [True], "three months after it turned prepaid, in September"


def test_waiting_is_that_of_those_closed_and_of_the_oldest_that_is_open() -> None:
    rows = [
        contact(1, datetime(2024, 1, 31, 20), datetime(2024, 2, 1, 20), rating=3.0),
        contact(2, datetime(2024, 2, 1), datetime(2024, 2, 1, 12), rating=6.0),
        contact(3, datetime(2024, 2, 20, 23), datetime(2024, 4, 2), topic="signal", rating=9.0),
        contact(4, datetime(2024, 3, 1)),
        contact(5, datetime(2024, 3, 5), topic="signal"),
    ]
    made = built(4, contacts=rows)
    assert made["hours_to_close"].to_list() == [None, 18.0, None, 985.0]
    assert made["unresolved"].to_list() == [None, 1.0, 3.0, 2.0], "no closing is on record before February"
    assert made["oldest_open_days"].to_list() == [None, 9.0, 40.0, 60.0]
    assert made["rating"].to_list() == [3.0, 7.5, None, None]
    assert made["lowest_rating"].to_list() == [3.0, 6.0, None, None]


def test_campaigns_that_reached_the_customer() -> None:
    def offer(name: str, day: date | None, **more: Any) -> dict[str, Any]:
        return {"campaign_id": name, "customer_id": "a", "contacted_on": day, **more}

    rows = [
        offer("1", date(2024, 2, 3), arm="treated", response="接受", cost=1.5),
        offer("2", date(2024, 2, 9), response="no", cost=2.0),
        offer("3", date(2024, 2, 9), arm="held_out", response="yes", cost=9.0),
        offer("4", None, arm="treated"),
        offer("5", date(2024, 4, 1), arm="treated", outcome=" Accepted "),
    ]
    made = built(5, campaigns=rows, bills=[bill(k, 10.0) for k in range(1, 6)])
    assert made["campaigns_received"].to_list() == [None, 2.0, 0.0, 1.0, 0.0]
    assert made["campaigns_accepted"].to_list() == [None, 1.0, 0.0, 1.0, 0.0]
    assert made["campaign_cost"].to_list() == [None, 3.5, 0.0, None, 0.0]
    assert made["revenue_less_campaigns"].to_list() == [None, 6.5, 10.0, None, 10.0]
    assert made["months_since_campaign"].to_list() == [None, 0.0, 1.0, 0.0, 1.0]


def test_fees_and_contracts_are_those_of_the_version_that_held() -> None:
    now = {"subscription_id": "s", "customer_id": "a", "activated_on": date(2023, 12, 1), "service_type": "mobile"}
    other = {**now, "subscription_id": "t", "plan_fee": 1.0}
    plan = {"plan_id": "c", "plan_fee": 70.0, "contract_end": date(2024, 12, 31), "valid_from": date(2024, 6, 30)}
    before = [
        {"plan_id": "a", "plan_fee": 30.0, "valid_from": date(2024, 2, 5), "valid_to": date(2024, 4, 1)},
        {"plan_id": "b", "plan_fee": 30.0, "valid_from": date(2024, 4, 1), "valid_to": date(2024, 5, 2)},
        {"plan_id": "d", "plan_fee": 90.0, "contract_end": date(2024, 7, 15), "valid_from": None},
    ]
    before[2] |= {"valid_to": date(2024, 6, 30)}
    made = built(7, subscriptions=[{**now, **plan}, other], subscription_history=[{**now, **past} for past in before])
    assert made["plan_fee"].to_list() == [31.0, 31.0, 31.0, 31.0, 91.0, 71.0, 71.0]
    assert made["plan_moves"].to_list() == [None, None, None, 1.0, 0.0, 0.0, 0.0]
    assert made["plan_ups"].to_list() == [None, None, None, 0.0, 1.0, 0.0, 0.0]
    assert made["plan_downs"].to_list() == [None, None, None, 0.0, 0.0, 1.0, 0.0]
    assert made["contract_months_left"].to_list() == [None, None, None, None, pytest.approx(1 + 15 / 31), 6.0, 5.0]


def test_what_was_another_customers_is_no_history_of_this_one() -> None:
    now = {"subscription_id": "s", "customer_id": "a", "activated_on": date(2023, 12, 1), "plan_fee": 70.0}
    past = {**now, "customer_id": "b", "plan_fee": 30.0, "valid_to": date(2024, 2, 1)}
    customers = [{"customer_id": name} for name in "ab"]
    made = built(3, customers=customers, subscriptions=[now], subscription_history=[past])
    assert made.filter(customer_id="a")["plan_fee"].to_list() == [70.0] * 3
    assert made["plan_ups"].fill_null(0.0).sum() == 0.0


def test_products_bundles_and_sub_cards() -> None:
    line = {"customer_id": "a", "activated_on": date(2023, 12, 1)}
    lines = [
        {**line, "subscription_id": "s", "bundle_id": "f"},
        {**line, "subscription_id": "t", "bundle_id": "f", "main_number_h": "m", "ended_on": date(2024, 3, 9)},
        {**line, "subscription_id": "u", "bundle_id": "g"},
    ]
    products = [
        {"subscription_id": "s", "product_id": "p", "started_on": date(2023, 11, 1), "ended_on": date(2024, 2, 20)},
        {"subscription_id": "t", "product_id": "p", "started_on": date(2024, 1, 1)},
        {"subscription_id": "x", "product_id": "p", "started_on": date(2024, 1, 1)},
        {"subscription_id": "s", "product_id": "q", "started_on": date(2024, 4, 30)},
    ]
    made = built(4, subscriptions=lines, products=products)
    assert made["products_held"].to_list() == [2.0, 1.0, 0.0, 1.0]
    assert made["bundle_lines"].to_list() == [2.0, 2.0, 1.0, 1.0]
    assert made["sub_cards"].to_list() == [1.0, 1.0, 0.0, 0.0]
    assert made["numbers_held"].to_list() == [3.0, 3.0, 2.0, 2.0]


def test_saturation_is_taken_as_it_is() -> None:
    usage = [{"customer_id": "a", "month": date(2024, k, 1), "data_saturation": 0.5 * k} for k in (1, 3)]
    usage += [{"customer_id": "a", "month": date(2024, 2, 1), "over_bundle_times": 2.0}]
    made = built(usage=usage)
    assert made["data_saturation"].to_list() == [0.5, None, 1.5]
    assert made["over_bundle_times"].to_list() == [None, 2.0, None]
    assert made["voice_saturation"].is_null().all()


def test_trend_and_variability_of_the_known_months() -> None:
    usage = [{"customer_id": "a", "month": date(2024, k, 1), "texts": float(2 * k)} for k in (1, 2, 3, 5, 6)]
    usage += [{"customer_id": "a", "month": date(2024, 4, 1), "call_minutes": 5.0}]
    made = built(usage=usage)
    assert made["texts_trend_6"].to_list() == [None, None, 2.0, 2.0, 2.0, 2.0]
    assert made["texts_trend_3"].to_list() == [None, None, 2.0, None, None, None]
    squares = sum((2.0 * k - 6.8) ** 2 for k in (1, 2, 3, 5, 6))
    assert made["texts_sd_6"][5] == pytest.approx((squares / 4) ** 0.5, abs=1e-6)
    assert made["texts_mean_6"][5] == pytest.approx(6.8)
    assert made["texts_sd_6"][:2].is_null().all()


def test_a_change_over_six_months_takes_the_six_before() -> None:
    usage = [{"customer_id": "a", "month": date(2023, k, 1), "data_mb": 10.0} for k in range(1, 7)]
    usage += [{"customer_id": "a", "month": date(2023, k, 1), "data_mb": 15.0} for k in range(7, 13)]
    made = built(usage=usage, subscriptions=[{"subscription_id": "s", "customer_id": "a"}])
    assert made["data_mb_change_6"].to_list() == [None] * 9 + [pytest.approx(0.5 * k / 6) for k in (4, 5, 6)]


def test_since_when() -> None:
    contacts = [contact(1, datetime(2024, 2, 1), kind="enquiry"), contact(2, datetime(2024, 3, 1), kind="complaint")]
    made = built(5, contacts=contacts, payments=[payment(date(2024, 1, 2), 5.0)])
    assert made["months_since_contact"].to_list() == [None, 0.0, 0.0, 1.0, 2.0]
    assert made["months_since_complaint"].to_list() == [None, None, 0.0, 1.0, 2.0]
    assert made["months_since_payment"].to_list() == [0.0, 1.0, 2.0, 3.0, 4.0]
