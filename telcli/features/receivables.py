"""What is open of each bill at the end of a month: payments settle the oldest bills first, exactly.

With the bills b of a customer in the order of the months billed, all in exact units (`telcli.features.exact`):

    before[b]  = sum of the bills older than b          after[b] = before[b] + b
    open[b, t] = min(max(after[b] - paid up to t, 0), b)
    credit[t]  = max(paid up to t - billed up to t, 0)   told apart: it makes no debt of another customer less
    owed less credit = billed - paid                     to the last unit, at the end of every month

A bill below nothing (a credit note) is a payment of the last day of its month; a payment taken back never was one; what
was paid ahead waits for the next bill. Which bills and payments count, see `telcli.features.counting`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from telcli.features.month_index import date_at

__all__ = ["BUCKETS", "Receivables", "bucket_of", "receivables"]

BUCKETS = ("0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+")
"""Ages of what is owed, in days past due; the first is not yet due."""

_BOUNDS = (0, 30, 60, 90, 180, 365)
"""The last day of each age but the oldest."""


@dataclass(frozen=True)
class Receivables:
    """Bills and payments of all customers, `who` being small numbers of theirs.

    Parameters
    ----------
    bills : who, at (month billed), due (day), net, before, after; above nothing, sorted by who and at.
    paid : who, at, cash; one row per customer and month, credit notes among them.
    days : who, day, cash; the same by day.
    """

    bills: pl.DataFrame
    paid: pl.DataFrame
    days: pl.DataFrame

    def every(self, step: int) -> Receivables:
        """Those of each `step`-th customer alone."""
        mine = pl.col("who") % step == 0
        return Receivables(*(each.filter(mine) for each in (self.bills, self.paid, self.days)))

    def paid_by(self, at: int) -> pl.DataFrame:
        """What each customer paid up to the end of a month: who, paid."""
        return self.paid.filter(pl.col("at") <= at).group_by("who").agg(paid=pl.col("cash").sum())

    def open_at(self, at: int) -> pl.DataFrame:
        """Bills with something open at the end of a month: who, at, due, net, open, days past due (0: not yet due)."""
        sent = self.bills.filter(pl.col("at") <= at)
        known = sent.join(self.paid_by(at), on="who", how="left", maintain_order="left")
        left = known.with_columns(open=(pl.col("after") - pl.col("paid").fill_null(0)).clip(0, pl.col("net")))
        end = date_at(pl.lit(at + 1, pl.Int32)).dt.offset_by("-1d")
        late = (end - pl.col("due")).dt.total_days().clip(lower_bound=0)
        return left.filter(pl.col("open") > 0).select("who", "at", "due", "net", "open", days=late)

    def credit_at(self, at: int) -> pl.DataFrame:
        """Who had paid more than was billed by the end of a month: who, credit."""
        billed = self.bills.filter(pl.col("at") <= at).group_by("who").agg(billed=pl.col("net").sum())
        both = self.paid_by(at).join(billed, on="who", how="left")
        more = both.select("who", credit=pl.col("paid") - pl.col("billed").fill_null(0))
        return more.filter(pl.col("credit") > 0).sort("who")


def receivables(owed: pl.LazyFrame, money: pl.LazyFrame, credit_days: int) -> Receivables:
    """Take the bills and payments that count in hand.

    Parameters
    ----------
    owed : polars.LazyFrame
        who, at, net (exact units), due_on (null: `credit_days` after the month billed).
    money : polars.LazyFrame
        who, at, day, cash (exact units); `at` is the month of the day, or of the first one as a customer.
    credit_days : int
        Days after the month billed by which a bill without a due date is to be paid, >= 0.

    >>> from datetime import date
    >>> owed = pl.LazyFrame({"who": [0, 0], "at": [24289, 24290], "net": [50, 30], "due_on": [None, date(2024, 4, 9)]})
    >>> money = pl.LazyFrame({"who": [0], "at": [24290], "day": [date(2024, 3, 9)], "cash": [60]})
    >>> found = receivables(owed, money, 25)
    >>> found.open_at(24289).rows()
    [(0, 24289, datetime.date(2024, 3, 25), 50, 50, 0)]
    >>> found.open_at(24291).select("at", "open", "days").rows()
    [(24290, 20, 21)]
    """
    bills = owed.group_by("who", "at").agg(pl.col("net").sum(), pl.col("due_on").max())
    issued = date_at(pl.col("at") + 1).dt.offset_by("-1d")
    dated = bills.with_columns(due=pl.coalesce("due_on", issued.dt.offset_by(f"{credit_days}d")))
    above = dated.filter(pl.col("net") > 0).sort("who", "at").select("who", "at", "due", "net")
    summed = above.with_columns(after=pl.col("net").cum_sum().over("who"))
    credits_ = dated.filter(pl.col("net") < 0).select("who", "at", day=issued, cash=-pl.col("net"))
    paid = pl.concat([money.select("who", "at", "day", "cash"), credits_], how="vertical_relaxed").collect()
    return Receivables(
        summed.with_columns(before=pl.col("after") - pl.col("net")).collect(),
        paid.group_by("who", "at").agg(pl.col("cash").sum()).sort("who", "at"),
        paid.group_by("who", "day").agg(pl.col("cash").sum()).sort("who", "day"),
    )


def bucket_of(days: pl.Expr) -> pl.Expr:
    """The place in BUCKETS of so many days past due.

    >>> pl.select(bucket_of(pl.lit(pl.Series([0, 1, 30, 31, 180, 366])))).to_series().to_list()
    [0, 1, 1, 2, 4, 6]
    """
    return pl.sum_horizontal((days > bound).cast(pl.Int32) for bound in _BOUNDS)
