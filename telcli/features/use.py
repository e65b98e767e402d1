"""How much the customer used, and how full the bundle was."""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import index_at
from telcli.features.span import BUNDLE, USE, Span

__all__ = ["CALLING", "DATA", "DAYS", "some_use", "told_of_use", "usage", "used"]

CALLING, DATA, DAYS = ("call_minutes", "calls_out", "calls_in"), "data_mb", "active_days"
"""Columns of usage that tell of calls, of data, and of either."""


def usage(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with usage: `USE`, `BUNDLE`, `extra` (charged beyond the bundle)."""
    at = index_at(pl.col("month"))
    return rows.select("who", *USE, *BUNDLE, at=at, extra="over_bundle_fee", has_use=pl.lit(value=True))


def some_use() -> pl.Expr:
    """Whether a row tells of any use."""
    return pl.any_horizontal(pl.col(name).fill_null(0.0) > 0 for name in USE)


def used(span: Span) -> pl.Expr:
    """Whether there was any use in the month; null where usage was not delivered for it."""
    return pl.when(span.knows("usage")).then(some_use())


def told_of_use() -> pl.Expr:
    """Whether the features of a month tell if there was any use at all.

    Some use tells it of any kind; no use is known where days of use, or both calls and data, are: who does not call may
    use data.
    """
    calls = pl.any_horizontal(pl.col(name).is_not_null() for name in CALLING)
    return some_use() | pl.col(DAYS).is_not_null() | (calls & pl.col(DATA).is_not_null())
