"""What customers owed when they left: it stands in no month of theirs, as their months end there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.margin import Book
from telcli.features.margin_parts import debts_grown, old_debts

__all__ = ["LeftOwing", "left_owing", "written_off"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LeftOwing:
    """What each customer owed at the end of the month she left in, in money; 0 of who is still here.

    Parameters
    ----------
    at : array of shape (customers,)
        Place of that month among those of the book; -1 of who did not leave in them.
    owed, old : arrays of shape (customers,)
        All of it, and what was older than 90 days.
    grown : array of shape (customers,)
        What old debts grew by in that month, of which its margin is less already; negative where they were collected.
    """

    at: NDArray[np.int64]
    owed: Array
    old: Array
    grown: Array


def left_owing(frame: pl.LazyFrame, everyone: Book, months: Sequence[date]) -> LeftOwing | None:
    """What everybody of the book owed who left in its months, the last time; None where no debts are known of them.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months.
    everyone : Book
        All customers ever seen.
    months : sequence of date
        Those of the book's margins.
    """
    columns = frame.collect_schema().names()
    if "arrears" not in columns:
        return None
    rows = frame.select("customer_id", "month", "left", "arrears", old=old_debts(columns))
    gone = rows.filter(pl.col("left"), pl.col("month").is_between(months[0], months[-1])).drop("left")
    gone = gone.filter(pl.col("month") == pl.col("month").max().over("customer_id"))
    before = rows.select("customer_id", pl.col("month").dt.offset_by("1mo"), was="old")
    place = pl.col("month").replace_strict(list(months), range(len(months)), return_dtype=pl.Int64)
    told = gone.join(before, on=["customer_id", "month"], how="left").select(
        "customer_id", "arrears", "old", at=place, grown=debts_grown("old", "was")
    )
    whole = everyone.ids.to_frame("customer_id").lazy().join(told, on="customer_id", how="left", maintain_order="left")
    found = whole.collect(engine="streaming")
    if not found["arrears"].count():
        return None
    sums = (found[name].fill_null(0.0).to_numpy() for name in ("arrears", "old", "grown"))
    return LeftOwing(found["at"].fill_null(-1).to_numpy(), *sums)


def written_off(everyone: Book, debts: LeftOwing | None, rate: float) -> Book:
    """The book, what is never paid of debts that customers left with being taken off the margin of that month.

    Old debts are off it already, by what they grew by month after month. Who is back at the first mark still owes.

    Parameters
    ----------
    everyone : Book
        All customers; the first mark is the last month.
    debts : LeftOwing or None
        Of the same customers and months.
    rate : float
        Share of debts that is never paid, 0..1.
    """
    lost = np.maximum(debts.owed - debts.old, 0.0) * rate if debts is not None else np.zeros(0)
    if debts is None or not lost.any():
        return everyone
    gone = np.flatnonzero((debts.at >= 0) & (lost > 0) & ~everyone.active[0])
    margins = everyone.margins.copy()
    margins[gone, debts.at[gone]] -= lost[gone]
    return replace(everyone, margins=margins)
