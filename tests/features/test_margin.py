"""Customers side by side: which month lands where, and what stays unknown."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.margin import YEAR_PARTS, book, money_known, month_range, pay_modes
from telcli.features.margin_parts import Rates

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
FRAME = pl.LazyFrame(
    {
        "customer_id": ["b", "a", "b"],
        "month": [MAY, JUNE, JUNE],
        "active": [True, True, False],
        "tenure_months": [3.9, None, 4.9],
        "revenue": [10.0, None, 30.0],
        "contacts": [None, 1.0, 2.0],
    }
)
LINES = pl.LazyFrame(
    {
        "customer_id": ["a", "a", "b", "c"],
        "pay_mode": ["prepaid", "postpaid", "prepaid", None],
    }
)


def test_rows_are_customers_by_id_and_columns_months():
    found = book(
        FRAME, [MAY, JUNE], "revenue", Rates(0.5, cost_per_contact=1.0), [JUNE, MAY], pay_modes(LINES, JUNE), 2
    )
    assert found.ids.to_list() == ["a", "b"]
    assert np.array_equal(found.margins, [[np.nan, np.nan], [5.0, 13.0]], equal_nan=True)
    assert [tenure.tolist() for tenure in found.tenure] == [[-1, 5], [-1, 4]]
    assert [active.tolist() for active in found.active] == [[True, False], [False, True]]
    assert found.group.tolist() == [0, 1]


def test_those_active_at_a_mark():
    found = book(FRAME, [MAY, JUNE], "revenue", Rates(), [JUNE, MAY], None, 2).active_at(1)
    assert (found.ids.to_list(), found.group.tolist()) == (["b"], [-1])
    assert found.year.select("revenue", "margin").rows() == [(40.0, 40.0)]


def test_parts_of_the_last_months_add_up_to_margin():
    frame = FRAME.with_columns(
        off_net_minutes_out=pl.Series([100.0, 7.0, 50.0]),
        billed_value_added=pl.Series([2.0, None, 4.0]),
        numbers_held=pl.Series([1.0, 1.0, 2.0]),
        campaign_cost=pl.Series([None, 1.0, 0.5]),
        arrears_91_180=pl.Series([3.0, None, 8.0]),
    )
    rates = Rates(0.9, 0.01, 0.5, 1.0, 0.25, 0.8)
    made = book(frame, [MAY, JUNE], "revenue", rates, [JUNE], None, 2)
    told = dict(zip(YEAR_PARTS, made.year.row(1), strict=True))
    assert told == {
        "revenue": 40.0, "other": 4.0, "interconnect": 1.5, "content": 3.0, "contacts": 2.0, "lines": 0.75,
        "campaigns": 0.5, "bad_debt": 4.0, "margin": 24.25,
    }  # fmt: skip
    assert made.margins[1].tolist() == pytest.approx([6.75, 17.5])
    assert made.year.row(0) == (0.0,) * len(YEAR_PARTS)  # a month whose revenue is not known counts in none
    june = book(frame, [JUNE], "revenue", rates, [JUNE], None, 2)
    assert june.margins[1].tolist() == pytest.approx([17.5])  # the month before still tells what debts grew by


def test_debts_collected_come_back():
    rows = {"customer_id": ["a", "a"], "month": [MAY, JUNE], "active": [True, True], "tenure_months": [1.0, 2.0]}
    frame = pl.LazyFrame({**rows, "revenue": [10.0, 10.0], "arrears_over_365": [30.0, 5.0]})
    made = book(frame, [MAY, JUNE], "revenue", Rates(bad_debt_rate=0.5), [JUNE], None, 1)
    assert made.year.select("bad_debt", "margin").rows() == [(-12.5, 22.5)]
    assert made.margins.tolist() == [[10.0, 22.5]]


def test_what_is_given_back_saves_no_cost():
    rows = {"customer_id": ["a", "a"], "month": [MAY, JUNE], "active": [True, True], "tenure_months": [1.0, 2.0]}
    frame = pl.LazyFrame({**rows, "revenue": [100.0, -300.0], "numbers_held": [1.0, 1.0]})
    made = book(frame, [MAY, JUNE], "revenue", Rates(0.6, line_cost=5.0), [JUNE], None, 2)
    assert made.year.select("revenue", "other", "lines", "margin").rows() == [(-200.0, 40.0, 10.0, -250.0)]
    assert made.margins.tolist() == [[55.0, -305.0]]


def test_any_postpaid_line_makes_a_customer_postpaid():
    assert sorted(pay_modes(LINES, JUNE).collect().rows()) == [("a", 0), ("b", 1)]


def test_what_is_known():
    assert month_range(FRAME, MAY) == [MAY]
    nothing = {"paid": 0, "off_net_minutes_out": 0, "billed_value_added": 0, "numbers_held": 0, "campaign_cost": 0}
    assert money_known(FRAME, [MAY, JUNE]) == nothing | {"revenue": 2, "contacts": 2, "old_debts": 0}
    assert money_known(FRAME, [MAY]) == nothing | {"revenue": 1, "contacts": 0, "old_debts": 0}
