"""How much the customer used, and how full the bundle was."""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import index_at
from telcli.features.span import BUNDLE, USE, Span

__all__ = ["some_use", "usage", "used"]


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
