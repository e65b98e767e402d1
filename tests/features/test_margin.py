"""Customers side by side: which month lands where, and what stays unknown."""

from datetime import date

import numpy as np
import polars as pl

from telcli.features.margin import book, margin, money_known, month_range, pay_modes

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
    found = book(FRAME, [MAY, JUNE], margin("revenue", 0.5, 1.0), [JUNE, MAY], pay_modes(LINES))
    assert found.ids.to_list() == ["a", "b"]
    assert np.array_equal(found.margins, [[np.nan, np.nan], [5.0, 13.0]], equal_nan=True)
    assert [tenure.tolist() for tenure in found.tenure] == [[-1, 5], [-1, 4]]
    assert [active.tolist() for active in found.active] == [[True, False], [False, True]]
    assert found.group.tolist() == [0, 1]


def test_those_active_at_a_mark():
    found = book(FRAME, [MAY, JUNE], margin("revenue", 1.0), [JUNE, MAY], None).active_at(1)
    assert (found.ids.to_list(), found.group.tolist()) == (["b"], [-1])


def test_any_postpaid_line_makes_a_customer_postpaid():
    assert sorted(pay_modes(LINES).collect().rows()) == [("a", 0), ("b", 1)]


def test_what_is_known():
    assert month_range(FRAME, MAY) == [MAY]
    assert money_known(FRAME, [MAY, JUNE]) == {"revenue": 2, "paid": 0, "contacts": 2}
    assert money_known(FRAME, [MAY]) == {"revenue": 1, "paid": 0, "contacts": 0}
