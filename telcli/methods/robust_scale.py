"""Robust z: how far a value lies from earlier ones, in a spread that outliers do not move and few values do not fool.

The spread is 1.4826 MAD, made unbiased for few values. Of many series each borrows from the others by as much as their
spreads are alike (empirical Bayes), and what is left unsure of it goes into the degrees of freedom of the t-like law
that chances are told by.

References
----------
B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, ASQC 1993: 1.4826 MAD, mean deviation where it is 0.
C. Croux and P. Rousseeuw, Time-efficient algorithms for two highly robust estimators of scale, 1992: small samples.
G. Smyth, Linear models and empirical Bayes methods, Stat. Appl. Genet. Mol. Biol. 3(1), 2004: spreads that borrow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import polygamma, psi

__all__ = ["MAD_EFFICIENCY", "Spreads", "borrowed", "middle", "robust_z", "spread"]

Floats = NDArray[np.float64]
_TO_SD = 1.482602218505602
_MEAN_TO_SD = 1.2533141373155
_FEW = (np.nan, np.nan, 1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107)
"""By how much 1.4826 MAD of 2 to 9 normal values falls short of their sd."""
MAD_EFFICIENCY = 0.37
"""Values of a normal series that a MAD of one more value is worth to the sd."""


class Spreads(NamedTuple):
    """Spread of each series, of the shape (series,), and the degrees of freedom that it is known by."""

    sd: Floats
    freedom: Floats


def middle(values: ArrayLike) -> Floats:
    """Median of the values known along the last axis, NaN of none: as numpy's nanmedian, of many short rows sooner.

    >>> middle([[3.0, np.nan, 1.0], [np.nan] * 3]).tolist()
    [2.0, nan]
    """
    held = np.sort(np.asarray(values, dtype=np.float64), axis=-1)
    count = np.isfinite(held).sum(axis=-1)[..., None]
    low, high = (np.take_along_axis(held, np.maximum(at, 0), axis=-1) for at in ((count - 1) // 2, count // 2))
    found: Floats = np.where(count > 0, (low + high) / 2.0, np.nan)[..., 0]
    return found


def spread(values: ArrayLike) -> Floats:
    """Spread (sd) along the last axis by 1.4826 MAD, unbiased for few; by the mean deviation where most are the same.

    Values not known are left out; NaN of fewer than two.

    >>> spread([[1.0, 2.0, 3.0, 4.0, 100.0], [5.0, 5.0, 5.0, 5.0, 9.0]]).round(3).tolist()
    [1.788, 1.253]
    """
    told = np.asarray(values, dtype=np.float64)
    count = np.isfinite(told).sum(axis=-1)
    found = np.full(count.shape, np.nan)
    enough = count >= 2
    if not enough.any():
        return found
    rows = np.where(np.isfinite(told), told, np.nan)[enough]
    off = np.abs(rows - middle(rows)[..., None])
    mad = middle(off)
    number = count[enough]
    factor = np.where(number < len(_FEW), np.array(_FEW)[np.minimum(number, len(_FEW) - 1)], number / (number - 0.8))
    mean = _MEAN_TO_SD * np.nanmean(off, axis=-1) * number / (number - 1)
    found[enough] = np.where(mad > 0, _TO_SD * factor * mad, mean)
    return found


def robust_z(value: float, earlier: ArrayLike) -> float:
    """(value - median) / (1.4826 MAD) of the earlier values; infinite where they were all the same and this is not.

    >>> round(robust_z(40.0, [50.0, 52.0, 49.0, 51.0, 48.0, 50.0, 53.0, 47.0, 50.0, 51.0]), 2)
    -6.21
    """
    told = np.asarray(earlier, dtype=np.float64)
    off, sd = value - float(np.nanmedian(told)), float(spread(told))
    if sd > 0.0:
        return off / sd
    return 0.0 if off == 0.0 else float(np.copysign(np.inf, off))


def borrowed(sd: ArrayLike, freedom: ArrayLike, least: float = 0.0) -> Spreads:
    """Spreads that borrow from each other: (d0 s0^2 + d s^2) / (d0 + d), known by d0 + d degrees of freedom.

    d0 and s0 are what the logarithms of all spreads say: d0 is large where they differ no more than by chance. One
    series alone borrows nothing. No spread is below `least`; one not known is that of the others.

    >>> alike = borrowed([1.0, 1.1, 0.9, 1.05, 0.95], [4.0] * 5)
    >>> alike.sd.round(2).tolist(), bool((alike.freedom > 100).all())
    ([1.14, 1.14, 1.14, 1.14, 1.14], True)
    >>> borrowed([2.0], [4.0]).freedom.tolist()
    [4.0]
    """
    s, d = np.asarray(sd, dtype=np.float64), np.asarray(freedom, dtype=np.float64)
    told = np.isfinite(s) & (s > 0.0) & (d > 0.0)
    if told.sum() < 3:
        known = np.where(np.isfinite(s), s, least)
        return Spreads(np.maximum(known, least), np.where(np.isfinite(s), d, 1.0))
    logs = 2.0 * np.log(s[told]) - psi(d[told] / 2.0) + np.log(d[told] / 2.0)
    beyond = float(np.var(logs, ddof=1) - np.mean(polygamma(1, d[told] / 2.0)))
    d0 = min(2.0 * _inverse_trigamma(beyond), _MOST) if beyond > 0.0 else _MOST
    s0 = float(np.exp(0.5 * (np.mean(logs) + psi(d0 / 2.0) - np.log(d0 / 2.0))))
    own = np.where(np.isfinite(s), d, 0.0)
    square = (d0 * s0**2 + own * np.square(np.where(np.isfinite(s), s, 0.0))) / (d0 + own)
    return Spreads(np.maximum(np.sqrt(square), least), d0 + own)


_MOST = 1000.0
"""Degrees of freedom that are as good as any number of them."""


def _inverse_trigamma(value: float) -> float:
    """Where trigamma has a value above 0, by Newton's method on its inverse (Smyth 2004, appendix)."""
    if value > 1e7:
        return float(1.0 / np.sqrt(value))
    if value < 1e-6:
        return 1.0 / value
    at = 0.5 + 1.0 / value
    for _ in range(50):
        height = float(polygamma(1, at))
        move = height * (1.0 - height / value) / float(polygamma(2, at))
        at += move
        if abs(move) < 1e-8 * at:
            break
    return float(at)
