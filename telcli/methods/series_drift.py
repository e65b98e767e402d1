"""How fast series move by themselves: the slope of each, where the last months and those before them agree on it.

References
----------
P. Sen, Estimates of the regression coefficient based on Kendall's tau, J. Amer. Statist. Assoc. 63, 1968, 1379-1389.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.damping import MANY, damped
from telcli.methods.robust_scale import middle, spread

__all__ = ["drifts", "slopes_of"]

Floats = NDArray[np.float64]
_LEAST = 6
"""Values from which on a slope is told."""
_RECENT = 6
"""Last months that the older slope is not of: what fell since is a fall and no drift."""
_EFFICIENCY = 0.9
"""What a median of slopes knows of what least squares would know, of a normal series."""


def slopes_of(series: ArrayLike) -> tuple[Floats, Floats]:
    """Theil-Sen slope of each series of the shape (series, steps), NaN where not known, and its standard error.

    NaN of fewer than six values.

    >>> slope, error = slopes_of([[1.0, 2.0, 3.0, 40.0, 5.0, 6.0, 7.0], [1.0, np.nan, 3.0, np.nan, np.nan, 1.0, 1.0]])
    >>> slope.round(2).tolist(), error.round(2).tolist()
    ([1.0, nan], [1.5, nan])
    """
    told = np.asarray(series, dtype=np.float64)
    slope, error = np.full(told.shape[0], np.nan), np.full(told.shape[0], np.nan)
    enough = np.isfinite(told).sum(axis=1) >= _LEAST
    if not enough.any():
        return slope, error
    first, last = np.triu_indices(told.shape[1], 1)
    rows = told[enough]
    slope[enough] = middle((rows[:, last] - rows[:, first]) / (last - first))
    steps = np.where(np.isfinite(rows), np.arange(told.shape[1], dtype=np.float64), np.nan)
    around = np.nansum(np.square(steps - np.nanmean(steps, axis=1, keepdims=True)), axis=1)
    error[enough] = spread(rows - slope[enough][:, None] * steps) / np.sqrt(_EFFICIENCY * around)
    return slope, error


def drifts(before: ArrayLike, window: int = 12) -> Floats:
    """By how much a month each series moves, of the shape (series,), by the months before, (series, months).

    The slope of the last `window` months and that of as many before the last six, each less what may be chance; the
    lesser of the two, 0 where they point to either side. Where the older ones are too few to tell, all series move as
    the middle one of many does.

    >>> drifts([[float(at) for at in range(18)], [0.0] * 12 + [-1.0] * 6]).round(3).tolist()
    [1.0, 0.0]
    """
    told = np.asarray(before, dtype=np.float64)
    recent, older = slopes_of(told[:, -window:]), slopes_of(told[:, :-_RECENT][:, -window:])
    if np.isfinite(older[0]).sum() < min(MANY, told.shape[0]):
        known = np.isfinite(recent[0])
        return np.full(told.shape[0], np.median(recent[0][known]) if known.sum() >= MANY else 0.0)
    ends = damped(*recent), damped(*older)
    least: Floats = np.where(np.abs(ends[0]) < np.abs(ends[1]), *ends)
    return np.where(np.sign(ends[0]) == np.sign(ends[1]), least, 0.0)
