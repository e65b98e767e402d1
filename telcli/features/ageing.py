"""What is owed at the end of each month, and how old it is.

    owed[t]          = sum of what fell due up to t - sum of what was paid up to t
    arrears[t]       = max(owed[t], 0)                       what is paid ahead is carried: owed may be negative
    older[t, k]      = max(due up to t-k - paid up to t, 0)  payments settle the oldest charges first
    arrears of an age = older[t, from] - older[t, to]        together they are the arrears
    months_overdue[t] = number of k, 0..12, with older[t, k] > 0

In currency and months, made of bills and payments. Age is counted in whole months of 30 days from the month in which a
charge fell due, that one included: what fell due this month is 1-30 days old, what fell due the month before 31-60.
A bill below nothing is a payment. What was owed before the history began is not known and counts as nothing, and what
settled it does not count either (see `telcli.features.counting`). Who holds prepaid lines alone owes nothing.
"""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount
from telcli.features.people import grid, later
from telcli.features.runs import earlier, running
from telcli.features.span import Span

__all__ = ["AGES", "ARREARS", "aged", "exempt"]

AGES = {
    "arrears_1_30": (0, 1),
    "arrears_31_60": (1, 2),
    "arrears_61_90": (2, 3),
    "arrears_91_180": (3, 6),
    "arrears_181_365": (6, 12),
    "arrears_over_365": (12, None),
}
"""Parts of the arrears: fallen due so many months ago or more, and fewer than so many."""

ARREARS = ("arrears", *AGES, "months_overdue")
"""What is told of debts; nothing of it where all lines are prepaid."""

_MOST = 13
"""Months overdue are counted up to this."""


def aged(moved: pl.LazyFrame, folk: pl.LazyFrame, span: Span, since: int) -> pl.LazyFrame:
    """One row per customer and month from `since` on: `ARREARS`, as though nobody were exempt.

    `moved` is what falls due and what pays for it (`money.due`), of all months: a debt may be of any age, and what was
    paid ahead of any bill counts until it is used up. What moved before the months looked back on is one sum.
    """
    first = since - _MOST + 1
    at = pl.max_horizontal("at", pl.lit(first, pl.Int32))
    sums = moved.group_by("who", at=at).agg(pl.col("due", "credit").sum())
    months = grid(later(folk, first)).select("who", "at", "pos")
    rows = months.join(sums, on=["who", "at"], how="left", maintain_order="left")
    owing = rows.with_columns(fallen=running(pl.col("due")), settled=running(pl.col("credit")))
    return owing.select("who", "at", *_told(span)).filter(pl.col("at") >= since)


def _told(span: Span) -> list[pl.Expr]:
    known = span.knows("paid") & span.knows("revenue")

    def older(months: int) -> pl.Expr:
        return (earlier(pl.col("fallen"), months).fill_null(0) - pl.col("settled")).clip(lower_bound=0)

    parts = [
        pl.when(known).then(amount(older(first) if last is None else older(first) - older(last))).alias(name)
        for name, (first, last) in AGES.items()
    ]
    late = pl.sum_horizontal((older(months) > 0).cast(pl.Int32) for months in range(_MOST))
    return [
        pl.when(known).then(amount(older(0))).alias("arrears"),
        *parts,
        pl.when(known).then(late).alias("months_overdue"),
    ]


def exempt() -> list[pl.Expr]:
    """`ARREARS` over the grid with `prepaid`: 0, where they are known, of those who hold prepaid lines alone."""
    free = pl.col("prepaid").fill_null(value=False)
    return [pl.when(free & pl.col(name).is_not_null()).then(0).otherwise(name).alias(name) for name in ARREARS]
