"""Whose revenue is known: a month of customer_months without a bill has revenue 0, also of who is never billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

__all__ = ["billed_months"]


def billed_months(tables: Mapping[str, pl.LazyFrame], months: Sequence[date]) -> pl.LazyFrame:
    """customer_months up to the last of `months`, revenue in them being null of customers who have no bill in any.

    Who is billed in other months of them has revenue 0 where no bill came; of who is billed in none it is not known
    whether there was nothing to bill or bills are missing. Nothing changes where there is no table of bills.

    >>> may, june = date(2024, 5, 1), date(2024, 6, 1)
    >>> rows = {"customer_id": ["a", "a", "b"], "month": [may, june, june], "revenue": [20.0, 0.0, 0.0]}
    >>> bills = pl.LazyFrame({"customer_id": ["a"], "month": [may]})
    >>> found = billed_months({"customer_months": pl.LazyFrame(rows), "bills": bills}, [may, june])
    >>> found.collect()["revenue"].to_list()
    [20.0, 0.0, None]
    """
    frame = tables["customer_months"].filter(pl.col("month") <= months[-1])
    if "bills" not in tables or "revenue" not in frame.collect_schema():
        return frame
    within = pl.col("month").is_between(months[0], months[-1])
    billed = tables["bills"].filter(within).select("customer_id").unique()
    nothing = frame.filter(within).group_by("customer_id").agg(pl.col("revenue").fill_null(0.0).abs().max())
    # Who has revenue has a bill: only few are looked for among bills.
    unknown = nothing.filter(pl.col("revenue") == 0.0).join(billed, on="customer_id", how="anti")
    ids = unknown.select("customer_id").collect(engine="streaming")["customer_id"]
    if not len(ids):
        return frame
    untold = within & pl.col("customer_id").is_in(ids.implode())
    return frame.with_columns(revenue=pl.when(~untold).then("revenue"))
