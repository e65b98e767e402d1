"""What the views go by: windows to the day, what was taken back, debts grown old, and sources that are not there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.features.earnings import earnings
from telcli.features.margin_parts import Rates
from telcli.features.touches import asked, paid, sold
from telcli.features.view_facts import view_facts
from telcli.settings import SegmentSettings
from telcli.tables import contract
from telcli.tables.months import FEATURES

AS_OF = date(2024, 6, 1)
WORDS = "app, 网厅"


def months_of(rows: list[dict[str, Any]]) -> pl.LazyFrame:
    """Rows of customer_months with whatever columns are given."""
    filled = [{"active": True, "left": False, **row} for row in rows]
    frame = pl.DataFrame(filled, infer_schema_length=None)
    gaps = [pl.lit(None, dtype=pl.Float64).alias(name) for name in FEATURES if name not in frame.columns]
    return contract("customer_months").conform(frame.with_columns(gaps).lazy())


def earned(rows: list[dict[str, Any]], **how: Any) -> dict[str, Any]:
    asked_for = {"rates": Rates(), "mean_months": 3, "losing_months": 3}
    frame = months_of([{"customer_id": "a", **row} for row in rows])
    found = earnings(frame, AS_OF, **{**asked_for, "losing_at": 0.0, **how}).collect()
    assert found.height == 1
    return found.row(0, named=True)


def test_debts_that_grow_old_eat_the_margin_and_come_back_when_collected() -> None:
    rows = [
        {"month": date(2024, month, 1), "revenue": 50.0, "arrears_91_180": owed}
        for month, owed in ((3, 0.0), (4, 50.0), (5, 100.0), (6, 0.0))
    ]
    found = earned(rows)
    assert found["margin"] == pytest.approx((0 + 0 + 150) / 3)
    assert (found["losing_months"], found["margin_known"], found["unpaid"]) == (2, 3, 0.0)


def test_months_without_revenue_are_not_known_and_earlier_ones_do_not_count() -> None:
    rows = [
        {"month": date(2024, 2, 1), "revenue": -99.0},
        {"month": date(2024, 5, 1), "revenue": 10.0, "contacts": 3.0},
    ]
    found = earned([*rows, {"month": AS_OF, "revenue": None}], rates=Rates(0.5, cost_per_contact=2.0))
    assert found["margin"] == -1.0
    assert (found["margin_known"], found["losing_months"], found["contact_cost"]) == (1, 1, 6.0)


def test_payments_to_the_day() -> None:
    rows = [
        ("1", "a", datetime(2024, 6, 29, 23, 59), 20.0, "app", None, False),
        ("2", "a", datetime(2024, 7, 1), 20.0, "app", None, False),
        ("3", "a", datetime(2024, 4, 2), 20.0, None, "cash", False),
        ("4", "a", datetime(2024, 4, 1, 23), 20.0, None, None, False),
        ("5", "a", datetime(2023, 12, 31, 23), 20.0, "app", None, None),
        ("6", "b", datetime(2024, 6, 1), 20.0, "app", None, True),
        ("7", "b", datetime(2024, 6, 1), -20.0, "app", None, False),
        ("8", "c", datetime(2023, 6, 30), 20.0, "app", None, False),
    ]
    names = ["payment_id", "customer_id", "paid_at", "amount", "channel", "method", "reversed"]
    frame = pl.LazyFrame(rows, schema=names, orient="row", infer_schema_length=None)
    found = paid(frame, AS_OF, WORDS).collect()
    assert found.rows() == [("a", 1, 2, 2, 1)]


def test_contacts_of_half_a_year() -> None:
    rows = [
        ("1", "a", datetime(2024, 1, 1), "网厅", "enquiry"),
        ("2", "a", datetime(2024, 6, 30, 23), "10000号", "complaint"),
        ("3", "a", datetime(2023, 12, 31), "网厅", "request"),
        ("4", "a", datetime(2024, 6, 1), None, None),
    ]
    names = ["contact_id", "customer_id", "opened_at", "channel", "kind"]
    found = asked(pl.LazyFrame(rows, schema=names, orient="row", infer_schema_length=None), AS_OF, WORDS).collect()
    assert found.rows() == [("a", 1, 2, 1)]


def test_lines_that_live_at_the_end_of_the_month() -> None:
    rows = [
        ("1", "a", "prepaid", "mobile", "网厅", None, None),
        ("2", "a", "postpaid", "leased-line", None, None, date(2024, 6, 30)),
        ("3", "b", None, None, None, date(2024, 6, 30), None),
        ("4", "c", "prepaid", "mobile", "store", date(2024, 7, 1), None),
        ("5", "d", "prepaid", "leased-line", "store", None, date(2024, 7, 1)),
        ("6", "d", "postpaid", "mobile", None, None, None),
    ]
    names = ["subscription_id", "customer_id", "pay_mode", "service_type", "channel_id", "activated_on", "ended_on"]
    frame = pl.LazyFrame(rows, schema=names, orient="row", infer_schema_length=None)
    found = sold(frame, AS_OF, WORDS).collect().sort("customer_id").rows()
    assert found == [("a", True, False, True), ("b", None, None, None), ("d", False, True, False)]


def facts_of(tables: dict[str, pl.LazyFrame]) -> pl.DataFrame:
    people = pl.DataFrame(
        {"customer_id": ["a", "b"], "revenue": [5.0, None], "consumption_tier": ["mid", "mid"]},
    ).with_columns(lifecycle_stage=pl.lit("unknown"), lifecycle_reason=pl.lit("not-known"))
    months = months_of([{"customer_id": one, "month": AS_OF, "revenue": 5.0} for one in ("a", "b")])
    customers = pl.LazyFrame({"customer_id": ["a", "b", "z"], "group_id": ["g", "g", "g"], "star_level": [1, 2, 3]})
    return view_facts(
        {"customer_months": months, "customers": customers, **tables}, people, AS_OF, SegmentSettings(), Rates()
    )


def test_what_has_no_source_is_null() -> None:
    found = facts_of({})
    assert found["customer_id"].to_list() == ["a", "b"]
    for name in ("payment_days", "top_ups", "asked", "prepaid", "leased", "bought_online", "use_days", "accepted"):
        assert found[name].null_count() == 2, name
    assert found["touches"].to_list() == [0, 0]
    assert found["group_customers"].to_list() == [2, 2], "customers of the snapshot alone"


def test_who_paid_nothing_where_others_did_paid_long_ago() -> None:
    payments = pl.LazyFrame(
        {"payment_id": ["1"], "customer_id": ["a"], "paid_at": [datetime(2024, 6, 30)], "amount": [9.0]}
    )
    found = facts_of({"payments": payments})
    assert found["payment_days"].to_list() == [1, 365]
    assert found["top_ups"].to_list() == [1, 0]
    assert found["paid_touches"].null_count() == 2, "no payment names its channel"
    later = payments.with_columns(paid_at=pl.lit(datetime(2024, 8, 1)))
    assert facts_of({"payments": later})["payment_days"].null_count() == 2
