"""How much the customer used, and since when not at all."""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import index_at
from telcli.features.span import USE, Span

__all__ = ["months_since", "usage", "used"]


def usage(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with usage: `USE`, `extra` (charged beyond the bundle)."""
    return rows.select("who", *USE, at=index_at(pl.col("month")), extra="over_bundle_fee", has_use=pl.lit(value=True))


def used(span: Span) -> pl.Expr:
    """Whether there was any use in the month; null where usage was not delivered for it."""
    some = pl.any_horizontal(pl.col(name).fill_null(0.0) > 0 for name in USE)
    return pl.when(span.knows("usage")).then(some)


def months_since(happened: str) -> pl.Expr:
    """Months since something last happened, over the complete grid of a customer; null where it never has."""
    last = pl.when(pl.col(happened)).then(pl.col("at")).forward_fill().over("who")
    return pl.col("at") - last
