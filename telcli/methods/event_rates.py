"""How often things happen per customer and month: intervals of rates, and whether one is above the months before."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammaincinv

__all__ = ["dispersion", "expected_range", "rate_interval", "rate_ratio", "rise_chance"]

Floats = NDArray[np.float64]


def rate_interval(
    events: ArrayLike, exposure: ArrayLike, level: float = 0.95, spread: ArrayLike = 1.0
) -> tuple[Floats, Floats]:
    """Between what the rate of events per unit of exposure lies with the chance `level`; NaN without exposure.

    Exact for a Poisson number of events: low = G(x; (1 - level)/2) / e, high = G(x + 1; (1 + level)/2) / e, where
    G(a; p) is the p-quantile of the gamma distribution of shape a. Where events come in bunches the counts are first
    divided by `spread`, the variance over the mean, and the ends multiplied by it.

    Source: Garwood (1936), Biometrika 28, 437-442.

    >>> [end.round(4).tolist() for end in rate_interval([10, 0], [1.0, 2.0])]
    [[4.7954, 0.0], [18.3904, 1.8444]]
    >>> [float(end) for end in rate_interval(20, 1.0, spread=2.0)[0:1]] == [2 * float(rate_interval(10, 1.0)[0])]
    True
    """
    found, seen = _events(events), np.asarray(exposure, dtype=np.float64)
    known = np.where(seen > 0, seen, np.nan)
    tail, wide = (1.0 - level) / 2.0, np.asarray(spread, dtype=np.float64)
    alone = found / wide
    low = np.where(found > 0, gammaincinv(np.maximum(alone, 1e-12), tail), 0.0)
    return low * wide / known, gammaincinv(alone + 1.0, 1.0 - tail) * wide / known


def rate_ratio(
    events: ArrayLike, exposure: ArrayLike, before: ArrayLike, exposure_before: ArrayLike, spread: ArrayLike = 1.0
) -> tuple[Floats, Floats, Floats]:
    """The ratio of two rates and its 95% interval: (x / e) / (y / f); NaN without exposure, infinite where y is 0.

    Given x + y, x is binomial with share p = r e / (r e + f), r the ratio: the ends of Clopper and Pearson's interval
    of that share are those of r. Where events come in bunches the counts are first divided by `spread`, the variance
    over the mean (quasi-Poisson), so that the interval is as wide as that many fewer events give.

    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Clopper and Pearson (1934).

    >>> [round(float(end), 3) for end in rate_ratio(30, 1000.0, 20, 1000.0)]
    [1.5, 0.824, 2.787]
    """
    from scipy.special import betaincinv

    x, y = _events(events), _events(before)
    e, f = np.asarray(exposure, dtype=np.float64), np.asarray(exposure_before, dtype=np.float64)
    e, f = np.where(e > 0, e, np.nan), np.where(f > 0, f, np.nan)
    wide = np.asarray(spread, dtype=np.float64)
    a, b = x / wide, y / wide
    low_share = np.where(x > 0, betaincinv(np.maximum(a, 1e-12), b + 1.0, 0.025), 0.0)
    high_share = np.where(y > 0, betaincinv(a + 1.0, np.maximum(b, 1e-12), 0.975), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((x > 0) | (y > 0), (x / e) / (y / f), np.nan)
        low, high = (share / (1.0 - share) * f / e for share in (low_share, high_share))
    return ratio, low, high


def rise_chance(
    events: ArrayLike, exposure: ArrayLike, before: ArrayLike, exposure_before: ArrayLike, spread: ArrayLike = 1.0
) -> Floats:
    """The chance (0..1) of so many events or more, were the rate still that of before.

    Given x + y, x is binomial with share e / (e + f) then: P(X >= x) = I(e / (e + f); x, y + 1), I the regularized
    incomplete beta function; counts divided by `spread` as in `rate_ratio`. 1 where nothing happened.

    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323.

    >>> rise_chance([30, 0], 1000.0, [20, 3], 1000.0).round(4).tolist()
    [0.1013, 1.0]
    """
    x, y = _events(events), _events(before)
    e, f = np.asarray(exposure, dtype=np.float64), np.asarray(exposure_before, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        share = e / (e + f)
    wide = np.asarray(spread, dtype=np.float64)
    found = np.where(x > 0, betainc(np.maximum(x / wide, 1e-12), y / wide + 1.0, share), 1.0)
    chance: Floats = np.where((e > 0) & (f > 0), found, np.nan)
    return chance


def expected_range(
    of: ArrayLike, before: ArrayLike, of_before: ArrayLike, spread: ArrayLike = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Between how many of `of` a thing happens to with the chance `level`, while the share is that of before.

    Predictive: what is not known of the share (a beta with Jeffreys' prior) and chance together make the number beta
    binomial. Counts are divided by `spread` as in `rate_ratio`, and the ends multiplied by it. NaN where there is
    nobody now, or was nobody before.

    Source: Gelman and others, Bayesian Data Analysis (2013), sections 2.4 and 2.8.

    >>> [float(end) for end in expected_range(100, 40, 1000)]
    [1.0, 9.0]
    """
    from scipy.stats import betabinom  # costly to load, and needed by few

    y, wide = _events(before), np.asarray(spread, dtype=np.float64)
    e, f = np.asarray(of, dtype=np.float64), np.asarray(of_before, dtype=np.float64)
    known = (e > 0) & (f > 0)
    a, b = y / wide + 0.5, np.maximum(np.where(known, f, y) - y, 0.0) / wide + 0.5
    trials = np.maximum(np.round(np.where(known, e, 1.0) / wide), 1.0)
    tail = (1.0 - level) / 2.0
    ends = (np.asarray(betabinom.ppf(at, trials, a, b)) * wide for at in (tail, 1.0 - tail))
    low, high = (np.where(known, np.minimum(end, e), np.nan) for end in ends)
    return low, high


def dispersion(events: ArrayLike, exposure: ArrayLike) -> Floats:
    """By how much the counts of each row vary more from month to month than by chance alone: 1 or more.

    Pearson's sum of (x - m)^2 / m over its degrees of freedom, m the exposure times the row's own rate. The pooled
    value of all rows is the least a row has, since few months tell little; never below 1.

    Parameters
    ----------
    events, exposure : arrays of shape (rows, months)
        Exposure in any unit, 0 where a month is not seen.

    Source: McCullagh and Nelder (1989), Generalized Linear Models, section 4.5.

    >>> dispersion([[10, 12, 8, 11], [4, 30, 2, 20]], np.ones((2, 4))).round(2).tolist()
    [6.52, 12.76]
    """
    counts, seen = np.atleast_2d(_events(events)), np.atleast_2d(np.asarray(exposure, dtype=np.float64))
    total, there = counts.sum(axis=1, keepdims=True), seen.sum(axis=1, keepdims=True)
    mean = np.divide(total * seen, there, out=np.zeros_like(counts), where=there > 0)
    parts = np.divide((counts - mean) ** 2, mean, out=np.zeros_like(counts), where=mean > 0)
    free = np.maximum((mean > 0).sum(axis=1) - 1, 0)
    own = np.divide(parts.sum(axis=1), free, out=np.ones(len(counts)), where=free > 0)
    # a row of next to no events tells nothing of how events bunch
    heavy = (free > 0) & (total[:, 0] >= 2 * np.maximum(free, 1))
    pooled = parts[heavy].sum() / free[heavy].sum() if heavy.any() else 1.0
    widest: Floats = np.maximum(np.maximum(np.where(heavy, own, 1.0), pooled), 1.0)
    return widest


def _events(events: ArrayLike) -> Floats:
    found = np.asarray(events, dtype=np.float64)
    if not (np.isfinite(found).all() and (found >= 0).all()):
        raise ValueError("events must be known and not negative")
    return found
