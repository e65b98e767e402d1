"""Which bills and payments say what a customer owes.

The history begins in the midst of things: who was there before it pays, in its first weeks, bills that it does not
show. Counted as paid ahead, that money would settle the next bill, and so on for good. So of these customers count

    bills      that fall due from the first month with payments on
    payments   from the month after the one first billed on, or from that in which its bill falls due where it does so
               in the month billed; earlier ones settle older bills

A payment made after the first bill was issued and before it falls due is taken to be of that bill: whether it came
early, or a month late for the bill before, nothing tells. Who joined within the history has no older bills: all that
they paid counts, a deposit too.

In a month in which all lines are prepaid nothing counts: neither what is billed or falls due in it, which is taken from
the balance, nor the top-ups, which would else pay bills of a time as a postpaid customer.
"""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import index_at
from telcli.features.span import Span

__all__ = ["counting"]


def counting(
    sent: pl.LazyFrame, money: pl.LazyFrame, folk: pl.LazyFrame, ahead: pl.LazyFrame | None, span: Span
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The bills and the payments that count, of those that `money.billed` and `money.kept` give.

    `ahead` are the customers and months, `who` and `at`, in which all lines are prepaid; None where no line is known.
    """
    known = span.covered.get("paid", frozenset())
    since = max(min(known, default=span.last + 1), span.first)
    joined = index_at(pl.col("origin")) == pl.col("start")
    older = (pl.col("start") < since) | ((pl.col("start") == since) & ~joined.fill_null(value=False))
    bills = sent.join(folk.select("who", "begin", older=older), on="who").filter(
        pl.col("falls") >= pl.max_horizontal("begin", since), pl.col("at") <= span.last
    )
    cash = money.with_columns(counted=pl.max_horizontal("at", "begin"))
    if ahead is not None:
        spots = ahead.select("who", "at")
        bills = bills.join(spots, on=["who", "at"], how="anti")
        bills = bills.join(spots, left_on=["who", "falls"], right_on=["who", "at"], how="anti")
        cash = cash.join(spots, left_on=["who", "counted"], right_on=["who", "at"], how="anti")
    opens = pl.min_horizontal("falls", pl.col("at") + 1).min()
    first = bills.filter("older").group_by("who").agg(opens=opens)
    later = cash.join(first, on="who", how="left").filter((pl.col("at") >= pl.col("opens")).fill_null(value=True))
    return bills.drop("begin", "older"), later.drop("counted", "opens")
