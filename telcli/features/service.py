"""What the customer told the operator, and what became of it."""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.month_index import index_at

__all__ = ["contacted", "stock"]


def contacted(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with a contact opened in it: contacts, complaints, faults, rating (mean)."""
    rating = pl.col("rating")
    return (
        rows.group_by("who", at=index_at(pl.col("opened_at")))
        .agg(
            has_contact=pl.lit(value=True),
            contacts=pl.len().cast(pl.Float64),
            complaints=(pl.col("kind") == "complaint").sum().cast(pl.Float64),
            faults=(pl.col("kind") == "fault").sum().cast(pl.Float64),
            points=units(rating).sum(),
            rated=rating.count(),
        )
        .with_columns(rating=pl.when(pl.col("rated") > 0).then(amount(pl.col("points")) / pl.col("rated")))
        .drop("points", "rated")
    )


def stock(rows: pl.LazyFrame, folk: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month in which the number of open contacts changes: `change`.

    A contact opened before the customer's first month counts from there; one closed in the month of opening never.
    """
    found = rows.join(folk.select("who", "begin"), on="who")
    opened = found.select("who", at=pl.max_horizontal(index_at(pl.col("opened_at")), "begin"), change=1)
    ended = found.filter(pl.col("closed_at").is_not_null())  # max_horizontal would take null for the first month
    closed = ended.select("who", at=pl.max_horizontal(index_at(pl.col("closed_at")), "begin"), change=-1)
    both = pl.concat([opened, closed])
    return both.group_by("who", "at").agg(pl.col("change").sum())
