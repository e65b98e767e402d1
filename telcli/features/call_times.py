"""When a customer calls and writes: at night, on weekends, how regularly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.features.call_rows import DAY, Block

__all__ = ["timed"]

_DAY = DAY // 1000
"""Milliseconds."""
_HOUR = _DAY // 24
_NIGHT_START, _NIGHT_END = 19 * _HOUR, 7 * _HOUR
"""Both are of the night, as in bandicoot's `percent_nocturnal`."""
_WEEKEND = (6, 7)
"""Days of the weekend, 1 Monday .. 7 Sunday: bandicoot's."""


def timed(talk: Block) -> dict[str, NDArray[Any]]:
    """Counts and sums of each run of interactions.

    What stands below a millisecond tells rows of one time apart, and is no time. The squares of a month's gaps add up
    to no more than the square of a month and two days, which an Int64 holds in milliseconds.
    """
    at = talk["at"]
    day = at // DAY
    gap = np.empty(len(at), np.int64)
    thousandths, moments = at // 1000, _moments(talk)
    np.subtract(moments[1:], moments[:-1], out=gap[1:])
    gap[talk.starts] = 0
    return {
        "interaction_days": talk.sums(talk.changed(day)),
        "night": talk.sums(_night(thousandths - day * _DAY)),
        "weekend": talk.sums(_weekend(day)),
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


def _night(clock: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether milliseconds since midnight are of the night.

    >>> _night(np.array([7 * _HOUR, 7 * _HOUR + 1, 19 * _HOUR])).tolist()
    [True, False, True]
    """
    found: NDArray[np.bool_] = (clock <= _NIGHT_END) | (clock >= _NIGHT_START)
    return found


def _weekend(day: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether days since 1970-01-01, which was a Thursday, are of the weekend.

    >>> _weekend(np.array([0, 2, 3, 4])).tolist()
    [False, True, True, False]
    """
    first = day.min()
    week = np.isin((np.arange(first, day.max() + 1) + 3) % 7, np.array(_WEEKEND, np.int64) - 1)
    found: NDArray[np.bool_] = week[day - first]
    return found
