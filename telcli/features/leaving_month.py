"""What customers brought in the month they left in, beside what they brought before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.margin import Book
from telcli.features.month_index import YEAR
from telcli.methods.lifetime_value import known_mean

__all__ = ["LEAVERS_NEEDED", "leaving_share", "margin_before"]

Array = NDArray[np.float64]
LEAVERS_NEEDED = 30
"""Fewer who left do not tell."""
BEFORE = 3
"""Months that tell how large a customer is."""


def leaving_share(frame: pl.LazyFrame, everyone: Book, months: Sequence[date], until: date) -> float:
    """Margin of the month of leaving over that of the 3 months before, of all who left in 12 months, 0..1.

    A last bill is often nearly a full one; who left silently brought nothing by then. 0 where fewer than
    LEAVERS_NEEDED customers who left tell, which counts the month of leaving as nothing.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months.
    everyone : Book
        All customers ever seen.
    months : sequence of date
        Those of the book's margins.
    until : date
        The last month that is known.
    """
    known = [month for month in months if month <= until][-YEAR:]
    if not known:
        return 0.0
    place = pl.col("month").replace_strict(list(months), range(len(months)), return_dtype=pl.Int64)
    gone = frame.filter(pl.col("left"), pl.col("month").is_between(known[0], known[-1])).select("customer_id", at=place)
    rows = everyone.ids.to_frame("customer_id").with_row_index("row").lazy().join(gone, on="customer_id")
    found = rows.filter(pl.col("at") > 0).sort("row", "at").collect(engine="streaming")
    row, at = found["row"].to_numpy(), found["at"].to_numpy()
    if len(row) < LEAVERS_NEEDED:
        return 0.0
    margins = everyone.margins[row]
    usual = margin_before(margins, at)
    tell = usual > 0
    if tell.sum() < LEAVERS_NEEDED:
        return 0.0
    last = np.nan_to_num(margins[np.arange(len(row)), at])
    return round(float(np.clip(last[tell].sum() / usual[tell].sum(), 0.0, 1.0)), 6)


def margin_before(margins: Array, at: NDArray[np.int64]) -> Array:
    """The mean margin of the BEFORE months before one, by customer; NaN where none of them is known.

    Parameters
    ----------
    margins : array of shape (customers, months)
        Money, the oldest month first; NaN where not known.
    at : array of shape (customers,)
        Place of each customer's month among them; that after the last is one more.

    >>> margin_before(np.array([[10.0, 20.0, 30.0, 99.0]] * 2), np.array([3, 0])).tolist()
    [20.0, nan]
    """
    back = at[:, None] - np.arange(BEFORE, 0, -1)
    rows = np.take_along_axis(margins, np.maximum(back, 0), axis=1)
    return known_mean(np.where(back >= 0, rows, np.nan))
