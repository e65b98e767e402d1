"""How many products are held on the customer's lines."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.features.month_index import index_at

__all__ = ["owned", "taken"]

_EVER = 2**30


def owned(tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """The tables, products with the customer_id of the line they are held on; those of unknown lines are left out."""
    found = dict(tables)
    if "products" in found and "subscriptions" in found:
        owners = found["subscriptions"].select("subscription_id", "customer_id")
        found["products"] = found["products"].join(owners, on="subscription_id")
    else:
        found.pop("products", None)
    return found


def taken(products: pl.LazyFrame, held: pl.LazyFrame, folk: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month in which the number of products held changes: `products`, the change.

    A product is held from the month in which it was taken to the one before that in which it, or its line, ended. One
    taken before the customer's first month in the history counts from there.
    """
    live = held.filter(~pl.col("lost")).join(folk.select("who", "begin"), on="who")
    lines = live.select("subscription_id", "who", "until", since=pl.max_horizontal("since", "begin"))
    rows = products.select("subscription_id", "started_on", "ended_on").join(lines, on="subscription_id")
    end = pl.min_horizontal(index_at(pl.col("ended_on")), "until").fill_null(_EVER)
    dated = rows.select("who", start=pl.max_horizontal(index_at(pl.col("started_on")), "since"), end=end)
    there = dated.filter(pl.col("start") < pl.col("end"))
    begun = there.select("who", at="start", products=pl.lit(1))
    ended = there.select("who", at="end", products=pl.lit(-1))
    return pl.concat([begun, ended]).group_by("who", "at").agg(pl.col("products").sum())
