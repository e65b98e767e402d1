"""What a line was in each month: its plan, fee, way of paying and contract, by the intervals in which they held.

subscription_history tells what a line was before. A version holds at the end of a month when it began on or before the
last day of it and ended after that day. Months before the first version are given that one, months between two
versions the earlier of them. Of a line without history, there is nothing but what it is today.

A plan is changed in the month in which a version with another plan or another fee begins: up where its fee is higher
than that of the version before, down where it is lower, sideways where only the plan is known to be another one. A
line that ends as another begins (an internal move) is no change of plan here, nor is what is on record of the time
before the line began.
"""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import index_at

__all__ = ["CHANGES", "changes", "versions"]

CHANGES = ("plan_ups", "plan_downs", "plan_moves")
_STATE = ("plan_id", "plan_fee", "contract_end", "pay_mode")
_EVER = 2**30


def versions(held: pl.LazyFrame, past: pl.LazyFrame | None) -> pl.LazyFrame:
    """The lines, several rows for one that has a history: `_STATE` as it was from month `low` to `high`.

    `past` are rows of subscription_history; those in which a line was another customer's do not matter here.
    """
    whole = {"low": pl.lit(-_EVER, pl.Int32), "high": pl.lit(_EVER, pl.Int32), "change": pl.lit(None, pl.String)}
    if past is None:
        return held.with_columns(**whole)
    kind = pl.col("high")
    line = held.select(pl.exclude(*_STATE, "valid_from", "valid_to"))
    before = past.select("who", "subscription_id", "valid_from", "valid_to", *_STATE).join(
        line, on=["who", "subscription_id"]
    )
    known = before.select("subscription_id").unique()
    now = held.join(known, on="subscription_id", how="semi").with_columns(valid_to=pl.lit(None, pl.Date))
    rows = pl.concat([before, now], how="diagonal").sort("subscription_id", "valid_to", nulls_last=True)
    follows = (pl.col("subscription_id") == pl.col("subscription_id").shift(1)).fill_null(value=False)
    ended = index_at(pl.col("valid_to")).shift(1)
    begins = pl.max_horizontal(index_at(pl.col("valid_from")).fill_null(ended), ended)
    told = rows.with_columns(low=pl.when(follows).then(begins).otherwise(-_EVER), change=_change(follows))
    last = (pl.col("subscription_id") != pl.col("subscription_id").shift(-1)).fill_null(value=True)
    told = told.with_columns(high=pl.when(last).then(_EVER).otherwise(pl.col("low").shift(-1) - 1))
    rest = held.join(known, on="subscription_id", how="anti").with_columns(**whole)
    return pl.concat([rest, told.with_columns(pl.col("low").cast(pl.Int32), kind.cast(pl.Int32))], how="diagonal")


def _change(follows: pl.Expr) -> pl.Expr:
    """Which way the plan went with this version; null where it stayed."""
    fee, plan = pl.col("plan_fee"), pl.col("plan_id")
    other = (plan != plan.shift(1)).fill_null(value=False)
    ups, downs, moves = (pl.lit(name) for name in CHANGES)
    way = pl.when(fee > fee.shift(1)).then(ups).when(fee < fee.shift(1)).then(downs).when(other).then(moves)
    return pl.when(follows).then(way)


def changes(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with a change of plan: how many of each of `CHANGES`."""
    lived = (pl.col("low") >= pl.col("since")) & (pl.col("low") <= pl.col("until").fill_null(_EVER))
    changed = rows.filter(pl.col("change").is_not_null(), lived)
    counts = {name: (pl.col("change") == name).sum().cast(pl.Float64) for name in CHANGES}
    return changed.group_by("who", at="low").agg(**counts)
