"""Calls in the order of time: the run of each customer and month, and what the clock says of each row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import polars as pl

from telcli.features.month_index import index_at

__all__ = ["Clock", "gaps", "in_order", "new_day"]

_DAY_US = 86_400_000_000
_FIRST = pl.col("run").ne_missing(pl.col("run").shift())
"""Whether a row is the first one of its customer and month."""


@dataclass(frozen=True)
class Clock:
    """When it is night, and which days are the weekend (1 Monday .. 7 Sunday): bandicoot's, unless told otherwise.

    A night over midnight has both its ends; one of the same day has neither (bandicoot's `percent_nocturnal`).

    >>> rows = pl.DataFrame({"at": [7 * 3_600_000_000, 7 * 3_600_000_000 + 1]})
    >>> rows.select(Clock().night())["at"].to_list()
    [True, False]
    """

    night_start: time = time(19)
    night_end: time = time(7)
    weekend: tuple[int, ...] = (6, 7)

    def night(self) -> pl.Expr:
        """Whether the time of day of `at`, microseconds since 1970, is of the night."""
        start, end, at = _microseconds(self.night_start), _microseconds(self.night_end), pl.col("at") % _DAY_US
        return (at > start) & (at < end) if start < end else (at <= end) | (at >= start)

    def weekends(self) -> pl.Expr:
        """Whether `day`, days since 1970-01-01, which was a Thursday, is of the weekend."""
        after_monday = (pl.col("day") + 3) % 7
        days = [after_monday == day - 1 for day in sorted(set(self.weekend))]
        return pl.any_horizontal(days) if days else pl.lit(value=False)


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `at` (microseconds since 1970, local), `day`, `month` (index) and `run`, which counts customers' months.

    Files that ingest wrote have their rows in order, one after the other too, and stay as they are; rows of any other
    order are sorted by customer and time.

    >>> from datetime import datetime
    >>> times = [datetime(2024, 6, 1), datetime(2024, 7, 1), datetime(2024, 5, 31)]
    >>> in_order(pl.DataFrame({"customer_id": ["b", "a", "b"], "started_at": times}))["run"].to_list()
    [0, 1, 2]
    """
    timed = _timed(rows)
    if not _ordered(timed):
        timed = _timed(rows.sort("customer_id", "started_at"))
    return timed


def new_day() -> pl.Expr:
    """Whether a row is the first of its customer and day."""
    return _FIRST | (pl.col("day") != pl.col("day").shift())


def gaps() -> pl.Expr:
    """Milliseconds since the row before of the same customer and month; null in the first one.

    What stands below a millisecond tells rows of one time apart, and is no time. Squares of a month's gaps add up to
    no more than the square of a month, which an Int64 holds.
    """
    since = pl.col("at") // 1000
    return pl.when(~_FIRST).then(since - since.shift())


def _timed(rows: pl.DataFrame) -> pl.DataFrame:
    at = rows.with_columns(at=pl.col("started_at").cast(pl.Int64)).drop("started_at")
    at = at.with_columns(day=(pl.col("at") // _DAY_US).cast(pl.Int32))
    first, last = at.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0)
    days = pl.int_range(first or 0, (last or 0) + 1, eager=True, dtype=pl.Int32)
    months = days.to_frame("day").select(index_at(pl.col("day").cast(pl.Date)))["day"]
    several = months.n_unique() > 1
    month = pl.lit(months).gather(pl.col("day") - first) if several else pl.lit(months[0], pl.Int32)
    run = pl.struct("customer_id", "month") if several else pl.col("customer_id")
    return at.with_columns(month=month).with_columns(run=run.rle_id().set_sorted())


def _ordered(timed: pl.DataFrame) -> bool:
    """Whether each customer's month is one run, in the order of time."""
    backward = (pl.col("at") < pl.col("at").shift()) & ~_FIRST
    if timed.select(backward.any()).item():
        return False
    return not timed.filter(_FIRST).select(pl.struct("customer_id", "month").is_duplicated().any()).item()


def _microseconds(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond
