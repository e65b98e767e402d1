"""What use costs on a tariff: what is beyond the bundle, by whole units, at the price of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["beyond", "saving_interval", "whole_units"]

Floats = NDArray[np.float64]
_DUST = 1e-9
"""Of a unit: what floating point numbers leave of nothing begins no unit."""


def whole_units(used: ArrayLike, unit: float) -> Floats:
    """How many units were begun.

    Parameters
    ----------
    used : array
        Amounts, 0 or more.
    unit : float
        Size of a unit in the same measure, above 0.

    >>> whole_units([0.0, 1.0, 1024.0, 1024.1], 1024.0).tolist()
    [0.0, 1.0, 1.0, 2.0]
    """
    found: Floats = np.ceil(np.asarray(used, dtype=np.float64) / unit - _DUST)
    return np.maximum(found, 0.0)


def beyond(used: ArrayLike, included: float, price: float, unit: float) -> Floats:
    """The charge for what is beyond the bundle: price x ceil((used - included) / unit), 0 within it.

    Parameters
    ----------
    used : array
        Minutes, texts or MB of a month; calls rounded up one by one are so already.
    included : float
        Of the bundle, in the same measure; infinite where there is no limit.
    price : float
        Of a begun unit.
    unit : float
        Size of a unit, above 0.

    Returns
    -------
    Array of the same shape, in currency, rounded to ten-thousandths.

    >>> beyond([14_000.0, 15_360.0, 15_361.0, 20_000.0], 15_360.0, 10.0, 1024.0).tolist()
    [0.0, 0.0, 10.0, 50.0]
    """
    told = np.asarray(used, dtype=np.float64)
    if np.isinf(included):
        return np.zeros(told.shape)
    return np.round(price * whole_units(np.maximum(told - included, 0.0), unit), 4)


def saving_interval(
    mean: ArrayLike, square: ArrayLike, months: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """The ends of the interval of a mean of months, by Student's t; NaN where there are fewer than three.

    Parameters
    ----------
    mean, square : arrays
        Mean of the months' amounts, and of their squares.
    months : array
        How many months there are of each.
    level : float
        The chance that the interval holds the mean, 0..1.

    >>> [float(end.round(3)) for end in saving_interval(4.0, 20.0, 5)]
    [1.224, 6.776]
    """
    from scipy.special import stdtrit  # scipy.stats takes far longer to load

    middle, n = np.asarray(mean, dtype=np.float64), np.asarray(months, dtype=np.float64)
    enough = n >= 3
    many = np.where(enough, n, 3.0)
    spread = np.maximum(np.asarray(square, dtype=np.float64) - middle**2, 0.0) * many / (many - 1.0)
    reach = np.where(enough, stdtrit(many - 1.0, (1.0 + level) / 2.0) * np.sqrt(spread / many), np.nan)
    return middle - reach, middle + reach
