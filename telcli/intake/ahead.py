"""Dates that have not come yet, in columns of what has happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import polars as pl

from telcli.intake.words import Read

__all__ = ["FUTURE", "PAST", "late_ones", "without_late"]

FUTURE = "in-the-future"
PAST = ("month", "paid_at", "opened_at", "when", "started_at", "surveyed_on", "contacted_on", "birth_year")
"""Columns of what has happened, which cannot lie ahead; contracts, plans and lines may begin or end later."""


def without_late(found: Read, last: date | None) -> Read:
    """Values with those after the day `last` taken out, as faults.

    >>> values, bad = without_late((pl.Series([2001, 2031]), pl.Series([False, False])), date(2024, 6, 30))
    >>> values.to_list(), bad.to_list()
    ([2001, None], [False, True])
    """
    values, bad = found
    latest = values.max() if last else None
    if last is None or latest is None:
        return found
    if isinstance(latest, int):
        ahead, late = latest > last.year, values > last.year
    else:
        ahead = (latest.date() if isinstance(latest, datetime) else latest) > last  # type: ignore[operator]
        late = values.cast(pl.Date) > last if ahead else bad
    if not ahead:
        return found
    late = late.fill_null(value=False)
    return values.to_frame("v").select(pl.when(~late).then("v"))["v"], bad | late


def late_ones(text: pl.Series, bad: pl.Series, read: Callable[[pl.Series], Read]) -> pl.Series:
    """Which of the faulty texts can be read after all where no last day is set: those dated ahead."""
    places = bad.arg_true()
    readable = read(text.gather(places))[0].is_not_null()
    return pl.Series([False]).new_from_index(0, bad.len()).scatter(places, readable)
