"""Which channels and products suit a segment: its customers crossed with what they use, and with what all do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.month_index import add_months
from telcli.tables import contract

__all__ = ["reach_rows"]

_LINES = ("subscriptions", "products")
_MONTHS = 6
_MOST = 50
"""The items of a kind that most customers have are told."""
_SCHEMA = {
    **dict.fromkeys(("kind", "item"), pl.String()),
    "segment": pl.Int64(),
    **dict.fromkeys(("segment_name", "segment_name_zh"), pl.String()),
    "customers": pl.Int64(),
    **dict.fromkeys(("share_of_segment", "share_of_all", "share_index"), pl.Float64()),
}


def reach_rows(segments: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], as_of: date) -> pl.DataFrame:
    """Table segment_reach: a row for each channel, plan or product and segment that has customers with it.

    A customer counts once for each item: the channels of contacts and of payments in the last 6 months, and the channel
    that sold, the plan and the products of lines that live at the month's end. Shares are of all customers of the
    segment; `share_index` is that over the share of all customers.
    """
    frames = [pl.DataFrame(schema=_SCHEMA)]
    for kind, pairs in _pairs(tables, as_of).items():
        held = pairs.drop_nulls().unique().collect(engine="streaming").join(segments, on="customer_id")
        common = held.group_by("item").len().sort(["len", "item"], descending=[True, False]).head(_MOST)
        if common.height:
            frames.append(_counted(held.join(common, on="item"), segments, kind))
    found = pl.concat(frames).sort("kind", "item", "segment")
    return found.with_columns(as_of=pl.lit(as_of))


def _counted(held: pl.DataFrame, segments: pl.DataFrame, kind: str) -> pl.DataFrame:
    names = ["segment", "segment_name", "segment_name_zh"]
    sizes = segments.group_by("segment").agg(size=pl.len())
    counted = held.group_by("item", *names).agg(customers=pl.len().cast(pl.Int64), having=pl.col("len").first())
    share, every = pl.col("customers") / pl.col("size"), pl.col("having") / segments.height
    shares = counted.join(sizes, on="segment").with_columns(
        kind=pl.lit(kind), share_of_segment=share, share_of_all=every, share_index=share / every
    )
    return shares.select(pl.col(name).cast(to) for name, to in _SCHEMA.items())


def _pairs(tables: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.LazyFrame]:
    """By kind, customer_id and item of what is held in the tables."""
    first, after = add_months(as_of, 1 - _MONTHS), add_months(as_of, 1)
    tables = {**tables, **{name: contract(name).conform(tables[name]) for name in _LINES if name in tables}}
    found = {}
    for name, kind, when in (("contacts", "contact-channel", "opened_at"), ("payments", "payment-channel", "paid_at")):
        if name in tables:
            dated = tables[name].filter(pl.col(when).dt.date() >= first, pl.col(when).dt.date() < after)
            if "channel" in tables[name].collect_schema():
                found[kind] = dated.select("customer_id", item="channel")
    if "subscriptions" in tables:
        lines = tables["subscriptions"].filter(_held("activated_on", "ended_on", after))
        found["sales-channel"] = lines.select("customer_id", item="channel_id")
        found["plan"] = lines.select("customer_id", item="plan_id")
        if "products" in tables:
            taken = tables["products"].filter(_held("started_on", "ended_on", after))
            both = taken.join(lines.select("subscription_id", "customer_id"), on="subscription_id")
            found["product"] = both.select("customer_id", item="product_id")
    return found


def _held(since: str, until: str, after: date) -> pl.Expr:
    began = pl.col(since).is_null() | (pl.col(since) < after)
    return began & (pl.col(until).is_null() | (pl.col(until) >= after))
