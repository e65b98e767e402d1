"""What each customer earned the operator, month by month, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["PAY_MODES", "Book", "book", "margin", "money_known", "month_range", "pay_modes", "whole_tenure"]

PAY_MODES = ("postpaid", "prepaid")


@dataclass(frozen=True)
class Book:
    """Customers in order of id, and what is known of each.

    Parameters
    ----------
    ids : polars.Series
        Customer ids.
    margins : array of shape (customers, months)
        Money, the oldest month first; NaN where not known.
    tenure, active : arrays of shape (customers,), one per mark
        Whole months since joining (-1 where not known), and whether the customer was there, at each mark.
    group : array of shape (customers,)
        Place of the way of paying in PAY_MODES; -1 where not known.
    """

    ids: pl.Series
    margins: NDArray[np.float64]
    tenure: tuple[NDArray[np.int64], ...]
    active: tuple[NDArray[np.bool_], ...]
    group: NDArray[np.int64]

    def active_at(self, mark: int) -> Book:
        """The customers who were there at one mark."""
        rows = self.active[mark]
        return Book(
            self.ids.filter(pl.Series(rows)),
            self.margins[rows],
            tuple(tenure[rows] for tenure in self.tenure),
            tuple(active[rows] for active in self.active),
            self.group[rows],
        )


def month_range(frame: pl.LazyFrame, as_of: date | None) -> list[date]:
    """Every month from the first in the frame to the last, or to `as_of`; months without rows are not left out."""
    ends = frame.select(first=pl.col("month").min(), last=pl.col("month").max()).collect(engine="streaming")
    first, last = ends.row(0)
    last = min(last, as_of) if last and as_of else last
    return [] if first is None or last < first else pl.date_range(first, last, "1mo", eager=True).to_list()


def money_known(frame: pl.LazyFrame, months: Sequence[date]) -> dict[str, int]:
    """How many rows of these months have each column that margin is made of."""
    names = ("revenue", "paid", "contacts")
    have = frame.collect_schema()
    wanted = [name for name in names if name in have]
    window = frame.filter(pl.col("month").is_between(months[0], months[-1]))
    counts = window.select(pl.len(), *(pl.col(name).count() for name in wanted)).collect(engine="streaming")
    return {name: int(counts[name][0]) if name in wanted else 0 for name in names}


def margin(source: str, margin_rate: float, cost_per_contact: float = 0.0) -> pl.Expr:
    """One month's margin in money: margin_rate x revenue - cost_per_contact x contacts.

    Null where revenue is not known; a month without known contacts costs nothing.

    >>> frame = pl.DataFrame({"revenue": [50.0, None], "contacts": [2.0, 1.0]})
    >>> frame.select(margin("revenue", 0.5, 3.0))["margin"].to_list()
    [19.0, None]
    """
    earned = pl.col(source) * margin_rate
    if cost_per_contact:
        earned = earned - pl.col("contacts").fill_null(0.0) * cost_per_contact
    return earned.alias("margin")


def whole_tenure() -> pl.Expr:
    """Which month of the stay this is: 0 the month of joining, 1 the next; null where tenure is not known.

    `tenure_months` counts from the day of joining to the first of the month, so a part of a month is one more month.

    >>> pl.DataFrame({"tenure_months": [0.0, 0.5, 1.5]}).select(whole_tenure())["tenure"].to_list()
    [0, 1, 2]
    """
    return (pl.col("tenure_months") - 1e-6).ceil().cast(pl.Int64).alias("tenure")


def pay_modes(subscriptions: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer whose way of paying is known: `group`, 0 postpaid where any line is, else 1 prepaid."""
    known = subscriptions.filter(pl.col("pay_mode").is_in(PAY_MODES))
    return known.group_by("customer_id").agg(group=(pl.col("pay_mode") == "prepaid").all().cast(pl.Int64))


def book(
    frame: pl.LazyFrame, months: Sequence[date], earned: pl.Expr, marks: Sequence[date], modes: pl.LazyFrame | None
) -> Book:
    """Fold customer_months into one row per customer.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months.
    months : sequence of date
        Become the columns of `margins`.
    earned : polars.Expr
        One month's margin, as `margin` makes it.
    marks : sequence of date
        Months at which tenure and being active are wanted; among `months`.
    modes : polars.LazyFrame or None
        What `pay_modes` gives.
    """
    columns = [
        pl.when(pl.col("month") == month).then(earned).max().alias(f"month_{place}")
        for place, month in enumerate(months)
    ]
    for place, mark in enumerate(marks):
        at = pl.col("month") == mark
        tenure = pl.when(at).then(whole_tenure()).max()
        columns += [tenure.alias(f"tenure_{place}"), (at & pl.col("active")).any().alias(f"active_{place}")]
    window = frame.filter(pl.col("month").is_between(months[0], months[-1]))
    folded = window.group_by("customer_id").agg(columns)
    if modes is not None:
        folded = folded.join(modes, on="customer_id", how="left")
    else:
        folded = folded.with_columns(group=pl.lit(None, dtype=pl.Int64))
    found = folded.sort("customer_id").collect(engine="streaming")
    return Book(
        found["customer_id"],
        found.select(f"month_{place}" for place in range(len(months))).to_numpy(),
        tuple(found[f"tenure_{place}"].fill_null(-1).to_numpy() for place in range(len(marks))),
        tuple(found[f"active_{place}"].to_numpy() for place in range(len(marks))),
        found["group"].fill_null(-1).to_numpy(),
    )
