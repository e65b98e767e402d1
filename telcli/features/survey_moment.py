"""What was known of customers when they were asked, and nothing that came after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.churn_snapshots import snapshot_features

__all__ = ["asked_then", "asked_too_early", "is_flat"]


def is_flat(tables: Mapping[str, pl.LazyFrame]) -> bool:
    """Whether there is one month alone, as of a table that was given once, so that nothing is known of before."""
    return int(tables["customer_months"].select(pl.col("month").n_unique()).collect().item()) == 1


def asked_too_early(tables: Mapping[str, pl.LazyFrame], people: pl.DataFrame) -> int:
    """How many were asked in the first month of all, or before it, so that `asked_then` has nothing of them."""
    if is_flat(tables):
        return 0
    first = tables["customer_months"].select(pl.col("month").min()).collect().item()
    return people.filter(pl.col("surveyed_on").dt.month_start() <= first).height


def asked_then(tables: Mapping[str, pl.LazyFrame], people: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each customer at the end of the month before she was asked: a row each, sorted by customer.

    `tables` are customer_months and customers, and subscriptions where there are some; `people` has customer_id and
    surveyed_on, and `as_of` is the last month looked at. Who was asked in the first month of all has no row, since
    nothing is known of before, and its end would tell what came after the survey; but where there is that month alone,
    a table given once, it is what is known. Who was not a customer then has no row either. Columns are customer_id,
    month, and the candidates of `churn_snapshots`.
    """
    first = tables["customer_months"].select(pl.col("month").min()).collect().item()
    month = pl.col("surveyed_on").dt.truncate("1mo").dt.offset_by("-1mo")
    asked = people.select("customer_id", month=pl.min_horizontal(month, pl.lit(as_of)))
    if is_flat(tables):
        asked = asked.with_columns(month=pl.lit(first))
    asked = asked.filter(pl.col("month") >= first)
    parts = []
    for when in sorted(asked["month"].drop_nulls().unique()):
        only = asked.filter(pl.col("month") == when).select("customer_id").lazy()
        parts.append(snapshot_features(tables, when, only))
    if not parts:
        return snapshot_features(tables, as_of).head(0).collect(engine="streaming")
    return pl.concat(parts).collect(engine="streaming").sort("customer_id")
