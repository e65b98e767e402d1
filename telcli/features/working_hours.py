"""Hours of business between two moments: those of the working days alone, less holidays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from telcli.errors import UsageError
from telcli.features.working_days import Calendar

__all__ = ["business_hours", "windows_of"]

_WINDOW = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")
_HOUR, _DAY = 3600.0, 86_400.0


def windows_of(setting: str) -> tuple[tuple[float, float], ...]:
    """The hours of a working day, as seconds after midnight, in order.

    Raises
    ------
    UsageError
        A part is no span of a day, or begins before the one before it is over.

    >>> windows_of("08:30-12:00, 14:00-18:00")
    ((30600.0, 43200.0), (50400.0, 64800.0))
    """
    found: list[tuple[float, float]] = []
    for part in re.split(r"[,，]", setting):
        read = _WINDOW.match(part.strip())
        first, last = ((int(read[at]) * 60 + int(read[at + 1])) * 60.0 for at in (1, 3)) if read else (0.0, 0.0)
        if not (found[-1][1] if found else 0.0) <= first < last <= _DAY:
            raise UsageError(
                "working-hours-invalid",
                "[complaints] working_hours has {part}, which is no span of a day after the one before it.",
                hint='Write it as: working_hours = "08:30-12:00, 14:00-18:00"; empty: all hours of the calendar.',
                part=part.strip() or "nothing",
            )
        found.append((first, last))
    return tuple(found)


def business_hours(
    begun: pl.Series, ended: pl.Series, windows: Sequence[tuple[float, float]], calendar: Calendar
) -> pl.Series:
    """Hours of business from one moment to another, 0 or more; null where one is not known.

    Parameters
    ----------
    begun : Series
        Datetime, in local time.
    ended : Series
        The same.
    windows : sequence
        Of `windows_of`.
    calendar : Calendar
        Which days are worked.

    >>> from datetime import datetime
    >>> friday, monday = datetime(2024, 5, 31, 17), datetime(2024, 6, 3, 10)
    >>> business_hours(pl.Series([friday]), pl.Series([monday]), windows_of("09:00-18:00"), Calendar()).to_list()
    [2.0]
    """
    both = pl.DataFrame({"a": begun.cast(pl.Datetime("us")), "b": ended.cast(pl.Datetime("us"))})
    known = both.drop_nulls()
    if not known.height:
        return pl.Series("hours", [None] * both.height, dtype=pl.Float64)
    first = known.select(pl.min_horizontal(pl.col("a").min(), pl.col("b").min())).item().date()
    last = known.select(pl.max_horizontal(pl.col("a").max(), pl.col("b").max())).item().date()
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    worked = np.array([calendar.worked(day) for day in days], dtype=np.float64)
    whole = sum(end - start for start, end in windows)
    before = np.concatenate([[0.0], np.cumsum(worked * whole)])
    frame = both.with_row_index("row").drop_nulls()
    ends = []
    for name in ("a", "b"):
        at = frame.select((pl.col(name).dt.date() - pl.lit(first)).dt.total_days()).to_series().to_numpy()
        second = frame.select((pl.col(name) - pl.col(name).dt.truncate("1d")).dt.total_milliseconds() / 1000)
        clock = second.to_series().to_numpy()
        within = sum(np.clip(clock - start, 0.0, end - start) for start, end in windows)
        ends.append(before[at] + worked[at] * within)
    spent = np.maximum(ends[1] - ends[0], 0.0) / _HOUR
    told = frame.select("row", hours=pl.Series(spent))
    rows = both.with_row_index("row").select("row").join(told, on="row", how="left", maintain_order="left")
    return rows["hours"]
