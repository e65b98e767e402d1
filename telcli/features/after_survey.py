"""What customers did after they were asked: left, paid more or less, complained; nothing up to that day counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

__all__ = ["after_survey"]

_BEFORE = 3
"""Months before that of the survey whose mean revenue is compared with."""


def after_survey(tables: Mapping[str, pl.LazyFrame], people: pl.DataFrame, as_of: date, months: int) -> pl.DataFrame:
    """Outcomes in the whole months after that of the survey, of customers whose months are over by `as_of`.

    `people` has customer_id and surveyed_on; `tables` are customer_months, and contacts where there are some. Columns:
    customer_id; churn (left in one of the months); revenue_change (mean revenue of these months less that of up to 3
    before the month of the survey; null unless both are known); complaint (a complaint opened after the day of the
    survey and up to the end of these months; null without contacts). Who was no longer there at the end of the month
    asked is left out. Sorted by customer.

    >>> may, june = date(2024, 5, 1), date(2024, 6, 1)
    >>> rows = {"customer_id": ["a", "a"], "month": [may, june], "active": [True, False], "left": [False, True]}
    >>> asked = pl.DataFrame({"customer_id": ["a"], "surveyed_on": [date(2024, 5, 9)]})
    >>> after_survey({"customer_months": pl.LazyFrame(rows)}, asked, june, 1).rows()
    [('a', True, None, None)]
    """
    month = pl.col("surveyed_on").dt.truncate("1mo")
    each = people.lazy().select("customer_id", "surveyed_on", asked=month, last=month.dt.offset_by(f"{months}mo"))
    have = tables["customer_months"].collect_schema().names()
    revenue = pl.col("revenue").cast(pl.Float64) if "revenue" in have else pl.lit(None, pl.Float64).alias("revenue")
    rows = tables["customer_months"].select("customer_id", "month", "active", "left", revenue)
    each = each.filter(pl.col("last") <= as_of).join(rows, on="customer_id")
    at, after = pl.col("month") == pl.col("asked"), pl.col("month").is_between("asked", "last", closed="right")
    before = (pl.col("month") < pl.col("asked")) & (pl.col("month") >= pl.col("asked").dt.offset_by(f"-{_BEFORE}mo"))
    found = each.group_by("customer_id", "surveyed_on", "last").agg(
        there=(pl.col("active") & ~pl.col("left")).filter(at).any(),
        churn=pl.col("left").filter(after).any(),
        then=pl.col("revenue").filter(after, "active").sort_by(pl.col("month").filter(after, "active")).mean(),
        earlier=pl.col("revenue").filter(before, "active").sort_by(pl.col("month").filter(before, "active")).mean(),
    )
    found = found.filter("there").with_columns(revenue_change=pl.col("then") - pl.col("earlier"))
    found = found.join(_complained(tables, found), on="customer_id", how="left")
    quiet = pl.lit(value=False) if _kinds(tables) else pl.lit(None, pl.Boolean)
    complaint = pl.coalesce("complained", quiet)
    wanted = found.select("customer_id", "churn", "revenue_change", complaint=complaint).sort("customer_id")
    return wanted.collect(engine="streaming")


def _kinds(tables: Mapping[str, pl.LazyFrame]) -> bool:
    """Whether there are contacts that say what they were."""
    return "contacts" in tables and "kind" in tables["contacts"].collect_schema()


def _complained(tables: Mapping[str, pl.LazyFrame], people: pl.LazyFrame) -> pl.LazyFrame:
    """Customers with a complaint after the day asked, and up to the end of the months looked at."""
    if not _kinds(tables):
        return people.select("customer_id", complained=pl.lit(None, pl.Boolean)).filter(pl.lit(value=False))
    rows = (
        tables["contacts"]
        .filter(pl.col("kind") == "complaint")
        .select("customer_id", day=pl.col("opened_at").dt.date())
    )
    both = people.select("customer_id", "surveyed_on", end=pl.col("last").dt.month_end()).join(rows, on="customer_id")
    within = both.filter(pl.col("day") > pl.col("surveyed_on"), pl.col("day") <= pl.col("end"))
    return within.select("customer_id", complained=pl.lit(value=True)).unique()
