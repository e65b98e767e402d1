"""Whether the last months of a series of counts look as if records of them were still to come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import poisson

__all__ = ["incomplete_months"]

_MOST = 3
"""Months that are looked at, the last."""
_BASE = 6
"""Months before them that tell what is usual, at most; at least _LEAST of them."""
_LEAST = 2
_SHARE = 0.5
_CHANCE = 0.001


def incomplete_months(events: Sequence[int], exposed: Sequence[int]) -> tuple[int, float]:
    """How many of the last months (0..3) have too few events to be whole, and the events usual in the last one.

    A month is thin where it has less than half the events that the median rate of up to six months before the last
    three gives, and so few have a chance below 0.001 (Poisson). Months count from the last back while they are thin.
    With fewer than two months to compare with, nothing is known and none is thin.

    Parameters
    ----------
    events : sequence of int, one per month, the oldest first
        Leavings recorded.
    exposed : sequence of int
        Who could have left.

    >>> incomplete_months([30, 28, 33, 31, 29, 30, 27, 4], [1000] * 8)
    (1, 30.0)
    >>> incomplete_months([30, 28, 33, 31, 29, 30, 27, 22], [1000] * 8)[0]
    0
    """
    counts, people = np.asarray(events, dtype=np.float64), np.asarray(exposed, dtype=np.float64)
    base = slice(max(len(counts) - _MOST - _BASE, 0), max(len(counts) - _MOST, 0))
    known = people[base] > 0
    if known.sum() < _LEAST:
        return 0, float("nan")
    rate = float(np.median(counts[base][known] / people[base][known]))
    usual = rate * people
    thin = (counts < _SHARE * usual) & (poisson.cdf(counts, usual) < _CHANCE)
    months = 0
    while months < _MOST and thin[len(counts) - 1 - months]:
        months += 1
    return months, round(float(usual[-1]), 1)
