"""When a customer calls and writes: at night, on weekends, how regularly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.features.call_rows import DAY, Block

__all__ = ["Clock", "timed"]

_DAY = DAY // 1000
"""Milliseconds."""


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
    to no more than the square of a month and two days, which an Int64 holds in milliseconds.
    """
    at = talk["at"]
    day = at // DAY
    gap = np.empty(len(at), np.int64)
    thousandths, moments = at // 1000, _moments(talk)
    clock_of = thousandths - day * _DAY
    np.subtract(moments[1:], moments[:-1], out=gap[1:])
    gap[talk.starts] = 0
    return {
        "interaction_days": talk.sums(talk.changed(day)),
        "night": talk.sums(clock.night(clock_of)),
        "weekend": talk.sums(clock.off(day)),
        "gap_sum": talk.sums(gap),
        "gap_squares": talk.sums(gap * gap),
    }


def _moments(talk: Block) -> NDArray[np.int64]:
    """When each interaction of a run was, in milliseconds, in their order.

    The exact moments, which know of changed clocks, where a run tells them all, and each within a day of local time as
    in every time zone; else local times. A run goes by one of the two: a gap from one to the other would be hours off.
    """
    local: NDArray[np.int64] = talk["at"] // 1000
    if "shift" not in talk:
        return local
    shift = talk["shift"]
    apart = np.abs(shift) > _DAY // 1000
    if apart.any():
        shift = np.where(np.repeat(talk.sums(apart) > 0, talk.lengths()), 0, shift)
    exact = local + shift * 1000
    backward = exact[1:] < exact[:-1]
    backward[talk.starts[1:] - 1] = False
    return talk.sorted(exact) if backward.any() else exact


def _milliseconds(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1000 + clock.microsecond // 1000
