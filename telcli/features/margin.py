"""What each customer earned the operator, month by month, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.exact import amount, units
from telcli.features.margin_parts import PARTS, Rates, debts_grown, old_debts, parts
from telcli.features.month_index import index_at, month_at, month_index
from telcli.features.ranges import in_ranges
from telcli.features.touches import held_at_end

__all__ = ["PAY_MODES", "YEAR_PARTS", "Book", "book", "money_known", "month_range", "pay_modes", "whole_tenure"]

PAY_MODES = ("postpaid", "prepaid")
YEAR_PARTS = ("revenue", "other", *PARTS, "bad_debt", "margin")
"""Columns of `Book.year`: revenue, what is taken off it, and what is left."""


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
        Whole months since joining (-1 where not known), and whether the customer was there, at each mark; the tenure of
        who had left by then is what it would have come to.
    group : array of shape (customers,)
        Place of the way of paying in PAY_MODES; -1 where not known.
    year : polars.DataFrame
        Money of the last months counted, by customer, columns YEAR_PARTS; ``margin`` is ``revenue`` less all the
        others, to the last of four decimals. Months whose revenue is not known count in none of them.
    """

    ids: pl.Series
    margins: NDArray[np.float64]
    tenure: tuple[NDArray[np.int64], ...]
    active: tuple[NDArray[np.bool_], ...]
    group: NDArray[np.int64]
    year: pl.DataFrame

    def active_at(self, mark: int) -> Book:
        """The customers who were there at one mark."""
        rows = self.active[mark]
        return Book(
            self.ids.filter(pl.Series(rows)),
            self.margins[rows],
            tuple(tenure[rows] for tenure in self.tenure),
            tuple(active[rows] for active in self.active),
            self.group[rows],
            self.year.filter(pl.Series(rows)),
        )


def month_range(frame: pl.LazyFrame, as_of: date | None) -> list[date]:
    """Every month from the first in the frame to the last, or to `as_of`; months without rows are not left out."""
    ends = frame.select(first=pl.col("month").min(), last=pl.col("month").max()).collect(engine="streaming")
    first, last = ends.row(0)
    last = min(last, as_of) if last and as_of else last
    return [] if first is None or last < first else pl.date_range(first, last, "1mo", eager=True).to_list()


def money_known(frame: pl.LazyFrame, months: Sequence[date]) -> dict[str, int]:
    """How many rows of these months have each column that margin is made of, and ``old_debts``."""
    names = ("revenue", "paid", *(column for column, _ in PARTS.values()))
    have = frame.collect_schema()
    wanted = [name for name in names if name in have]
    window = frame.filter(pl.col("month").is_between(months[0], months[-1]))
    owed = old_debts(have.names()).count().alias("old_debts")
    counts = window.select(pl.len(), owed, *(pl.col(name).count() for name in wanted)).collect(engine="streaming")
    return {name: int(counts[name][0]) if name in counts.columns else 0 for name in (*names, "old_debts")}


def whole_tenure() -> pl.Expr:
    """Which month of the stay this is: 0 the month of joining, 1 the next; null where tenure is not known.

    `tenure_months` counts from the day of joining to the first of the month, so a part of a month is one more month.

    >>> pl.DataFrame({"tenure_months": [0.0, 0.5, 1.5]}).select(whole_tenure())["tenure"].to_list()
    [0, 1, 2]
    """
    return (pl.col("tenure_months") - 1e-6).ceil().cast(pl.Int64).alias("tenure")


def pay_modes(subscriptions: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per customer whose way of paying is known: `group`, 0 postpaid where any line is, else 1 prepaid.

    Lines that live at the end of the month count; of who has none, those that have ended. Lines told as they are now
    may have been paid for in another way before.

    >>> lines = pl.LazyFrame({"customer_id": ["a", "a"], "pay_mode": ["postpaid", "prepaid"],
    ...     "ended_on": [date(2024, 1, 9), None], "activated_on": [date(2020, 1, 1), date(2024, 1, 9)]})
    >>> pay_modes(lines, date(2024, 6, 1)).collect().rows(), pay_modes(lines, date(2023, 12, 1)).collect().rows()
    ([('a', 1)], [('a', 0)])
    """
    have = subscriptions.collect_schema().names()
    days = [name for name in ("activated_on", "ended_on") if name not in have]
    known = subscriptions.filter(pl.col("pay_mode").is_in(PAY_MODES))
    known = known.with_columns(pl.lit(None, dtype=pl.Date).alias(name) for name in days)
    prepaid, lives = pl.col("pay_mode") == "prepaid", held_at_end("activated_on", "ended_on", as_of)
    told = known.group_by("customer_id").agg(live=(prepaid | ~lives).all(), lines=lives.any(), ended=prepaid.all())
    return told.select("customer_id", group=pl.when("lines").then("live").otherwise("ended").cast(pl.Int64))


def book(
    frame: pl.LazyFrame,
    months: Sequence[date],
    source: str,
    rates: Rates,
    marks: Sequence[date],
    modes: pl.LazyFrame | None,
    counted: int,
) -> Book:
    """Fold customer_months into one row per customer.

    A month's margin is revenue less its parts (`margin_parts`) and what old arrears grew by in it; null where revenue
    is not known, and what else is not known costs nothing.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months.
    months : sequence of date
        Become the columns of `margins`.
    source : str
        The column of revenue.
    rates : Rates
        What is taken off it.
    marks : sequence of date
        Months at which tenure and being active are wanted; among `months`.
    modes : polars.LazyFrame or None
        What `pay_modes` gives.
    counted : int
        Months up to the first mark whose money `year` holds.
    """
    within = pl.col("month").is_between(month_at(month_index(months[0]) - 1), months[-1])
    seen = frame.filter(within).select("customer_id").unique().collect(engine="streaming").to_series().sort()
    tables, parts = {"months": frame, **({} if modes is None else {"modes": modes})}, []
    for some in in_ranges(tables, seen):
        folded = _folded(some["months"], months, source, rates, marks, counted)
        if "modes" in some:
            folded = folded.join(some["modes"], on="customer_id", how="left")
        else:
            folded = folded.with_columns(group=pl.lit(None, dtype=pl.Int64))
        told = folded.select("customer_id", "group", pl.col("^(month|tenure|active|sum)_.*$"))
        parts.append(told.sort("customer_id").collect(engine="streaming"))
    found = pl.concat(parts, rechunk=True)
    return Book(
        found["customer_id"],
        found.select(f"month_{place}" for place in range(len(months))).to_numpy(),
        tuple(found[f"tenure_{place}"].fill_null(-1).to_numpy() for place in range(len(marks))),
        tuple(found[f"active_{place}"].to_numpy() for place in range(len(marks))),
        found["group"].fill_null(-1).to_numpy(),
        found.select(amount(pl.col(f"sum_{name}")).alias(name) for name in YEAR_PARTS),
    )


def _folded(
    frame: pl.LazyFrame, months: Sequence[date], source: str, rates: Rates, marks: Sequence[date], counted: int
) -> pl.LazyFrame:
    """A row per customer: each month's margin, tenure and presence at the marks, sums of parts over the last months."""
    columns, at = frame.collect_schema().names(), pl.col("month")
    made = parts(source, rates, columns)
    before = month_at(month_index(months[0]) - 1)
    debts = old_debts(columns) * rates.bad_debt_rate if rates.bad_debt_rate else pl.lit(None, dtype=pl.Float64)
    net = pl.col(source) - pl.sum_horizontal(made.values())
    picked = [pl.when(at == month).then(net).max().alias(f"month_{place}") for place, month in enumerate(months)]
    picked += [
        pl.when(at == month).then(debts).max().alias(f"owed_{place}") for place, month in enumerate([before, *months])
    ]
    for place, mark in enumerate(marks):
        since = pl.when(at < mark).then(whole_tenure() + month_index(mark) - index_at(at)).max()
        tenure = pl.when((at == mark).any()).then(pl.when(at == mark).then(whole_tenure()).max()).otherwise(since)
        picked += [tenure.alias(f"tenure_{place}"), ((at == mark) & pl.col("active")).any().alias(f"active_{place}")]
    lately = [month for month in months if month <= marks[0]][-counted:]
    here = at.is_between(lately[0], lately[-1]) & pl.col(source).is_not_null()
    money = {"revenue": pl.col(source), **made}
    picked += [pl.when(here).then(units(each)).sum().alias(f"sum_{name}") for name, each in money.items()]
    folded = frame.filter(at.is_between(before, months[-1])).group_by("customer_id").agg(picked)
    # What old debts grew by, nothing where the month before is not known, and only in months whose revenue is.
    grown = {
        place: pl.when(pl.col(f"month_{place}").is_not_null()).then(debts_grown(f"owed_{place + 1}", f"owed_{place}"))
        for place in range(len(months))
    }
    eaten = pl.sum_horizontal(units(grown[place]).fill_null(0) for place, month in enumerate(months) if month in lately)
    net_year = pl.col("sum_revenue") - pl.sum_horizontal(f"sum_{name}" for name in (*made, "bad_debt"))
    return (
        folded.with_columns(pl.col(f"month_{place}") - each for place, each in grown.items())
        .with_columns(sum_bad_debt=eaten)
        .with_columns(sum_margin=net_year)
    )
