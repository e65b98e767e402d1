"""Part of campaigns: what customers brought after a campaign began, and before."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.margin_parts import Rates, parts
from telcli.features.month_index import index_at, month_index
from telcli.methods.trial_effect import Difference, mean_effect, stand_for

__all__ = ["gain_of", "with_margins"]

_FEWEST = 2
"""Customers of an arm below which there is no variance to speak of."""


def with_margins(people: pl.DataFrame, months: pl.LazyFrame, as_of: date, rates: Rates, watch: int) -> pl.DataFrame:
    """The same with `after` and `before`: margin a month in the months watched, and in as many before; `watched`.

    The months watched follow the month of `since`, up to the snapshot. A month without a row brings nothing, since the
    customer is gone or was not there yet; null where the customer has no month with a known revenue at all. What a
    campaign costs is not taken off, it is told by itself.
    """
    since = index_at(pl.col("since")).cast(pl.Int64)
    rows = people.with_columns(at=since, watched=(pl.lit(month_index(as_of)) - since).clip(0, watch).fill_null(0))
    columns = months.collect_schema().names()
    made = parts("revenue", rates, columns)
    costs = [made[name] for name in ("other", "interconnect", "content", "contacts", "lines")]
    wanted = rows.filter(pl.col("watched") > 0).select("campaign_id", "customer_id", "at", "watched")
    margin = units(pl.col("revenue") - pl.sum_horizontal(costs))
    money = months.filter(pl.col("month") <= as_of).select(
        "customer_id", index=index_at(pl.col("month")).cast(pl.Int64), margin=margin
    )
    ahead = pl.col("index") - pl.col("at")
    met = money.join(wanted.lazy(), on="customer_id").filter(ahead.abs() <= pl.col("watched"), ahead != 0)
    sums = met.group_by("campaign_id", "customer_id").agg(
        after=pl.col("margin").filter(ahead > 0).sum(),
        before=pl.col("margin").filter(ahead < 0).sum(),
        known=pl.col("margin").count(),
    )
    both = ["campaign_id", "customer_id"]
    told = rows.join(sums.collect(engine="streaming"), on=both, how="left", maintain_order="left")
    mean = [
        pl.when(pl.col("known") > 0).then(amount(pl.col(name)) / pl.col("watched")).alias(name)
        for name in ("after", "before")
    ]
    return told.with_columns(mean).drop("at", "known")


def gain_of(rows: pl.DataFrame) -> Difference | None:
    """By how much the margin a month of those to be contacted is above that of those held out; None of too few.

    All who were to be contacted count, reached or not; what their margin before explains is taken off. Those held out
    stand for those to be contacted by `chance`, that of being held out: who could be in one arm only, or of whom it is
    not known, does not count.
    """
    open_to_both = (pl.col("chance") > 0.0) & (pl.col("chance") < 1.0)
    known = rows.filter(pl.col("after").is_not_null(), open_to_both).sort("customer_id")
    held = known["held"].to_numpy()
    if min(held.sum(), (~held).sum()) < _FEWEST:
        return None
    weight = stand_for(held, known["chance"].to_numpy())
    return mean_effect(known["after"].to_numpy(), ~held, weight, before=known["before"].to_numpy())
