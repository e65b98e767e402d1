"""For how long prepaid customers have been silent."""

from __future__ import annotations

import polars as pl

__all__ = ["longest_known", "prepaid_alone", "quiet"]

_SIGNS = ("months_since_use", "months_since_payment")


def quiet(months: pl.LazyFrame, *, zero_use: bool) -> pl.LazyFrame:
    """customer_id, month and `quiet`: months in a row without use and payment, or without use alone.

    Null where no use is known; 0 in a month with a sign of life.

    >>> from datetime import date
    >>> rows = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 5, 1)], "months_since_use": [2.0],
    ...     "months_since_payment": [0.0]})
    >>> [quiet(rows, zero_use=alone).collect()["quiet"].item() for alone in (True, False)]
    [2.0, 0.0]
    """
    have = months.collect_schema()
    signs = [pl.col(name) for name in (_SIGNS[:1] if zero_use else _SIGNS) if name in have]
    return months.select("customer_id", "month", quiet=pl.when(signs[0].is_not_null()).then(pl.min_horizontal(signs)))


def prepaid_alone(rows: pl.LazyFrame, lines: pl.LazyFrame) -> pl.LazyFrame:
    """Those of the rows (customer_id, month) in whose month all lines that the customer held were prepaid.

    >>> from datetime import date
    >>> rows = pl.LazyFrame({"customer_id": ["a", "b"], "month": [date(2024, 5, 1)] * 2})
    >>> lines = pl.LazyFrame({"customer_id": ["a", "b", "b"], "pay_mode": ["prepaid", "prepaid", "postpaid"],
    ...     "activated_on": [date(2024, 1, 1)] * 3, "ended_on": [date(2024, 5, 9), None, None]})
    >>> prepaid_alone(rows, lines).collect()["customer_id"].to_list()
    ['a']
    """
    have = lines.collect_schema()
    first, last = (pl.col(name) if name in have else pl.lit(None, pl.Date) for name in ("activated_on", "ended_on"))
    held = lines.select("customer_id", "pay_mode", first=first, last=last)
    both = rows.join(held, on="customer_id").filter(
        pl.col("first").is_null() | (pl.col("first") < pl.col("month").dt.offset_by("1mo")),
        pl.col("last").is_null() | (pl.col("last") >= pl.col("month")),
    )
    prepaid = (pl.col("pay_mode") == "prepaid").fill_null(value=False).all()
    return both.group_by("customer_id", "month").agg(prepaid=prepaid).filter("prepaid").drop("prepaid")


def longest_known(months: pl.LazyFrame, ended: pl.LazyFrame) -> pl.LazyFrame:
    """A row with `longest`: the silent months by which customer_months lets prepaid customers leave.

    That is what those who left without a recorded end (`ended`, see `exit_kinds.ended_lines`) were silent for; null
    where nobody left so.
    """
    left = months.filter(pl.col("left")).join(
        ended.select("customer_id", "month"), on=["customer_id", "month"], how="anti"
    )
    return quiet(left, zero_use=False).select(longest=pl.col("quiet").min())
