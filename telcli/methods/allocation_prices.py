"""Prices of the limits of an allocation: the least bound that they prove, and the choices that make it up.

Lagrange's dual by cutting planes: each choice that was best at some prices is a plane below the bound as a function of
the prices, one for each group of customers; the linear programme of all planes says where to look next, near the best
prices so far. Its own dual says how to mix the choices so that the limits hold on average.

References
----------
J. E. Kelley, The cutting-plane method for solving convex programs, J. SIAM 8 (1960), 703-712.
R. E. Marsten, W. W. Hogan and J. W. Blankenship, The boxstep method for large-scale optimization, Operations Research
23 (1975), 389-405.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from telcli.methods.allocation_limits import Answer, Problem

__all__ = ["Prices", "least_bound"]

Floats = NDArray[np.float64]
_ROUNDS = 120
_NEAR = 5e-7
"""Of the bound: no nearer is looked for."""
_FIRST_BOX = 0.1
_LEAST_BOX = 1e-9


@dataclass
class Prices:
    """The best prices found, what they prove, and the choices met on the way.

    Parameters
    ----------
    prices : of each limit as a whole
    best : the answer at them
    choices : of each round, offer of each customer, -1 none
    weights : array of shape (rounds, groups)
        Of each round's choice in the mixture that holds the limits; what a group's weights lack of 1 is "nobody".
    """

    prices: Floats
    best: Answer
    choices: list[NDArray[np.int16]] = field(default_factory=list)
    weights: Floats = field(default_factory=lambda: np.ones((1, 1)))


def least_bound(problem: Problem) -> Prices:
    """Look for the prices that prove the least bound; at no prices at all first."""
    prices = np.zeros(problem.limits)
    best = problem.answer(prices)
    found = Prices(prices, best, [best.choice.astype(np.int16)], np.ones((1, best.value.size)))
    if (best.use.sum(axis=0) <= 1.0).all() or best.bound <= 0:
        return found
    planes = _Planes(best.bound)
    planes.add(best)
    reach = _FIRST_BOX
    for _ in range(_ROUNDS):
        at, low, held = planes.lowest(found.prices, reach)
        if found.best.bound - low <= _NEAR * found.best.bound or reach < _LEAST_BOX:
            if not held:
                break
            reach *= 8.0
            continue
        now = problem.answer(at)
        planes.add(now)
        found.choices.append(now.choice.astype(np.int16))
        better = found.best.bound - now.bound
        if better > 0:
            reach *= 2.0 if held and better > 0.5 * (found.best.bound - low) else 1.0
            found.prices, found.best = at, now
        else:
            reach *= 0.7
    found.weights = planes.mixture()
    return found


class _Planes:
    """The planes so far, in units of the first bound."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.value: list[Floats] = []
        self.use: list[Floats] = []

    def add(self, answer: Answer) -> None:
        self.value.append(answer.value / self.scale)
        self.use.append(answer.use)

    def lowest(self, near: Floats, reach: float) -> tuple[Floats, float, bool]:
        """The prices at which the planes are lowest, no further than `reach`, how low, and whether the reach held."""
        centre = near / self.scale
        low, high = np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)
        found = self._solve(low, high)
        at = np.clip(found.x[: near.size], low, high)
        held = ((at <= low) & (low > 0)) | ((at >= high) & (high < 1.0))
        return at * self.scale, float(found.fun) * self.scale, bool(held.any())

    def mixture(self) -> Floats:
        """Weights of the choices that make the limits hold on average."""
        limits = self.use[0].shape[1]
        found = self._solve(np.zeros(limits), np.full(limits, np.inf))
        weights: Floats = np.maximum(-found.ineqlin.marginals, 0.0)
        return weights.reshape(len(self.value), -1)

    def _solve(self, low: Floats, high: Floats) -> Any:
        use, value = np.vstack(self.use), np.concatenate(self.value)
        groups = self.value[0].size
        above = np.tile(np.eye(groups), (len(self.value), 1))
        bounds = [*zip(low, high, strict=True), *[(0.0, None)] * groups]
        cost = np.ones(low.size + groups)
        return linprog(cost, A_ub=-np.hstack([use, above]), b_ub=-value, bounds=bounds, method="highs-ds")
