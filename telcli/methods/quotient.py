"""Between what a ratio of two estimates lies: of their standard errors, or of intervals that need not be even.

References
----------
E. C. Fieller, Some problems in interval estimation, J. R. Statist. Soc. B 16, 1954, 175-185.
A. Donner, G. Y. Zou, Closed-form confidence intervals for functions of the normal mean and standard deviation,
Statistical Methods in Medical Research 21, 2012 (MOVER: a ratio from the intervals of both its parts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

__all__ = ["Ratio", "fieller", "quotient"]

LEVEL = 0.95


@dataclass(frozen=True)
class Ratio:
    """A ratio and its 95% interval; an end is None where the interval has none on that side.

    `bounded` is False where the denominator may be 0: then no finite interval has the chance it claims.
    """

    value: float | None
    low: float | None
    high: float | None
    bounded: bool


def fieller(
    top: float, bottom: float, *, top_error: float, bottom_error: float, covariance: float = 0.0, level: float = LEVEL
) -> Ratio:
    """A ratio of two estimates and its interval: every ratio r for which top - r bottom may be 0.

    Where the denominator may be 0 at that level the set has no end upwards, and `bounded` is False; `low` is then the
    least ratio above 0 in it, where the numerator is surely above 0.

    >>> fieller(10.0, 5.0, top_error=1.0, bottom_error=0.5)
    Ratio(value=2.0, low=1.508..., high=2.650..., bounded=True)
    >>> fieller(10.0, 0.5, top_error=1.0, bottom_error=0.5)
    Ratio(value=20.0, low=6.559..., high=None, bounded=False)
    """
    if bottom == 0.0:
        return Ratio(None, None, None, bounded=False)
    z = float(ndtri(0.5 + level / 2.0)) ** 2
    a, b, c = bottom**2 - z * bottom_error**2, top * bottom - z * covariance, top**2 - z * top_error**2
    root = float(np.sqrt(max(b * b - a * c, 0.0)))
    if a > 0.0:
        return Ratio(top / bottom, (b - root) / a, (b + root) / a, bounded=True)
    # c / (b + root) is the root above 0, written so that a near 0 does it no harm
    least = c / (b + root) if top > 0.0 and c > 0.0 and b + root > 0.0 else None
    return Ratio(top / bottom, least, None, bounded=False)


def quotient(top: Sequence[float], bottom: Sequence[float], covariance: float = 0.0) -> Ratio:
    """Fieller's interval of a ratio of two estimates whose own intervals need not be even.

    Parameters
    ----------
    top, bottom : sequences of 3 numbers
        Value, low and high of each, low <= value <= high.
    covariance : float
        Of both estimates.

    Each end goes by the sides of both intervals on which it lies (MOVER), so that where `bottom` is surely above 0 the
    ratio is surely above 0 just when `top` is.

    >>> quotient((10.0, 8.04, 11.96), (5.0, 4.02, 5.98))
    Ratio(value=2.0, low=1.508..., high=2.650..., bounded=True)
    >>> round(quotient((-10.0, -12.0, 1.0), (5.0, 5.0, 5.0)).high, 6)
    0.2
    """
    z = float(ndtri(0.5 + LEVEL / 2.0))
    above = top[0] >= 0.0
    ends = []
    for lower in (True, False):
        far = top[0] - top[1] if lower else top[2] - top[0]
        wide = bottom[2] - bottom[0] if lower == above else bottom[0] - bottom[1]
        most = far * wide / z**2
        shared = min(max(covariance, -most), most)
        ends.append(fieller(top[0], bottom[0], top_error=far / z, bottom_error=wide / z, covariance=shared))
    low, high = ends
    return Ratio(low.value, low.low, high.high, low.bounded and high.bounded)
