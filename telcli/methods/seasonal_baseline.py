"""What a month is expected to be by the months before: the median of the last ones, or the same month a year ago.

The median may be moved by a damped drift of the series' own.

Series are logarithms, or other scales on which what drives them adds up, of the shape (series, months), NaN where not
known. Every month is foretold by earlier ones alone, so that what was missed in the past tells how far to trust the
next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.robust_scale import middle
from telcli.methods.series_drift import drifts

__all__ = ["YEAR", "baseline_of", "common_part", "foretold", "of_drift", "of_last_months", "of_last_value",
           "of_last_year", "steadier", "window_of"]  # fmt: skip

Floats = NDArray[np.float64]
YEAR = 12
"""Months of a season."""


def of_last_months(series: ArrayLike, window: int = 12, least: int = 4) -> Floats:
    """Median of up to `window` months before each, where at least `least` of them are known.

    >>> of_last_months([[1.0, 2.0, 9.0, 4.0]], window=3, least=2).tolist()
    [[nan, nan, 1.5, 2.0]]
    """
    told = np.asarray(series, dtype=np.float64)
    found = np.full_like(told, np.nan)
    for at in range(1, told.shape[-1]):
        before = told[..., max(0, at - window) : at]
        enough = np.isfinite(before).sum(axis=-1) >= least
        if enough.any():
            found[enough, at] = middle(before[enough])
    return found


def of_drift(series: ArrayLike, window: int = 12, least: int = 4) -> Floats:
    """Median of up to `window` months before each, moved on by the drift of each series.

    >>> of_drift([[float(month) for month in range(20)]])[0, 18:].round(6).tolist()
    [18.0, 19.0]
    """
    told = np.asarray(series, dtype=np.float64)
    found = np.full_like(told, np.nan)
    for at in range(1, told.shape[-1]):
        before = told[:, max(0, at - window) : at]
        enough = np.isfinite(before).sum(axis=-1) >= least
        if enough.any():
            ago = np.arange(before.shape[1], 0, -1)
            moved = before[enough] + drifts(told[enough, :at], window)[:, None] * ago
            found[enough, at] = middle(moved)
    return found


def of_last_year(series: ArrayLike, window: int = 6, least: int = 3) -> Floats:
    """The same month a year ago, moved by the median of how the last months stood to theirs (the trend).

    >>> year = [float(at) for at in range(12)]
    >>> of_last_year([[*year, 2.0, 3.0, 4.0, 5.0]], least=3)[0, 15:].tolist()  # three months of 2 above their year ago
    [5.0]
    """
    told = np.asarray(series, dtype=np.float64)
    found = np.full_like(told, np.nan)
    if told.shape[-1] <= YEAR:
        return found
    steps = told[..., YEAR:] - told[..., :-YEAR]
    found[..., YEAR:] = told[..., :-YEAR] + of_last_months(steps, window, least)
    return found


def of_last_value(series: ArrayLike, window: int = 12, least: int = 4) -> Floats:
    """The month before, moved by the median of the last steps: of what stands, as customers, and does not come anew.

    >>> of_last_value([[1.0, 2.0, 3.0, 9.0]], least=2).tolist()
    [[nan, nan, nan, 4.0]]
    """
    told = np.asarray(series, dtype=np.float64)
    found = np.full_like(told, np.nan)
    found[..., 1:] = told[..., :-1] + of_last_months(np.diff(told, axis=-1), window, least)
    return found


def common_part(series: ArrayLike, least: int = 20) -> Floats:
    """What the months of all series have in common, of the shape (months,): the median of what each is off its own.

    0 where fewer than `least` series are known in a month: a common part of few would take their own with it.

    >>> common_part([[1.0, 2.0, 4.0], [5.0, 6.0, 8.0]], least=2).tolist()
    [-1.0, 0.0, 2.0]
    """
    told = np.asarray(series, dtype=np.float64)
    found = np.zeros(told.shape[-1])
    known = np.isfinite(told).any(axis=-1)
    if known.sum() < least:
        return found
    off = told[known] - np.nanmedian(told[known], axis=-1, keepdims=True)
    enough = np.isfinite(off).sum(axis=0) >= least
    found[enough] = np.nanmedian(off[:, enough], axis=0)
    return found


def foretold(series: ArrayLike, how: str, window: int = 12, least: int = 4) -> Floats:
    """Each month by one of the ways: ``median``, ``drift``, ``last-year`` or ``last-value``."""
    if how == "drift":
        return of_drift(series, window, least)
    if how == "last-value":
        return of_last_value(series, window, least)
    if how == "last-year":
        return of_last_year(series, window_of(how, window), min(least, 3))
    return of_last_months(series, window, least)


def window_of(how: str, window: int) -> int:
    """Months, or steps between months, that the baseline of a way is the median of, at most.

    >>> window_of("median", 12), window_of("last-year", 12)
    (12, 6)
    """
    return min(window, _OF_STEPS) if how == "last-year" else window


_OF_STEPS = 6
_DRIFTS = 0.95


def baseline_of(series: ArrayLike, how: str = "auto", window: int = 12, least: int = 4) -> tuple[Floats, str]:
    """What every month was expected to be, and the way: ``median``, ``drift``, ``last-year`` or ``last-value``.

    ``median`` is with a drift where that foretold the months before the last better by a twentieth: among series that
    stand it would be so by a toss of a coin, and take the fall of a single one for its drift; ``auto`` takes
    ``last-year`` where that foretold them better by a tenth.

    >>> baseline_of(np.zeros((1, 9)), "median")[1], baseline_of([[float(at) for at in range(24)]])[1]
    ('median', 'drift')
    """
    told = np.asarray(series, dtype=np.float64)
    if how in ("last-value", "last-year"):
        return foretold(told, how, window, least), how
    last = told.shape[-1] - 1
    chosen = "median"
    ways = {name: foretold(told, name, window, least) for name in ("median", "drift", "last-year")}
    if steadier(told, ways["median"], ways["drift"], last, _DRIFTS):
        chosen = "drift"
    if how == "auto" and steadier(told, ways[chosen], ways["last-year"], last):
        chosen = "last-year"
    return ways[chosen], chosen


def steadier(series: ArrayLike, one: ArrayLike, other: ArrayLike, until: int, by: float = 0.9) -> bool:
    """Whether the second missed the months before `until` by less than `by` times the first, where both foretold them.

    False of fewer than six months foretold by both.

    >>> steadier([[1.0, 2.0, 3.0] * 2], [[0.0, 0.0, 0.0] * 2], [[1.0, 2.1, 3.0] * 2], 6)
    True
    """
    told = np.asarray(series, dtype=np.float64)[..., :until]
    missed = [np.abs(told - np.asarray(each)[..., :until]) for each in (one, other)]
    both = np.isfinite(missed[0]) & np.isfinite(missed[1])
    if both.sum() < _ENOUGH:
        return False
    return bool(np.median(missed[1][both]) < by * np.median(missed[0][both]))


_ENOUGH = 6
