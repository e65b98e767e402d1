"""Which campaigns reached the customer, and what they cost.

    campaigns_received     = campaigns that contacted the customer in the month; who is held out was not contacted
    campaigns_accepted     = those of them that the customer took up, by the words of `response` or `outcome`
    campaign_cost          = sum(cost) of those received                 currency
    revenue_less_campaigns = revenue - campaign_cost                     currency; other costs are not known

Made of campaigns (and bills). A response has no day: it counts in the month of the contact, whenever it came.
"""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.month_index import index_at

__all__ = ["ACCEPTED", "answered", "reached", "received", "taken_up"]

ACCEPTED = (
    *("accepted", "accept", "yes", "y", "true", "1", "agreed", "took", "taken", "bought", "converted", "success"),
    *("successful", "接受", "已接受", "同意", "成功", "办理", "已办理", "办理成功", "营销成功", "是", "订购", "已订购"),
)
"""Words of a response or an outcome that say yes, in lower case."""
_ANSWERS = ("response", "outcome")


def reached(campaigns: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of campaigns that contacted the customer."""
    return campaigns.filter(pl.col("contacted_on").is_not_null(), (pl.col("arm") != "held_out").fill_null(value=True))


def taken_up() -> pl.Expr:
    """Whether a row of campaigns says, by its response or outcome, that the customer took it up; no where it is silent.

    >>> frame = pl.DataFrame({"response": ["Y", "no", None], "outcome": [None, " 已办理", None]})
    >>> frame.select(took=taken_up())["took"].to_list()
    [True, True, False]
    """
    words = [pl.col(name).str.strip_chars().str.to_lowercase().is_in(ACCEPTED) for name in _ANSWERS]
    return pl.any_horizontal(word.fill_null(value=False) for word in words)


def answered() -> pl.Expr:
    """Whether a row of campaigns has a response or an outcome at all."""
    return pl.any_horizontal(pl.col(name).is_not_null() for name in _ANSWERS)


def received(campaigns: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with a contact of a campaign."""
    cost = units(pl.col("cost"))
    return (
        reached(campaigns)
        .group_by("who", at=index_at(pl.col("contacted_on")))
        .agg(
            has_campaign=pl.lit(value=True),
            campaigns_received=pl.len().cast(pl.Float64),
            campaigns_accepted=taken_up().sum().cast(pl.Float64),
            campaign_cost=pl.when(cost.count() > 0).then(amount(cost.sum())),
        )
    )
