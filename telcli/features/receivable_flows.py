"""How debts grow older, are paid and written off from one month's end to the next, to the last unit.

Of each bill open at the end of the month before, by the age it had then:

    paid         what it is less by now
    rolled       what is open still, where it is of an older age by now; it has `entered` that one
    written_off  what is open still of who left, past so many days due; it is no balance any more

    opening + billed + entered - rolled - paid - written_off = closing        of each age
    opening - credit + billed + recovered - cash - written_off = closing - credit now, of all together

`billed` is of the age that a new bill has at the end of its month, and what of it is paid at once is `paid` there.
`settled` is what was paid of debts that were there at the month's beginning, `recovered` what was paid of those written
off before: the oldest debts are settled first.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from telcli.features.month_index import date_at
from telcli.features.receivables import BUCKETS, Receivables, bucket_of

__all__ = ["FLOWS", "Flows", "flows", "told_gone"]

FLOWS = ("opening", "billed", "entered", "rolled", "paid", "written_off", "closing", "settled", "recovered")
_BILL = ["who", "at"]


@dataclass(frozen=True)
class Flows:
    """One month's.

    Parameters
    ----------
    each : who, bucket (place) and FLOWS in exact units; customers with any.
    credit_before, credit, cash : paid ahead at the end of the month before and of this one, and paid in it; all of all.
    """

    at: int
    each: pl.DataFrame
    credit_before: int
    credit: int
    cash: int

    def summed(self) -> pl.DataFrame:
        """FLOWS by bucket, one row per age."""
        ages = pl.DataFrame({"bucket": range(len(BUCKETS))}, {"bucket": pl.Int32})
        sums = self.each.group_by("bucket").agg(pl.col(FLOWS).sum())
        return ages.join(sums, on="bucket", how="left", maintain_order="left").fill_null(0)


def flows(book: Receivables, at: int, folk: pl.DataFrame, write_off_days: int | None) -> Flows:
    """What became of debts in one month.

    Parameters
    ----------
    book : Receivables
        All bills and payments.
    at : int
        The month, as an index.
    folk : polars.DataFrame
        who and last, the last month as a customer.
    write_off_days : int or None
        Days past due beyond which debts of who left are written off; None: never.
    """
    before, now = (told_gone(book, month, folk, write_off_days) for month in (at - 1, at))
    new = book.bills.filter(pl.col("at") == at).select(*_BILL, "due", billed="net")
    end = date_at(pl.lit(at + 1, pl.Int32)).dt.offset_by("-1d")
    age = bucket_of((end - pl.col("due")).dt.total_days().clip(lower_bound=0))
    new = new.select(*_BILL, "billed", born=age)
    was = before.select(*_BILL, opening="open", was="bucket", gone_before="gone")
    rows = was.join(new, on=_BILL, how="full", coalesce=True)
    rows = rows.join(now.select(*_BILL, "open", "bucket", "gone"), on=_BILL, how="full", coalesce=True)
    each = _flowing(rows)
    credit = [int(book.credit_at(month)["credit"].sum()) for month in (at - 1, at)]
    cash = int(book.paid.filter(pl.col("at") == at)["cash"].sum())
    return Flows(at, each.sort("who", "bucket"), credit[0], credit[1], cash)


def told_gone(book: Receivables, at: int, folk: pl.DataFrame, write_off_days: int | None) -> pl.DataFrame:
    """Open bills at the end of a month, with their age (`bucket`), and whether they are written off by then (`gone`).

    Takes what `flows` takes; gives `Receivables.open_at` with these beside. Those gone are no receivables any more.
    """
    rows = book.open_at(at).with_columns(bucket=bucket_of(pl.col("days")))
    if write_off_days is None:
        return rows.with_columns(gone=pl.lit(value=False))
    known = rows.join(folk.select("who", "last"), on="who", how="left", maintain_order="left")
    return known.with_columns(gone=(pl.col("last") < at) & (pl.col("days") > write_off_days))


def _flowing(rows: pl.DataFrame) -> pl.DataFrame:
    """Flows by customer and age, of bills as they were and are."""
    numbers = [pl.col(name).fill_null(0) for name in ("opening", "billed", "open")]
    flags = [pl.col(name).fill_null(value=False) for name in ("gone", "gone_before")]
    told = rows.with_columns(*numbers, *flags).with_columns(
        origin=pl.coalesce("was", "born", "bucket"), less=pl.col("opening") + pl.col("billed") - pl.col("open")
    )
    live, ends = ~pl.col("gone_before"), pl.col("gone") & ~pl.col("gone_before")
    moves = live & ~pl.col("gone") & (pl.col("bucket") != pl.col("origin")).fill_null(value=False)
    stays = live & ~pl.col("gone") & (pl.col("bucket") == pl.col("origin")).fill_null(value=False)
    some = {
        "opening": pl.when(live).then("opening"),
        "billed": pl.when(live).then("billed"),
        "rolled": pl.when(moves).then("open"),
        "paid": pl.when(live).then("less"),
        "written_off": pl.when(ends).then("open"),
        "closing": pl.when(stays).then("open"),
        "settled": pl.when(live & (pl.col("opening") > 0)).then("less"),
        "recovered": pl.when("gone_before").then("less"),
    }
    left = told.select("who", bucket="origin", **{name: each.otherwise(0) for name, each in some.items()}, entered=0)
    came = told.filter(moves).select("who", bucket="bucket", entered="open", closing="open")
    both = pl.concat([left, came], how="diagonal_relaxed")
    return both.group_by("who", "bucket").agg(pl.col(name).sum() for name in FLOWS)
