"""Level, trend, change and variability over the last months of each customer, this month included.

All over the complete grid of months, so that three rows are three months; a month in which somebody was no customer,
or which was not delivered, is not known and does not count. With y the known months of the last N:

    <measure>_mean_N   = mean(y)                                        unit of the measure; N is 3 or 6
    <measure>_change_N = (mean of N months - mean of the N before) / max(|mean of the N before|, 1), within -10..10
    <measure>_trend_N  = slope of the least-squares line through y      unit of the measure per month
    <measure>_sd_N     = sqrt(sum((y - mean)^2) / (n - 1))              unit of the measure
    <measure>_sum_N    = sum(y)

A change is finite for a customer who starts from nothing; that of active days is the difference alone, in days. It
needs two thirds of each half known, a trend or a deviation `LEAST` known months, else it is null, as a mean or sum
is where no month is known. Each is made of what its measure is made of.
"""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl

from telcli.features.runs import earlier
from telcli.features.span import Span
from telcli.tables.month_history import MEASURES, PAST

__all__ = ["LEAST", "LEVELS", "REACH", "history"]

LEAST = 3
"""Known months that a trend and a deviation need."""

REACH = 11
"""Months before its own that a row looks back on, at most."""

LEVELS = (*MEASURES, "complaints", "contacts", "arrears")
"""The columns of earlier months that a row looks back on."""

OWED = 0.005
"""Arrears below this are none."""

_SMALL = 6
"""Decimals of trends and deviations: those of a flat series are 0, not a rounding error."""


def history(rows: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Add `PAST` to the complete grid, sorted by customer and month, with `pos` and the monthly features."""
    if span.snapshot:
        return rows.with_columns(pl.lit(None, pl.Float64).alias(name) for name in PAST)
    owes = pl.when(pl.col("arrears").is_not_null()).then((pl.col("arrears") > OWED).cast(pl.Float64))
    counted = rows.with_columns(
        *(_sum(_window(pl.col(name), months)).alias(f"{name}_sum_{months}") for name, months in _SUMS),
        months_in_arrears_6=_sum(_window(owes, 6)),
    )
    for name in MEASURES:  # one after the other, so that the windows of one measure alone are held at a time
        counted = _measured(counted, name)
    return counted


_SUMS = (("complaints", 3), ("complaints", 6), ("contacts", 3), ("contacts", 6))


def _measured(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Add what is told of one measure: its last twelve months are laid side by side once, and dropped after."""
    lags = [f"_{lag}" for lag in range(REACH + 1)]
    laid = rows.with_columns(earlier(pl.col(name), lag).alias(f"_{lag}") for lag in range(REACH + 1))
    halves = {"_now_3": lags[:3], "_before_3": lags[3:6], "_now_6": lags[:6], "_before_6": lags[6:]}
    known = laid.with_columns(_known(columns).alias(f"{half}_known") for half, columns in halves.items())
    means = known.with_columns(
        (_added([pl.col(column) for column in columns]) / pl.col(f"{half}_known")).alias(half)
        for half, columns in halves.items()
    )
    told = means.with_columns(
        pl.col("_now_3").alias(f"{name}_mean_3"),
        pl.col("_now_6").alias(f"{name}_mean_6"),
        _change(name, 3).alias(f"{name}_change_3"),
        _change(name, 6).alias(f"{name}_change_6"),
        *(_trend(months).alias(f"{name}_trend_{months}") for months in (3, 6)),
        *(_deviation(months).alias(f"{name}_sd_{months}") for months in (3, 6)),
    )
    return told.drop(*lags, *halves, *(f"{half}_known" for half in halves))


def _change(name: str, months: int) -> pl.Expr:
    """Change of the mean of so many months against that of as many before."""
    now, before = pl.col(f"_now_{months}"), pl.col(f"_before_{months}")
    found = now - before
    if not MEASURES[name].points:
        found = (found / pl.max_horizontal(before.abs(), 1.0)).clip(-10.0, 10.0)
    least = 2 * months // 3
    enough = (pl.col(f"_now_{months}_known") >= least) & (pl.col(f"_before_{months}_known") >= least)
    return pl.when(enough).then(found)


def _trend(months: int) -> pl.Expr:
    """Slope of the line through the known ones of so many: (n Sxy - Sx Sy) / (n Sxx - Sx^2), x the months ago."""
    n = pl.col(f"_now_{months}_known")
    seen = [pl.col(f"_{lag}").is_not_null().cast(pl.Int32) for lag in range(months)]
    x = reduce(add, (flag * -lag for lag, flag in enumerate(seen)))
    xx = reduce(add, (flag * lag**2 for lag, flag in enumerate(seen)))
    xy = _added([pl.col(f"_{lag}") * -float(lag) for lag in range(months)])
    slope = (xy - x * pl.col(f"_now_{months}")) * n / (n * xx - x * x)
    return pl.when(n >= LEAST).then(slope.round(_SMALL) + 0.0)


def _deviation(months: int) -> pl.Expr:
    """Standard deviation of the known ones of so many months."""
    n, mean = pl.col(f"_now_{months}_known"), pl.col(f"_now_{months}")
    squares = _added([(pl.col(f"_{lag}") - mean) ** 2 for lag in range(months)])
    return pl.when(n >= LEAST).then((squares / (n - 1)).sqrt().round(_SMALL))


def _known(columns: list[str]) -> pl.Expr:
    """How many are known; null where none is."""
    count = reduce(add, (pl.col(column).is_not_null().cast(pl.Int32) for column in columns))
    return pl.when(count > 0).then(count)


def _window(column: pl.Expr, months: int) -> list[pl.Expr]:
    return [earlier(column, lag) for lag in range(months)]


def _sum(window: list[pl.Expr]) -> pl.Expr:
    """Sum of the known ones; null where none is."""
    some = pl.any_horizontal(column.is_not_null() for column in window)
    return pl.when(some).then(_added(window))


def _added(window: list[pl.Expr]) -> pl.Expr:
    """The sum, in the order written: sum_horizontal's last bit differs between engines."""
    return reduce(add, (column.fill_null(0.0) for column in window))
