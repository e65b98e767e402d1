"""How customers pay, as known at the end of a month, and whether they pay what falls due in the next.

A bill is late where it is not settled (oldest first, see `receivables`) on the day it is due or `grace` days after.
What is told of a month rests on bills that were due and on payments made by its end; the label is of the month after:

    label[t] = 1 where any bill that falls due in month t + 1 is late, 0 where all are settled in time
               known from the last of those days on; null where nothing falls due

Lateness is in days, negative where it was paid ahead; of an open bill it is counted to the end of the month.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.features.exact import UNITS
from telcli.features.month_index import end_of_month, index_at, month_at
from telcli.features.receivables import Receivables, bucket_of

__all__ = ["PAYING", "bucket_at", "dated", "labels", "paying"]

_LATELY = (3, 12)
_OF_BILLS = (
    *(f"late_share_{months}" for months in _LATELY),
    *("late_share", "late_last", "days_late_last", "days_late_mean", "days_late_most", "bills_due", "bill_mean"),
)
PAYING = (
    *_OF_BILLS,
    *("days_past_due", "arrears", "arrears_bills", "open_bills", "not_due", "next_bill", "next_times_mean"),
    *("credit", "paid_share_3", "days_since_paid"),
)
"""What `paying` tells, all numbers: shares 0..1, days, money, and `bill_mean` times the mean bill."""


def dated(book: Receivables) -> pl.DataFrame:
    """The bills with the day each was settled: who, at, due, net, settled (null: open still)."""
    total = pl.col("cash").cum_sum().cum_max().over("who")
    paid = (
        book.days.sort("who", "day").select("who", "day", after=total).group_by("who", "after").agg(pl.col("day").min())
    )
    met = book.bills.sort("after").join_asof(
        paid.sort("after"), on="after", by="who", strategy="forward", check_sortedness=False
    )
    return met.select("who", "at", "due", "net", settled="day").sort("who", "at")


def labels(bills: pl.DataFrame, at: int, grace: int, until: date) -> pl.DataFrame:
    """Who does not pay what falls due in the month after `at`: who, late (0 or 1), known; those known alone.

    `bills` are those of `dated`, `until` is the last day of which anything is known, `known` that from which on
    the label is.
    """
    after = bills.filter(index_at(pl.col("due")) == at + 1)
    last = pl.col("due") + pl.duration(days=grace)
    told = after.group_by("who").agg(late=(pl.col("settled") > last).fill_null(value=True).any(), known=last.max())
    return told.filter(pl.col("known") <= until).select("who", pl.col("late").cast(pl.Int64), "known").sort("who")


def paying(book: Receivables, bills: pl.DataFrame, at: int, grace: int) -> pl.DataFrame:
    """One row per customer billed by the end of the month: who and PAYING, sorted by who; null where not known."""
    end = end_of_month(month_at(at))
    sent = bills.filter(pl.col("at") <= at)
    rows = _of_bills(sent, end, at, grace)
    for part in (_of_debts(book, at), _of_next(sent, at), _of_money(book, sent, at, end)):
        rows = rows.join(part, on="who", how="left", maintain_order="left")
    mean = pl.col("bill_mean")
    nothing = ("days_past_due", "arrears", "open_bills", "not_due", "credit", "next_bill")
    whole = rows.with_columns(pl.col(name).fill_null(0) for name in nothing).with_columns(
        arrears_bills=pl.col("arrears") / mean,
        next_times_mean=pl.when(pl.col("next_bill") > 0).then(pl.col("next_bill") / mean),
    )
    return whole.select("who", *(pl.col(name).cast(pl.Float64) for name in PAYING)).sort("who")


def _of_bills(sent: pl.DataFrame, end: date, at: int, grace: int) -> pl.DataFrame:
    """How bills were paid that were due by the end of the month."""
    limit = pl.col("due") + pl.duration(days=grace)
    late = (pl.col("settled") > limit).fill_null(value=True)
    seen = pl.min_horizontal(pl.col("settled").fill_null(pl.lit(end)), pl.lit(end))
    days = (seen - pl.col("due")).dt.total_days().clip(-60, 365)
    due = (limit <= end).alias("was_due")
    told = sent.with_columns(due, late=late, days=days).sort("who", "at")
    was = pl.col("was_due")
    recent = [
        pl.col("late").filter(was & (index_at(pl.col("due")) > at - months)).mean().alias(f"late_share_{months}")
        for months in _LATELY
    ]
    return told.group_by("who", maintain_order=True).agg(
        *recent,
        late_share=pl.col("late").filter(was).mean(),
        late_last=pl.col("late").filter(was).last(),
        days_late_last=pl.col("days").filter(was).last(),
        days_late_mean=pl.col("days").filter(was).mean(),
        days_late_most=pl.col("days").filter(was).max(),
        bills_due=was.sum(),
        bill_mean=(pl.col("net").sum().cast(pl.Float64) / pl.len()) / UNITS,
    )


def _of_debts(book: Receivables, at: int) -> pl.DataFrame:
    past = pl.col("days") > 0
    return (
        book.open_at(at)
        .group_by("who")
        .agg(
            days_past_due=pl.col("days").max(),
            arrears=pl.col("open").filter(past).sum() / UNITS,
            open_bills=past.sum(),
            not_due=pl.col("open").filter(~past).sum() / UNITS,
        )
    )


def _of_next(sent: pl.DataFrame, at: int) -> pl.DataFrame:
    """What is billed already and falls due in the next month."""
    return sent.filter(index_at(pl.col("due")) == at + 1).group_by("who").agg(next_bill=pl.col("net").sum() / UNITS)


def _of_money(book: Receivables, sent: pl.DataFrame, at: int, end: date) -> pl.DataFrame:
    """What was paid of late, and how long ago the last of it."""
    lately = pl.col("at") > at - 3
    billed = sent.filter(lately).group_by("who").agg(billed=pl.col("net").sum())
    paid = book.paid.filter(pl.col("at") <= at, lately).group_by("who").agg(cash=pl.col("cash").sum())
    both = billed.join(paid, on="who", how="left").with_columns(pl.col("cash").fill_null(0))
    share = both.select("who", paid_share_3=(pl.col("cash") / pl.col("billed")).clip(0.0, 5.0))
    since = book.days.filter(pl.col("day") <= end, pl.col("cash") > 0).group_by("who").agg(pl.col("day").max())
    ago = since.select("who", days_since_paid=(pl.lit(end) - pl.col("day")).dt.total_days())
    ahead = book.credit_at(at).select("who", credit=pl.col("credit") / UNITS)
    everyone = sent.select("who").unique()
    for part in (share, ago, ahead):
        everyone = everyone.join(part, on="who", how="left")
    return everyone


def bucket_at(rows: pl.DataFrame) -> pl.Series:
    """The age (place in BUCKETS) of the oldest debt of each row of `paying`.

    >>> bucket_at(pl.DataFrame({"days_past_due": [0.0, 45.0]})).to_list()
    [0, 2]
    """
    return rows.select(bucket_of(pl.col("days_past_due"))).to_series()
