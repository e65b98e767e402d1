"""The most different things within a window that slides over time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["distinct_ahead"]


def distinct_ahead(at: ArrayLike, who: ArrayLike, window: float) -> NDArray[np.int64]:
    """How many different values of `who` there are from each event on until less than `window` later.

    Two pointers and a count by value: linear in the events.

    Parameters
    ----------
    at : array of shape (events,)
        Times in any unit, in order.
    who : array of shape (events,)
        Whole numbers from 0.
    window : float
        In the unit of `at`, above 0.

    Returns
    -------
    array of shape (events,)
        From 1 to the number of events.

    >>> distinct_ahead([0, 10, 50, 61], [0, 1, 0, 2], 60).tolist()
    [2, 3, 2, 1]
    """
    times, values = np.asarray(at, dtype=np.float64), np.asarray(who, dtype=np.int64)
    found = np.zeros(len(times), np.int64)
    if not len(times):
        return found
    held = np.zeros(int(values.max()) + 1, np.int64)
    different = end = 0
    for start in range(len(times)):
        while end < len(times) and times[end] < times[start] + window:
            different += held[values[end]] == 0
            held[values[end]] += 1
            end += 1
        found[start] = different
        held[values[start]] -= 1
        different -= held[values[start]] == 0
    return found
