"""What describes a customer beside behaviour: class, place, services, and the operator's own attributes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.features.leakage_names import named_afterwards
from telcli.features.ruling import Rule, ruled
from telcli.features.touches import live_lines
from telcli.tables import contract

__all__ = ["MOST_VALUES", "consumption_tier", "consumption_view", "described", "traits"]

MOST_VALUES = 20
"""A text attribute with more values than this describes nobody in particular."""

_OWN = ("customer_class", "gender", "region", "star_level")


def traits(customers: pl.LazyFrame, as_of: date, subscriptions: pl.LazyFrame | None = None) -> pl.DataFrame:
    """One row per customer: customer_id, churned, customer_class and what else describes, as text.

    Attributes ``x_<name>`` of up to 20 values come as text, as do flags and numbers of up to 10 values; other numbers
    stay numbers. What the name says is known only after the customer left is no trait.
    From lines that live at the end of the month `as_of`: pay_mode (mixed where both) and service_type (several joined
    by ``+``).

    >>> people = pl.LazyFrame({"customer_id": ["a", "b"], "x_Senior": [0.0, 1.0]})
    >>> traits(people, date(2024, 6, 1))["x_Senior"].to_list()
    ['0', '1']
    """
    return described(customers, as_of, subscriptions).collect(engine="streaming")


def described(customers: pl.LazyFrame, as_of: date, subscriptions: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """The rows of `traits`, not worked out yet.

    >>> described(pl.LazyFrame({"customer_id": ["a"]}), date(2024, 6, 1)).select("star_level").collect().item()
    """
    frame = contract("customers").conform(customers)
    kinds = frame.collect_schema()
    told = (pl.String, pl.Boolean, pl.Float64)
    own = [name for name in kinds if name.startswith("x_") and kinds[name] in told and not named_afterwards(name)]
    values = frame.select(pl.col(own).drop_nulls().n_unique()).collect(engine="streaming").row(0) if own else ()
    chosen: list[pl.Expr] = [pl.col(name).cast(pl.String) for name in _OWN]
    for name, distinct in zip(own, values, strict=True):
        column = pl.col(name)
        if kinds[name] == pl.Float64:
            chosen.append(_whole(column).alias(name) if distinct <= 10 else column)
        elif distinct <= MOST_VALUES:
            chosen.append(column.cast(pl.String))
    found = frame.select("customer_id", "churned", *chosen)
    if subscriptions is not None:
        found = found.join(
            _lines(live_lines(subscriptions, as_of)), on="customer_id", how="left", maintain_order="left"
        )
    return found


def consumption_tier(
    revenue: pl.Expr, high: float, low: float, high_from: float = 0.0, low_below: float = 0.0
) -> pl.Expr:
    """Tier by rank of revenue: the top `high` share is high, the bottom `low` share low, the rest mid.

    Equal revenue stays in one tier, that of its middle rank, so a tier may hold more or fewer than its share, or
    nobody. Where revenue is not known, nor is the tier: null. Where they are above 0, the amounts `high_from` and
    `low_below` bound the tiers in the place of the shares.

    >>> frame = pl.DataFrame({"r": [1.0, 2.0, 3.0, 4.0, 90.0, None]})
    >>> frame.select(consumption_tier(pl.col("r"), 0.2, 0.4))["r"].to_list()
    ['low', 'low', 'mid', 'mid', 'high', None]
    """
    place = (revenue.rank("average") - 0.5) / revenue.count()
    top = revenue >= high_from if high_from else place > 1 - high
    bottom = revenue < low_below if low_below else place <= low
    return (
        pl.when(top)
        .then(pl.lit("high"))
        .when(bottom)
        .then(pl.lit("low"))
        .when(revenue.is_not_null())
        .then(pl.lit("mid"))
        .alias("r")
    )


def consumption_view(settings: Any) -> list[pl.Expr]:
    """`consumption_tier` and `consumption_reason` of a frame with the tiers, null where revenue is not known.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"consumption_tier": ["high", None]})
    >>> frame.select(consumption_view(SegmentSettings())).rows()
    [('high', 'spends-most'), (None, 'not-known')]
    """
    tier = pl.col("consumption_tier")
    high = "from-amount" if settings.high_tier_revenue else "spends-most"
    low = "below-amount" if settings.low_tier_revenue else "spends-least"
    rules = [
        Rule(tier == "high", "high", high),
        Rule(tier == "mid", "mid", "spends-middling"),
        Rule(tier == "low", "low", low),
    ]
    return ruled("consumption_tier", "consumption_reason", rules)


def _whole(column: pl.Expr) -> pl.Expr:
    """A number as text, 1 rather than 1.0."""
    return column.cast(pl.String).str.strip_suffix(".0")


def _lines(live: pl.LazyFrame) -> pl.LazyFrame:
    first, last = pl.col("pay_mode").min(), pl.col("pay_mode").max()
    kinds = pl.col("service_type").drop_nulls().unique().sort().str.join("+")
    return live.group_by("customer_id").agg(
        pay_mode=pl.when(first != last).then(pl.lit("mixed")).otherwise(first),
        service_type=pl.when(pl.col("service_type").count() > 0).then(kinds),
    )
