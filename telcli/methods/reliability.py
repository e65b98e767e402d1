"""Predicted chances beside outcomes, in groups that predictions alone make: the points of a reliability curve.

References
----------
J. Broecker and L. A. Smith (2007), Increasing the Reliability of Reliability Diagrams, Weather and Forecasting 22.
D. W. Hosmer and S. Lemeshow (1980), Goodness of fit tests for the multiple logistic regression model: groups of which
few outcomes are expected say nothing and are taken together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.rates import wilson

__all__ = ["reliability", "reliability_groups"]

Floats = NDArray[np.float64]
LEAST = 10.0
"""Churners that a group is expected to hold, about, at the least."""
MOST = 10


def reliability_groups(p: ArrayLike, *, least: float = LEAST, most: int = MOST) -> NDArray[np.intp]:
    """Group of each customer, 0 the riskiest: at most `most` groups with about as many expected churners each.

    Groups are made of predictions alone, so that outcomes do not choose them; equal probabilities share a group. There
    is one group where fewer than twice `least` are expected in all.

    >>> reliability_groups([0.9, 0.6, 0.5, 0.4, 0.1, 0.1], least=1.0).tolist()
    [0, 0, 1, 1, 1, 1]
    """
    chance = np.asarray(p, dtype=np.float64)
    unique, place = np.unique(-chance, return_inverse=True)  # sums of equal chances go by no order of rows
    share = np.bincount(place, chance, unique.size)
    whole = float(share.sum())
    groups = int(np.clip(whole // least, 1, most))
    middle = np.cumsum(share) - share / 2.0
    raw = np.minimum((middle * groups / whole if whole > 0 else 0.0 * middle).astype(np.intp), groups - 1)
    return np.unique(raw, return_inverse=True)[1].reshape(-1)[place].astype(np.intp)


def reliability(y: ArrayLike, p: ArrayLike, *, least: float = LEAST, most: int = MOST) -> list[dict[str, float]]:
    """One row per group, the riskiest first: what was predicted of it, and what came.

    Returns
    -------
    Rows of `bin` from 1, `customers`, `churners`, `expected` (the sum of chances), `mean_probability`, `churn_rate` and
    its 95% interval `rate_low`, `rate_high` (Wilson): where `mean_probability` lies outside, chance alone hardly
    explains it.

    >>> rows = reliability([1] * 20 + [0] * 80 + [0] * 300, [0.2] * 100 + [0.05] * 300)
    >>> [(row["bin"], row["churners"], row["rate_low"] < row["mean_probability"] < row["rate_high"]) for row in rows]
    [(1, 20, True), (2, 0, False)]
    """
    left, chance = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    order = np.lexsort((left, chance))  # so that sums of chances go by no order of rows
    left, chance = left[order], chance[order]
    group = reliability_groups(chance, least=least, most=most)
    size, churners, expected = (np.bincount(group, part) for part in (np.ones(chance.size), left, chance))
    low, high = wilson(churners, size)
    return [
        {
            "bin": at + 1,
            "customers": int(size[at]),
            "churners": int(churners[at]),
            "expected": float(expected[at]),
            "mean_probability": float(expected[at] / size[at]),
            "churn_rate": float(churners[at] / size[at]),
            "rate_low": float(low[at]),
            "rate_high": float(high[at]),
        }
        for at in range(size.size)
    ]
