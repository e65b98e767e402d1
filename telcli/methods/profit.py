"""Maximum profit (MPC) and expected maximum profit (EMPC) of a retention campaign, per customer.

Verbraken, Verbeke and Baesens (2013), IEEE TKDE 25(5). A campaign that targets the highest scores up to t earns
`P(t; gamma) = CLV (gamma (1 - delta) - phi) pi0 F0(t) - CLV (delta + phi) pi1 F1(t)` with `delta = d / CLV`,
`phi = f / CLV`; class 0 are the churners, F0 and F1 the shares of churners and stayers targeted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc
from sklearn import config_context
from sklearn.isotonic import isotonic_regression

from telcli.errors import DataError

__all__ = ["Hull", "Profit", "empc", "empc_of", "empc_perfect", "mpc", "mpc_of", "roc_hull", "roc_hulls"]

Floats = NDArray[np.float64]
Hull = tuple[Floats, Floats, float]
"""Corners (F0, F1) of a hull, and the churners' share pi0."""
_KNOWN = {"assume_finite": True, "skip_parameter_validation": True}


@dataclass(frozen=True)
class Profit:
    """Profit per customer in currency, and the share of customers to target for it (0..1)."""

    profit: float
    fraction: float


def roc_hull(y: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> Hull:
    """Corners (F0, F1) of the convex hull of the ROC curve from (0, 0) to (1, 1), and the churners' share pi0.

    The hull is the pool-adjacent-violators solution of churn on rank, so it costs O(n log n).

    >>> f0, f1, pi0 = roc_hull([0, 1, 0, 1], [0.1, 0.4, 0.5, 0.9])
    >>> f0.tolist(), f1.tolist(), pi0
    ([0.0, 0.5, 1.0, 1.0], [0.0, 0.0, 0.5, 1.0], 0.5)
    """
    mass = np.ones_like(np.asarray(y, dtype=np.float64)) if weight is None else np.asarray(weight, dtype=np.float64)
    return roc_hulls(y, score, mass[None])[0]


def roc_hulls(y: ArrayLike, score: ArrayLike, weights: ArrayLike) -> list[Hull]:
    """The hull of the same customers under each row of weights, as resampling makes them; they are ranked once.

    >>> [pi0 for _, _, pi0 in roc_hulls([0, 1], [0.1, 0.9], [[1, 1], [3, 1]])]
    [0.5, 0.25]
    """
    left, rank = np.asarray(y, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if not np.isfinite(rank).all() or left.shape != rank.shape:
        raise DataError("score-invalid", "Scores must be finite, one per customer.")
    _, group = np.unique(-rank, return_inverse=True)
    with config_context(**_KNOWN):
        return [_hull(left, group, mass) for mass in np.asarray(weights, dtype=np.float64)]


def _hull(left: Floats, group: NDArray[np.intp], mass: Floats) -> Hull:
    _both_kinds((left * mass).sum(), mass.sum())
    total, churners = np.bincount(group, mass), np.bincount(group, mass * left)
    keep = total > 0
    total, churners = total[keep], churners[keep]
    pooled = isotonic_regression(churners / total, sample_weight=total, increasing=False)
    ends = np.flatnonzero(np.append(np.diff(pooled) < -1e-12, True))
    all_churners, all_rest = churners.sum(), total.sum() - churners.sum()
    f0 = np.concatenate([[0.0], np.cumsum(churners)[ends] / all_churners])
    f1 = np.concatenate([[0.0], np.cumsum(total - churners)[ends] / all_rest])
    return f0, f1, float(all_churners / total.sum())


def mpc(
    y: ArrayLike,
    score: ArrayLike,
    *,
    value: float = 200.0,
    offer: float = 10.0,
    contact: float = 1.0,
    accept: float = 0.3,
    weight: ArrayLike | None = None,
) -> Profit:
    """Highest profit per customer at one acceptance rate; never below 0, which contacting nobody earns.

    >>> found = mpc([0, 1, 0, 1, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9])
    >>> round(found.profit, 6), found.fraction
    (23.875, 0.875)
    """
    return mpc_of(roc_hull(y, score, weight), value=value, offer=offer, contact=contact, accept=accept)


def mpc_of(hull: Hull, *, value: float, offer: float, contact: float, accept: float) -> Profit:
    """`mpc` from a hull, with value and costs in currency and the acceptance rate 0..1.

    >>> round(mpc_of(roc_hull([0, 1], [0.1, 0.9]), value=200.0, offer=10.0, contact=1.0, accept=0.3).profit, 6)
    28.0
    """
    _worth(value, offer, contact)
    f0, f1, pi0 = hull
    profit = (accept * (value - offer) - contact) * pi0 * f0 - (offer + contact) * (1 - pi0) * f1
    best = int(np.argmax(profit))
    return Profit(float(profit[best]), float(pi0 * f0[best] + (1 - pi0) * f1[best]))


def empc(
    y: ArrayLike,
    score: ArrayLike,
    *,
    value: float = 200.0,
    offer: float = 10.0,
    contact: float = 1.0,
    alpha: float = 6.0,
    beta: float = 14.0,
    weight: ArrayLike | None = None,
) -> Profit:
    """Profit per customer when the acceptance rate is unknown, gamma ~ Beta(alpha, beta), exact over the hull.

    Raises
    ------
    DataError
        One class only, scores that are not finite, `value` not above `offer`, or a negative cost.

    >>> found = empc([0, 1, 0, 1, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9])
    >>> round(found.profit, 6), round(found.fraction, 6)
    (23.875593, 0.87437)
    """
    return empc_of(roc_hull(y, score, weight), value=value, offer=offer, contact=contact, alpha=alpha, beta=beta)


def empc_of(hull: Hull, *, value: float, offer: float, contact: float, alpha: float, beta: float) -> Profit:
    """`empc` from a hull, with value and costs in currency and gamma ~ Beta(alpha, beta).

    >>> hull = roc_hull([0, 1], [0.1, 0.9])
    >>> round(empc_of(hull, value=200.0, offer=10.0, contact=1.0, alpha=6.0, beta=14.0).profit, 6)
    28.0
    """
    _worth(value, offer, contact)
    f0, f1, pi0 = hull
    pi1 = 1.0 - pi0
    cost = (offer + contact) * pi1 * np.diff(f1) + contact * pi0 * np.diff(f0)
    gain = (value - offer) * pi0 * np.diff(f0)
    # A step that brings no churner pays at no acceptance rate: where it costs nothing either, it may be left.
    cuts = np.divide(cost, gain, out=np.ones_like(gain), where=gain > 0)
    # Corner j is the best choice while gamma lies between cuts[j - 1] and cuts[j]; a hull's cuts rise.
    edges = np.concatenate([[0.0], np.minimum(np.maximum.accumulate(cuts), 1.0), [1.0]])
    mass = np.diff(betainc(alpha, beta, edges))
    first = alpha / (alpha + beta) * np.diff(betainc(alpha + 1.0, beta, edges))
    profit = (value - offer) * pi0 * f0 * first - (contact * pi0 * f0 + (offer + contact) * pi1 * f1) * mass
    return Profit(float(profit.sum()), float((mass * (pi0 * f0 + pi1 * f1)).sum()))


def empc_perfect(
    churn_rate: float,
    *,
    value: float = 200.0,
    offer: float = 10.0,
    contact: float = 1.0,
    alpha: float = 6.0,
    beta: float = 14.0,
) -> float:
    """EMPC of a model that knows who leaves: the bound for this churn rate (0..1), in currency per customer.

    >>> round(empc_perfect(0.5), 6)
    28.0
    """
    stay = 1.0 - churn_rate
    every = churn_rate + stay
    _both_kinds(churn_rate, every)
    hull = np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.0, stay / (every - churn_rate)]), churn_rate / every
    return empc_of(hull, value=value, offer=offer, contact=contact, alpha=alpha, beta=beta).profit


def _worth(value: float, offer: float, contact: float) -> None:
    if value <= offer:
        raise DataError(
            "profit-value",
            "A customer's value ({value:g}) must be above the cost of the offer ({offer:g}).",
            hint="Lower offer_cost in [predict-churn], or check the values.",
            value=value,
            offer=offer,
        )
    if offer < 0 or contact < 0:
        raise DataError("profit-costs", "Costs must not be negative.")


def _both_kinds(churners: float, customers: float) -> None:
    if not 0 < churners < customers:
        raise DataError("one-class", "There must be both churners and stayers to measure a model.")
