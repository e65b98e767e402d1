"""Dates that have not come yet, in columns of what has happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from telcli.intake.words import Read

__all__ = ["FUTURE", "PAST", "late_ones", "without_late"]

FUTURE = "in-the-future"
PAST = ("month", "paid_at", "opened_at", "started_at", "surveyed_on", "contacted_on", "birth_year")
"""Columns of what has happened, which cannot lie ahead; contracts, plans and lines may begin or end later."""


def without_late(found: Read, last: date | None) -> Read:
    """Values with those after the day `last` taken out, as faults.

    >>> values, bad = without_late((pl.Series([2001, 2031]), pl.Series([False, False])), date(2024, 6, 30))
    >>> values.to_list(), bad.to_list()
    ([2001, None], [False, True])
    """
    values, bad = found
    if last is None or not values.len():
        return found
    days = values if values.dtype == pl.Int64 else values.cast(pl.Date)
    late = (days > (last.year if values.dtype == pl.Int64 else last)).fill_null(value=False)
    if not late.any():
        return found
    return values.to_frame("v").select(pl.when(~late).then("v"))["v"], bad | late


def late_ones(text: pl.Series, bad: pl.Series, read: Callable[[pl.Series], Read]) -> pl.Series:
    """Which of the faulty texts can be read after all where no last day is set: those dated ahead."""
    places = bad.arg_true()
    readable = read(text.gather(places))[0].is_not_null()
    return pl.Series([False]).new_from_index(0, bad.len()).scatter(places, readable)
