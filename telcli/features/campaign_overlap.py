"""Where campaigns meet in the same customers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from telcli.features.month_index import index_at

__all__ = ["overlaps", "rank_of"]

_MONTH_DAYS = 28


def overlaps(made: pl.DataFrame, *, days: int, priorities: Sequence[str] = ()) -> pl.DataFrame:
    """Pairs of campaigns that met in a customer within so many days, or in one month; sorted.

    `customers_first` and `customers_second` are those contacted by each, `both` those where they met, `near` those
    where they met within less than `days` days. `keeps` is the campaign that customers in both belong to: the first of
    the two in `priorities`, else the one that began first.

    Returns
    -------
    frame: first, second, customers_first, customers_second, both, near, keeps

    >>> from datetime import date
    >>> made = pl.DataFrame({"campaign_id": ["p", "q", "q"], "customer_id": ["a", "a", "b"], "offer_id": ["o"] * 3,
    ...     "channel": ["sms"] * 3, "contacted_on": [date(2024, 6, 1), date(2024, 6, 20), date(2024, 6, 20)]})
    >>> overlaps(made, days=7).rows()
    [('p', 'q', 1, 2, 1, 0, 'p')]
    """
    size = _sizes(made, priorities)
    each = _meetings(made, size, days).group_by("one", "two", "customer_id").agg(pl.col("close").any())
    told = each.group_by("one", "two").agg(both=pl.len().cast(pl.Int64), near=pl.col("close").sum().cast(pl.Int64))
    for name, key in (("first", "one"), ("second", "two")):
        right = size.select(
            pl.col("at").alias(key),
            pl.col("campaign_id").alias(name),
            pl.col("customers").cast(pl.Int64).alias(f"customers_{name}"),
            pl.col("rank").alias(f"rank_{name}"),
        )
        told = told.join(right, on=key)
    keeps = pl.when(pl.col("rank_second") < pl.col("rank_first")).then("second").otherwise("first")
    return told.sort("one", "two").select(
        "first", "second", "customers_first", "customers_second", "both", "near", keeps=keeps
    )


def _sizes(made: pl.DataFrame, priorities: Sequence[str]) -> pl.DataFrame:
    """Campaigns in the order in which they began: their place, customers and rank."""
    rank = rank_of(pl.col("campaign_id"), priorities)
    size = made.group_by("campaign_id").agg(
        began=pl.col("contacted_on").min(), customers=pl.col("customer_id").n_unique(), rank=rank.first()
    )
    return size.sort("began", "campaign_id").with_row_index("at")


def _meetings(made: pl.DataFrame, size: pl.DataFrame, days: int) -> pl.DataFrame:
    """Two contacts of a customer by two campaigns near each other, or in one month."""
    month = index_at(pl.col("contacted_on")).cast(pl.Int64)
    rows = made.join(size.select("campaign_id", "at"), on="campaign_id")
    rows = rows.select("customer_id", "at", "contacted_on", month=month)
    # Only months that can be near are met, so that the pairs of a busy customer stay few.
    ahead = pl.int_ranges(pl.col("month"), pl.col("month") + days // _MONTH_DAYS + 2)
    pairs = rows.with_columns(start="month", month=ahead).explode("month")
    pairs = pairs.join(rows, on=["customer_id", "month"], suffix="_2")
    apart = (pl.col("contacted_on_2") - pl.col("contacted_on")).dt.total_days()
    same = pl.col("start") == pl.col("month")
    return pairs.filter(pl.col("at") != pl.col("at_2"), (apart >= 0) & (apart < days) | same).select(
        "customer_id",
        one=pl.min_horizontal("at", "at_2"),
        two=pl.max_horizontal("at", "at_2"),
        close=apart.abs() < days,
    )


def rank_of(campaign: pl.Expr, priorities: Sequence[str]) -> pl.Expr:
    """The place of a campaign among those named, from 0; those not named come after them all.

    >>> pl.DataFrame({"id": ["b", "x"]}).select(rank_of(pl.col("id"), ["a", "b"])).to_series().to_list()
    [1, 2]
    """
    places = dict(zip(priorities, range(len(priorities)), strict=True))
    if not places:
        return pl.lit(0)
    return campaign.replace_strict(places, default=len(places), return_dtype=pl.Int64)
