"""How likely a customer of a past campaign was held out, as far as the campaign's own rows tell.

    chance          = share held out among those of one campaign meant for one offer by one channel, 0..1
    planned_channel = the channel meant; null where rows tell the channel used, or none of those held out

Other shares may be held out of other offers or channels, and their customers may be unlike: only within one are the
arms alike. Offers or channels that no row of those held out has do not part a campaign. Nor do channels where of one so
many were contacted and nobody held out that the draw does not explain it: they are those used, chosen after the draw,
and whom managers called instead is not chance.
"""

from __future__ import annotations

import math

import polars as pl

__all__ = ["sole", "with_chance"]

_LEAST = math.log(0.001)
"""Logarithm of the chance below which nobody held out of a channel is not put down to the draw."""


def sole(name: str) -> pl.Expr:
    """A column where null filled with the campaign's only value, null where there are several.

    >>> frame = pl.DataFrame({"campaign_id": ["a", "a", "b", "b", "b"], "offer_id": ["x", None, "x", "y", None]})
    >>> frame.select(sole("offer_id"))["offer_id"].to_list()
    ['x', 'x', 'x', 'y', None]
    """
    known = pl.col(name).drop_nulls()
    only = pl.when(known.n_unique() == 1).then(known.first()).over("campaign_id")
    return pl.coalesce(name, only).alias(name)


def with_chance(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The same rows with `chance` and `planned_channel`.

    Parameters
    ----------
    rows
        campaign_id, held_out (never null), offer_id and channel, one row per campaign and customer.

    >>> rows = {"held_out": [True, False, True, False, False], "offer_id": ["x", "x", "y", "y", "y"]}
    >>> frame = pl.LazyFrame({**rows, "campaign_id": "spring", "channel": "sms"})
    >>> with_chance(frame).collect()["chance"].round(2).to_list()
    [0.5, 0.5, 0.33, 0.33, 0.33]
    """
    held = pl.col("held_out")

    offers, both = ("campaign_id", "_offer"), ("campaign_id", "_offer", "planned_channel")
    share = held.mean().over(offers)
    # log of the chance that a draw holds nobody out of so many
    nobody = pl.when(~held.any().over(both) & (share > 0) & (share < 1)).then(pl.len().over(both) * (1 - share).log())
    return (
        rows.with_columns(_offer=sole("offer_id"), planned_channel=sole("channel"))
        .with_columns(_offer=_parting(held, "_offer"), planned_channel=_parting(held, "planned_channel"))
        .with_columns(_drawn=(nobody.fill_null(0.0) >= _LEAST).all().over("campaign_id"))
        .with_columns(planned_channel=pl.when("_drawn").then("planned_channel"))
        .with_columns(chance=held.mean().over(both))
        .drop("_offer", "_drawn")
    )


def _parting(held: pl.Expr, name: str) -> pl.Expr:
    """The column where any of those held out has it, else null."""
    return pl.when((held & pl.col(name).is_not_null()).any().over("campaign_id")).then(pl.col(name))
