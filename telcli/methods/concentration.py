"""Who brings the money: cumulative value by share of customers, and how unequal it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["gini", "top_share", "whale_curve"]

Array = NDArray[np.float64]


def whale_curve(values: ArrayLike, points: int = 101) -> tuple[Array, Array]:
    """Cumulative value, the most valuable customers first, at evenly spaced shares of customers.

    The curve rises to its peak where customers stop adding value, and falls over those that cost money; it ends at
    the total. Between customers it is a straight line, so one customer in a thousand still has a point.

    Parameters
    ----------
    values : array of shape (customers,)
        Money per customer; not empty, no NaN.
    points : int
        Points returned, from share 0 to 1, both included; >= 2.

    Returns
    -------
    Shares of customers 0..1, and money up to each.

    Source: Kaplan and Narayanan, "Measuring and Managing Customer Profitability" (2001), the whale curve.

    >>> [side.tolist() for side in whale_curve([60.0, 50.0, -10.0, 0.0], points=5)]
    [[0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 60.0, 110.0, 110.0, 100.0]]
    """
    ordered = -np.sort(-_clean(values))
    return _along(ordered, points)


def top_share(values: ArrayLike, share: float) -> float:
    """Share of all value that the most valuable `share` of customers bring; above 1 where others cost money.

    >>> top_share([70.0, 10.0, 10.0, 10.0], 0.25)
    0.7
    """
    ordered = -np.sort(-_clean(values))
    places = np.linspace(0.0, 1.0, len(ordered) + 1)
    money = np.concatenate([[0.0], np.cumsum(ordered)])
    if money[-1] <= 0:
        raise ValueError("shares need values that add up to more than zero")
    return float(np.interp(share, places, money) / money[-1])


def gini(values: ArrayLike) -> float:
    """Gini coefficient: 0 all equal, near 1 one customer brings everything; above 1 only with negative values.

    G = (2 sum_i i x_(i)) / (n sum x) - (n + 1) / n, x_(i) ascending.

    >>> gini([1.0, 1.0, 1.0]), gini([0.0, 0.0, 0.0, 4.0])
    (0.0, 0.75)
    """
    ordered = np.sort(_clean(values))
    total, size = float(ordered.sum()), len(ordered)
    if total <= 0:
        raise ValueError("shares need values that add up to more than zero")
    return float(2.0 * (np.arange(1, size + 1) @ ordered) / (size * total) - (size + 1) / size)


def _along(ordered: Array, points: int) -> tuple[Array, Array]:
    shares = np.linspace(0.0, 1.0, points)
    money = np.concatenate([[0.0], np.cumsum(ordered)])
    return shares, np.interp(shares, np.linspace(0.0, 1.0, len(money)), money)


def _clean(values: ArrayLike) -> Array:
    found = np.asarray(values, dtype=float)
    if found.ndim != 1 or found.size == 0 or not np.isfinite(found).all():
        raise ValueError("values must be one row of finite numbers, not empty")
    return found
