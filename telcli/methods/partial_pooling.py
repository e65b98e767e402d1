"""Estimates of many periods or groups put together: how far each is believed, and what to expect of the next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit

from telcli.errors import DataError

__all__ = ["Pooled", "paule_mandel", "random_effects"]

Floats = NDArray[np.float64]


class Pooled(NamedTuple):
    """Mean effect with its interval, the interval of a new period's effect, and how the periods differ.

    `spread` is the variance between periods (tau^2), `q` Cochran's Q about the mean of fixed effects, `share` (I^2,
    0..1) the part of the differences that is not chance, `shrunk` each period's effect drawn to the mean.
    """

    mean: float
    low: float
    high: float
    next_low: float
    next_high: float
    spread: float
    q: float
    share: float
    shrunk: Floats


def random_effects(
    effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95, spread: float | None = None
) -> Pooled:
    """Normal-normal pooling of independent estimates with known variances, one per period.

    The variance between periods is Paule and Mandel's, or `spread` where it is given. The interval of the mean is
    Hartung and Knapp's with k - 1 degrees of freedom, never narrower than the usual one (their factor is at least 1);
    one period alone has the normal interval. A new period's effect has Higgins, Thompson and Spiegelhalter's (2009)
    interval with k - 2 degrees of freedom, at least 1.

    Raises
    ------
    DataError
        No estimate, or a variance that is not above 0.

    Source: Hartung and Knapp (2001), Stat. Med. 20; Roever, Knapp and Friede (2015), BMC Med. Res. Methodol. 15.

    >>> found = random_effects([1.0, 3.0], [1.0, 1.0])
    >>> found.mean, round(found.spread, 6), found.shrunk.round(6).tolist()
    (2.0, 1.0, [1.5, 2.5])
    """
    own, noise = _checked(effects, variances)
    between = paule_mandel(own, noise) if spread is None else spread
    weight = 1.0 / (noise + between)
    mean = float(weight @ own / weight.sum())
    freedom = own.size - 1
    factor = max(float(weight @ (own - mean) ** 2) / freedom, 1.0) if freedom else 1.0
    error = float(np.sqrt(factor / weight.sum()))
    tail = 0.5 + level / 2.0
    reach = error * float(stdtrit(freedom, tail) if freedom else ndtri(tail))
    ahead = np.sqrt(between + 1.0 / weight.sum())
    ahead *= stdtrit(max(freedom - 1, 1), tail) if freedom else ndtri(tail)
    ahead = max(float(ahead), reach)
    q = _cochran(own, noise)
    share = max(0.0, 1.0 - freedom / q) if q > 0 else 0.0
    drawn = mean + between / (between + noise) * (own - mean)
    return Pooled(mean, mean - reach, mean + reach, mean - ahead, mean + ahead, between, q, share, drawn)


def paule_mandel(effects: ArrayLike, variances: ArrayLike) -> float:
    """The variance between groups at which the weighted squares are what chance would have: sum w (y - m)^2 = k - 1.

    Source: Paule and Mandel (1982), J. Res. Natl. Bur. Stand. 87; preferred by Veroniki and others (2016).

    >>> round(paule_mandel([1.0, 3.0], [1.0, 1.0]), 6), paule_mandel([1.0, 1.1], [1.0, 1.0])
    (1.0, 0.0)
    """
    own, noise = _checked(effects, variances)

    def excess(between: float) -> float:
        weight = 1.0 / (noise + between)
        return float(weight @ (own - weight @ own / weight.sum()) ** 2) - (own.size - 1)

    if own.size < 2 or excess(0.0) <= 0:
        return 0.0
    high = float(np.ptp(own)) ** 2
    while excess(high) > 0:
        high *= 2.0
    return float(brentq(excess, 0.0, high, xtol=1e-14, rtol=1e-12))


def _cochran(own: Floats, noise: Floats) -> float:
    weight = 1.0 / noise
    return float(weight @ (own - weight @ own / weight.sum()) ** 2)


def _checked(effects: ArrayLike, variances: ArrayLike) -> tuple[Floats, Floats]:
    own, noise = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if not own.size or own.shape != noise.shape:
        raise DataError("shape-mismatch", "Labels and decisions differ in length.")
    if not (np.isfinite(own).all() and np.isfinite(noise).all() and (noise > 0).all()):
        raise DataError(
            "pooling-variance", "An estimate without a variance above 0 cannot be put together with others."
        )
    return own, noise
