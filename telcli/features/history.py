"""Means, sums and changes over the last months of each customer, this month included.

All over the complete grid of months, so that three rows are three months; a month in which somebody was no customer,
or which was not delivered, is not known and does not count. A mean or sum is that of the known months (null where
none is).

    change = (mean of 3 months - mean of the 3 before) / max(|mean of the 3 before|, 1), within -10..10

so a customer who starts from nothing has a large, finite change. It needs `LEAST` known months in each half, else it
is null.
"""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl

from telcli.features.span import Span

__all__ = ["HISTORY", "LEAST", "history"]

LEAST = 2
"""Known months that each half of a change needs, of 3."""

OWED = 0.005
"""Arrears below this are none."""

HISTORY = (
    "revenue_mean_3",
    "revenue_mean_6",
    "revenue_change_3",
    "call_minutes_mean_3",
    "call_minutes_change_3",
    "data_mb_mean_3",
    "data_mb_change_3",
    "active_days_change_3",
    "complaints_sum_3",
    "contacts_sum_6",
    "months_in_arrears_6",
)


def history(rows: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Add `HISTORY` to the complete grid, sorted by customer and month, with `pos` and the monthly features."""
    if span.snapshot:
        return rows.with_columns(pl.lit(None, pl.Float64).alias(name) for name in HISTORY)
    owing = pl.when(pl.col("arrears").is_not_null()).then((pl.col("arrears") > OWED).cast(pl.Float64))
    return rows.with_columns(
        mean("revenue", 0, 3).alias("revenue_mean_3"),
        mean("revenue", 0, 6).alias("revenue_mean_6"),
        change("revenue").alias("revenue_change_3"),
        mean("call_minutes", 0, 3).alias("call_minutes_mean_3"),
        change("call_minutes").alias("call_minutes_change_3"),
        mean("data_mb", 0, 3).alias("data_mb_mean_3"),
        change("data_mb").alias("data_mb_change_3"),
        difference("active_days").alias("active_days_change_3"),
        total("complaints", 3).alias("complaints_sum_3"),
        total("contacts", 6).alias("contacts_sum_6"),
        _sum(_window(owing, 0, 6)).alias("months_in_arrears_6"),
    )


def mean(name: str, since: int, months: int) -> pl.Expr:
    """Mean of the known ones of `months` months, the latest of them `since` months ago."""
    window = _window(pl.col(name), since, months)
    return _added(window) / _known(window)


def total(name: str, months: int) -> pl.Expr:
    """Sum of the known ones of the last `months` months."""
    return _sum(_window(pl.col(name), 0, months))


def change(name: str) -> pl.Expr:
    """Relative change of the mean of 3 months against that of the 3 before."""
    now, before = mean(name, 0, 3), mean(name, 3, 3)
    ratio = (now - before) / pl.max_horizontal(before.abs(), 1.0)
    return pl.when(_enough(name)).then(ratio.clip(-10.0, 10.0))


def difference(name: str) -> pl.Expr:
    """Mean of 3 months less that of the 3 before."""
    return pl.when(_enough(name)).then(mean(name, 0, 3) - mean(name, 3, 3))


def _window(column: pl.Expr, since: int, months: int) -> list[pl.Expr]:
    """The column now and in earlier months: the grid has no gaps, so `pos` tells which shifts stay with a customer."""
    return [pl.when(pl.col("pos") >= lag).then(column.shift(lag)) for lag in range(since, since + months)]


def _known(window: list[pl.Expr]) -> pl.Expr:
    count = pl.sum_horizontal(column.is_not_null().cast(pl.Int32) for column in window)
    return pl.when(count > 0).then(count)


def _sum(window: list[pl.Expr]) -> pl.Expr:
    return pl.when(_known(window).is_not_null()).then(_added(window))


def _added(window: list[pl.Expr]) -> pl.Expr:
    """The sum, in the order written: sum_horizontal's last bit differs between engines."""
    return reduce(add, (column.fill_null(0.0) for column in window))


def _enough(name: str) -> pl.Expr:
    now, before = (_known(_window(pl.col(name), since, 3)) for since in (0, 3))
    return (now >= LEAST) & (before >= LEAST)
