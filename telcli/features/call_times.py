"""When a customer calls and writes: at night, on weekends, how regularly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.features.call_rows import DAY, Block

__all__ = ["Clock", "timed"]


@dataclass(frozen=True)
class Clock:
    """When it is night, and which days are the weekend (1 Monday .. 7 Sunday): bandicoot's, unless told otherwise.

    A night over midnight has both its ends; one of the same day has neither (bandicoot's `percent_nocturnal`).

    >>> hour = 3_600_000
    >>> Clock().night(np.array([7 * hour, 7 * hour + 1, 19 * hour])).tolist()
    [True, False, True]
    """

    night_start: time = time(19)
    night_end: time = time(7)
    weekend: tuple[int, ...] = (6, 7)

    def night(self, clock: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether milliseconds since midnight are of the night."""
        start, end = _milliseconds(self.night_start), _milliseconds(self.night_end)
        found: NDArray[np.bool_] = (clock > start) & (clock < end) if start < end else (clock <= end) | (clock >= start)
        return found

    def off(self, day: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether days since 1970-01-01, which was a Thursday, are of the weekend.

        >>> Clock().off(np.array([0, 2, 3, 4])).tolist()
        [False, True, True, False]
        """
        first = day.min()
        week = np.isin((np.arange(first, day.max() + 1) + 3) % 7, np.array(self.weekend, np.int64) - 1)
        found: NDArray[np.bool_] = week[day - first]
        return found


def timed(talk: Block, clock: Clock) -> dict[str, NDArray[Any]]:
    """Counts and sums of each run of interactions.

    What stands below a millisecond tells rows of one time apart, and is no time. The squares of a month's gaps add up
    to no more than the square of a month, which an Int64 holds in milliseconds.
    """
    at = talk["at"]
    day = at // DAY
    gap = np.zeros(len(at), np.int64)
    thousandths = at // 1000
    clock_of = thousandths - day * (DAY // 1000)
    np.subtract(thousandths[1:], thousandths[:-1], out=gap[1:])
    gap[talk.starts] = 0
    return {
        "interaction_days": talk.sums(talk.changed(day)),
        "night": talk.sums(clock.night(clock_of)),
        "weekend": talk.sums(clock.off(day)),
        "gap_sum": talk.sums(gap),
        "gap_squares": talk.sums(gap * gap),
    }


def _milliseconds(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1000 + clock.microsecond // 1000
