"""How two groups differ in a share or a mean, plainly and among customers who are alike, with intervals.

Differences of strata are put together by the weights of Mantel and Haenszel, n1 n0 / (n1 + n0), so that a stratum in
which only one group stands says nothing; the variance is that of each stratum, and holds for shares and amounts.

References
----------
R. G. Newcombe (1998), Interval estimation for the difference between independent proportions, Stat. Med. 17, 873-890.
S. Greenland and J. M. Robins (1985), Estimation of a common effect parameter from sparse follow-up data, Biometrics 41.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from telcli.methods.intervals import Z95

__all__ = ["Estimate", "alike_difference", "mean_interval", "plain_difference", "share_interval"]

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A figure and its 95% interval; NaN where there are too few to tell."""

    value: float
    low: float
    high: float


UNKNOWN = Estimate(np.nan, np.nan, np.nan)


def share_interval(hits: float, of: float) -> Estimate:
    """A share by Wilson's score interval.

    >>> [round(end, 4) for end in share_interval(81, 263)]
    [0.308, 0.2553, 0.3662]
    """
    if of <= 0:
        return UNKNOWN
    share, z2 = hits / of, Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * np.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return Estimate(share, float(max(middle - half, 0.0)), float(min(middle + half, 1.0)))


def mean_interval(values: ArrayLike) -> Estimate:
    """A mean by Student's t.

    >>> [round(end, 3) for end in mean_interval([1.0, 2.0, 3.0])]
    [2.0, -0.484, 4.484]
    """
    found = np.asarray(values, dtype=np.float64)
    if found.size < 2:
        return Estimate(float(found.mean()), np.nan, np.nan) if found.size else UNKNOWN
    half = float(stats.t.ppf(0.975, found.size - 1) * found.std(ddof=1) / np.sqrt(found.size))
    return Estimate(float(found.mean()), float(found.mean()) - half, float(found.mean()) + half)


def plain_difference(ones: ArrayLike, others: ArrayLike, *, shares: bool) -> Estimate:
    """Mean of `ones` less that of `others`: of 0 and 1 by Newcombe's interval, of amounts by Welch's.

    >>> found = plain_difference([1] * 56 + [0] * 14, [1] * 48 + [0] * 32, shares=True)
    >>> [round(end, 4) for end in found]
    [0.2, 0.0524, 0.3339]
    """
    one, other = np.asarray(ones, dtype=np.float64), np.asarray(others, dtype=np.float64)
    if not one.size or not other.size:
        return UNKNOWN
    gap = float(one.mean() - other.mean())
    if shares:
        first, second = share_interval(one.sum(), one.size), share_interval(other.sum(), other.size)
        down = np.hypot(first.value - first.low, second.high - second.value)
        up = np.hypot(first.high - first.value, second.value - second.low)
        return Estimate(gap, gap - float(down), gap + float(up))
    if min(one.size, other.size) < 2:
        return Estimate(gap, np.nan, np.nan)
    parts = np.array([one.var(ddof=1) / one.size, other.var(ddof=1) / other.size])
    spread = float(parts.sum())
    if spread == 0:
        return Estimate(gap, gap, gap)
    free = spread**2 / float((parts**2 / np.array([one.size - 1, other.size - 1])).sum())
    half = float(stats.t.ppf(0.975, free) * np.sqrt(spread))
    return Estimate(gap, gap - half, gap + half)


def alike_difference(values: ArrayLike, ones: ArrayLike, strata: ArrayLike) -> Estimate:
    """Difference of a mean or share between `ones` (true) and others within strata, put together.

    `values` (0 and 1, or amounts), `ones` and `strata` have a row per customer. Strata with fewer than 2 on either
    side say nothing.

    >>> rng = np.random.default_rng(0)
    >>> stratum = np.repeat([0, 1], 500)
    >>> one = rng.random(1000) < np.where(stratum == 1, 0.8, 0.2)
    >>> found = alike_difference(10.0 * stratum + rng.normal(size=1000), one, stratum)
    >>> abs(found.value) < 0.2, found.low < 0 < found.high
    (True, True)
    """
    amount, side = np.asarray(values, dtype=np.float64), np.asarray(ones, dtype=bool)
    _, member = np.unique(np.asarray(strata), return_inverse=True)
    gaps, weights, variances = [], [], []
    for stratum in range(int(member.max(initial=-1)) + 1):
        here = member == stratum
        one, other = amount[here & side], amount[here & ~side]
        if min(one.size, other.size) < 2:
            continue
        gaps.append(one.mean() - other.mean())
        weights.append(one.size * other.size / (one.size + other.size))
        variances.append(one.var(ddof=1) / one.size + other.var(ddof=1) / other.size)
    if not gaps:
        return UNKNOWN
    share = np.array(weights) / np.sum(weights)
    gap = float(share @ np.array(gaps))
    half = Z95 * float(np.sqrt(share**2 @ np.array(variances)))
    return Estimate(gap, gap - half, gap + half)
