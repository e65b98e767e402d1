"""Whether the arms of a trial are as large as the draw made them, and alike in what was known before it.

A trial whose arms are not of the size they were drawn in has lost or gained customers on the way, and its comparison is
not to be trusted (sample-ratio mismatch). The chance at which that is said is small, since the check is made at every
evaluation.

References
----------
A. Fabijan et al., Diagnosing sample ratio mismatch in online controlled experiments, KDD 2019.
P. C. Austin, Balance diagnostics for comparing the distribution of baseline covariates between treatment groups,
Statistics in Medicine 28, 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MISMATCH", "SampleRatio", "sample_ratio", "standardised_difference"]

Floats = NDArray[np.float64]
MISMATCH = 0.001
"""Chance below which arms are not as they were drawn."""
_FEW = 5.0
"""Expected customers of an arm below which a stratum has no place in a chi-square."""
_EXACT = 200.0
"""Variance up to which the distribution of the count is added up; beyond it, it is as good as normal."""


@dataclass(frozen=True)
class SampleRatio:
    """Customers held out, how many were to be expected, and the chances of differing as much.

    `chance` is that of the total (exact where it is small); `square` is chi-square over strata large enough for it,
    `strata` how many those are, and `chance_strata` its chance, None where there are none.
    """

    held_out: int
    expected: float
    chance: float
    square: float
    strata: int
    chance_strata: float | None


def sample_ratio(held_out: ArrayLike, customers: ArrayLike, chance: ArrayLike) -> SampleRatio:
    """Compare the customers held out with the chances they were drawn with, stratum by stratum and in all.

    Parameters
    ----------
    held_out, customers : arrays of shape (strata,)
        Held-out customers of each stratum, and all of it.
    chance : array of shape (strata,)
        The chance of being held out there, 0..1.

    >>> found = sample_ratio([2], [10], [0.5])
    >>> found.expected, round(found.chance, 4), round(found.chance_strata, 4)
    (5.0, 0.1094, 0.0578)
    >>> round(sample_ratio([90, 60], [1000, 1000], [0.1, 0.1]).chance, 6)
    0.000128
    """
    from scipy.special import bdtr, bdtrc, chdtrc, ndtr

    out, of = np.asarray(held_out, dtype=np.int64), np.asarray(customers, dtype=np.int64)
    a = np.asarray(chance, dtype=np.float64)
    expected, spread = of * a, of * a * (1.0 - a)
    total = int(out.sum())
    if len(set(a.tolist())) == 1:
        few = float(bdtr(total, int(of.sum()), a[0]))
        many = float(bdtrc(total - 1, int(of.sum()), a[0])) if total else 1.0
    elif spread.sum() <= _EXACT:
        few, many = _tails(total, of, a)
    else:
        away = (total - expected.sum()) / np.sqrt(spread.sum())
        few, many = float(ndtr(away)), float(ndtr(-away))
    large = (expected >= _FEW) & (of - expected >= _FEW)
    strata = int(large.sum())
    square = float((((out - expected) ** 2)[large] / spread[large]).sum())
    return SampleRatio(
        held_out=total,
        expected=float(expected.sum()),
        chance=min(2.0 * min(few, many), 1.0),
        square=square,
        strata=strata,
        chance_strata=float(chdtrc(strata, square)) if strata else None,
    )


def standardised_difference(value: ArrayLike, treated: ArrayLike, weight: ArrayLike | None = None) -> float:
    """How far the means of the arms lie apart, in standard deviations; NaN where nothing varies or an arm is empty.

    Beyond about 0.1 an imbalance is worth a look (Austin), beyond chance it is one: with n1 and n0 customers chance
    alone gives a spread of sqrt(1 / n1 + 1 / n0).

    >>> standardised_difference([1.0, 3.0, 2.0, 4.0], [1, 1, 0, 0])
    -1.0
    """
    x, t = np.asarray(value, dtype=np.float64), np.asarray(treated, dtype=bool)
    w = np.ones(x.size) if weight is None else np.asarray(weight, dtype=np.float64)
    found, spread = [], []
    for arm in (t & (w > 0), ~t & (w > 0)):
        if not arm.any():
            return float("nan")
        mean = float(np.average(x[arm], weights=w[arm]))
        found.append(mean)
        spread.append(float(np.average((x[arm] - mean) ** 2, weights=w[arm])))
    whole = float(np.sqrt(sum(spread) / 2.0))
    return (found[0] - found[1]) / whole if whole > 1e-12 else float("nan")


def _tails(total: int, of: NDArray[np.int64], a: Floats) -> tuple[float, float]:
    """The chances of as few and of as many in all, of strata with a chance each: their counts' distributions folded."""
    from scipy.stats import binom

    whole = np.ones(1)
    for size, share in zip(of.tolist(), a.tolist(), strict=True):
        whole = np.convolve(whole, binom.pmf(np.arange(size + 1), size, share))
    return min(float(whole[: total + 1].sum()), 1.0), min(float(whole[total:].sum()), 1.0)
