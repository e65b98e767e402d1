"""How many days after they fell due bills are settled.

Payments settle the oldest bills first. A bill is settled on the first day on which all that was paid reaches all that
was billed up to it:

    settled on  = max(first day with sum of payments >= sum of bills up to this one, last day of the month billed)
    days_to_pay = mean(settled on - due on)    days, over the bills settled in the month; null where none was

A bill without a day to pay by is due on the last day of the month billed. Days are negative where it was paid ahead. A
bill below nothing is a payment of the last day of its month. Made of bills and payments; which of them count, see
`telcli.features.counting`.
"""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import date_at, index_at

__all__ = ["settling"]


def settling(owed: pl.LazyFrame, money: pl.LazyFrame) -> pl.LazyFrame:
    """A row per bill that was settled, in the month in which it was: `days`, and `bills` (1).

    `owed` and `money` are the bills and payments that count, as `counting` gives them.
    """
    issued = date_at(pl.col("at") + 1).dt.offset_by("-1d")
    bills = owed.filter(pl.col("net") > 0).sort("who", "at")
    reached = pl.col("net").cum_sum().over("who")
    bills = bills.select("who", issued=issued, due_on=pl.coalesce("due_on", issued), owed=reached)
    credits = owed.filter(pl.col("net") < 0).select("who", day=issued, cash=-pl.col("net"))
    days = pl.concat([money.select("who", "day", "cash"), credits]).group_by("who", "day").agg(pl.col("cash").sum())
    total = pl.col("cash").cum_sum().cum_max().over("who")
    paid = days.sort("who", "day").select("who", "day", owed=total).group_by("who", "owed").agg(pl.col("day").min())
    met = bills.sort("owed").join_asof(
        paid.sort("owed"), on="owed", by="who", strategy="forward", check_sortedness=False
    )
    found = met.filter(pl.col("day").is_not_null()).with_columns(day=pl.max_horizontal("day", "issued"))
    late = (pl.col("day") - pl.col("due_on")).dt.total_days()
    return found.select("who", at=index_at(pl.col("day")), days=late, bills=pl.lit(1, pl.Int64))
