"""Part of campaigns: where they met in the same customers, and in customers that another holds out."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.features.campaign_overlap import overlaps, rank_of
from telcli.settings import CampaignsSettings

__all__ = ["meetings"]

_PAIR = ("first", "second")
_COUNTS = ("customers_first", "customers_second", "both", "near", "held_out_first", "held_out_second")


def meetings(people: pl.DataFrame, settings: CampaignsSettings, end: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of campaigns that met, and campaign_id and customer_id of those held out by one and contacted by another.

    Contacts up to the end of the month count; of those held out, contacts from their campaign's first day until
    `watch_months` after it.
    """
    made = people.filter(pl.col("reached"), pl.col("day") <= end)
    made = made.select("campaign_id", "customer_id", contacted_on="day")
    ranked = [name.strip() for name in settings.priorities.split(",") if name.strip()]
    ranked = list(dict.fromkeys(ranked))
    pairs = overlaps(made, days=settings.quiet_days, priorities=ranked)
    began = people.group_by("campaign_id").agg(began=pl.col("day").min())
    held = people.filter("held").select("campaign_id", "customer_id").join(began, on="campaign_id")
    until = pl.col("began").dt.offset_by(f"{settings.watch_months}mo")
    hurt = held.join(made, on="customer_id", suffix="_by").filter(
        pl.col("campaign_id") != pl.col("campaign_id_by"), pl.col("contacted_on").is_between("began", until)
    )
    whole = _whole(pairs, _held_out_pairs(hurt, began), made, ranked)
    return whole, hurt.select("campaign_id", "customer_id").unique()


def _held_out_pairs(hurt: pl.DataFrame, began: pl.DataFrame) -> pl.DataFrame:
    """Of each pair, how many held out by one the other contacted."""
    counts = hurt.group_by("campaign_id", "campaign_id_by").agg(n=pl.col("customer_id").n_unique().cast(pl.Int64))
    order = began.sort("began", "campaign_id", nulls_last=True).with_row_index("at").select("campaign_id", "at")
    both = counts.join(order, on="campaign_id").join(
        order.rename({"campaign_id": "campaign_id_by"}), on="campaign_id_by", suffix="_by"
    )
    holds_first = pl.col("at") < pl.col("at_by")
    told = both.select(
        first=pl.when(holds_first).then("campaign_id").otherwise("campaign_id_by"),
        second=pl.when(holds_first).then("campaign_id_by").otherwise("campaign_id"),
        held_out_first=pl.when(holds_first).then("n").otherwise(0),
        held_out_second=pl.when(holds_first).then(0).otherwise("n"),
    )
    return told.group_by(_PAIR).agg(pl.col("held_out_first", "held_out_second").sum())


def _whole(pairs: pl.DataFrame, hurt: pl.DataFrame, made: pl.DataFrame, ranked: list[str]) -> pl.DataFrame:
    """Both together: campaigns may meet in those held out alone."""
    size = made.group_by("campaign_id").agg(n=pl.col("customer_id").n_unique().cast(pl.Int64))
    known = pairs.select(*_PAIR, "both", "near").join(hurt, on=list(_PAIR), how="full", coalesce=True)
    for name in _PAIR:
        known = known.join(size.rename({"campaign_id": name, "n": f"customers_{name}"}), on=name, how="left")
    ranks = [rank_of(pl.col(name), ranked) for name in _PAIR]
    keeps = pl.when(ranks[1] < ranks[0]).then("second").otherwise("first")
    return known.select(*_PAIR, *(pl.col(name).fill_null(0) for name in _COUNTS), keeps=keeps).sort(_PAIR)
