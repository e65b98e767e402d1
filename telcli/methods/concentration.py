"""Who brings the money: cumulative value by share of customers, and how unequal it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Concentration", "concentration", "gini", "gini_gross", "lorenz_curve", "top_share", "whale_curve"]

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


def gini_gross(values: ArrayLike) -> float:
    """Gini coefficient of values that may be negative, over all money that moves: 0..1, whatever their total is.

    G = sum_i (2 i - n - 1) x_(i) / (n sum |x|), x_(i) ascending; `gini` where nobody is below nothing, 0 where all are
    nothing. With losses `gini` may go beyond 1, having the net total below; this one does not.

    Source: Raffinetti, Siletti and Vernizzi (2015), "On the Gini coefficient normalization when attributes with
    negative values are considered", Statistical Methods & Applications 24, for a whole population.

    >>> gini_gross([0.0, 0.0, 0.0, 4.0]), gini_gross([-3.0, 3.0])
    (0.75, 0.5)
    """
    ordered = np.sort(_clean(values))
    size, moved = len(ordered), float(np.abs(ordered).sum())
    if not moved:
        return 0.0
    return float((2.0 * np.arange(1, size + 1) - size - 1) @ ordered / (size * moved))


def lorenz_curve(values: ArrayLike, points: int = 101) -> tuple[Array, Array]:
    """Cumulative value, the least valuable customers first, at evenly spaced shares of customers.

    It never lies above the straight line to the total, and begins by falling where customers cost money.

    >>> [side.tolist() for side in lorenz_curve([60.0, 50.0, -10.0, 0.0], points=5)]
    [[0.0, 0.25, 0.5, 0.75, 1.0], [0.0, -10.0, -10.0, 40.0, 100.0]]
    """
    return _along(np.sort(_clean(values)), points)


@dataclass(frozen=True)
class Concentration:
    """How value is spread over customers; shares of the net total are None where that is not above nothing.

    Parameters
    ----------
    gain, loss : what customers above and below nothing add up to; loss is 0 or less.
    loss_makers : how many are below nothing.
    loss_maker_share : their share of customers, 0..1.
    eaten : share of the gain that they eat, -loss / gain; None without a gain.
    peak_share : the top of the whale curve, gain over the net total, 1 or more.
    peak_at : the share of customers it is reached at: those above nothing.
    top_20_share : share of the net total that the best fifth brings.
    gini, gini_gross : see there.
    """

    gain: float
    loss: float
    loss_makers: int
    loss_maker_share: float
    eaten: float | None
    peak_share: float | None
    peak_at: float
    top_20_share: float | None
    gini: float | None
    gini_gross: float


def concentration(values: ArrayLike) -> Concentration:
    """The whale curve and the Lorenz curve in figures.

    Parameters
    ----------
    values : array of shape (customers,)
        Money per customer; not empty, no NaN.

    >>> about = concentration([60.0, 50.0, -10.0, 0.0])
    >>> about.peak_share, about.peak_at, round(about.eaten, 4)
    (1.1, 0.5, 0.0909)
    """
    ordered = np.sort(_clean(values))
    size, losing = len(ordered), int((ordered < 0).sum())
    gain, loss, total = float(ordered[ordered > 0].sum()), float(ordered[:losing].sum()), float(ordered.sum())
    return Concentration(
        gain=gain,
        loss=loss,
        loss_makers=losing,
        loss_maker_share=losing / size,
        eaten=abs(loss) / gain if gain > 0 else None,
        peak_share=gain / total if total > 0 else None,
        peak_at=float((ordered > 0).sum()) / size,
        top_20_share=top_share(ordered, 0.2) if total > 0 else None,
        gini=gini(ordered) if total > 0 else None,
        gini_gross=gini_gross(ordered),
    )


def _along(ordered: Array, points: int) -> tuple[Array, Array]:
    shares = np.linspace(0.0, 1.0, points)
    money = np.concatenate([[0.0], np.cumsum(ordered)])
    return shares, np.interp(shares, np.linspace(0.0, 1.0, len(money)), money)


def _clean(values: ArrayLike) -> Array:
    found = np.asarray(values, dtype=float)
    if found.ndim != 1 or found.size == 0 or not np.isfinite(found).all():
        raise ValueError("values must be one row of finite numbers, not empty")
    return found
