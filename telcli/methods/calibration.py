"""From scores to probabilities that mean what they say: stacking of several models, and the level of the sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize
from scipy.special import expit

__all__ = ["level_shift", "stack_logits"]

Floats = NDArray[np.float64]


def level_shift(logits: ArrayLike, y: ArrayLike) -> float:
    """What to add to log-odds so that the probabilities add up to those who left; at most 50 either way.

    >>> round(level_shift([0.0, 0.0, 0.0, 0.0], [1, 0, 0, 0]), 6)
    -1.098612
    """
    score, total = np.asarray(logits, dtype=np.float64), float(np.sum(y))

    def excess(shift: float) -> float:
        return float(expit(score + shift).sum()) - total

    if excess(-50.0) >= 0 or excess(50.0) <= 0:
        return -50.0 if excess(-50.0) >= 0 else 50.0
    return float(brentq(excess, -50.0, 50.0, xtol=1e-12))


def stack_logits(logits: ArrayLike, y: ArrayLike, prior: float = 5.0) -> tuple[Floats, float]:
    """Weights (never negative) and intercept that turn held-out log-odds of several models into calibrated ones.

    `logits` are customers x models, predicted for customers the models have not seen; `y` is 1 where they left.
    Maximum likelihood of `sigmoid(intercept + logits @ weights)`, with a ridge of strength `prior` (in units of
    log-likelihood curvature) towards equal weights that sum to 1, so that few churners change little. With one
    model it is Platt's scaling.

    >>> rng = np.random.default_rng(0)
    >>> truth = rng.normal(size=20000)
    >>> y = rng.random(20000) < expit(truth)
    >>> weights, intercept = stack_logits(np.column_stack([2 * truth, rng.normal(size=20000)]), y)
    >>> [bool(abs(w - t) < 0.05) for w, t in zip(weights, (0.5, 0.0))], abs(intercept) < 0.05
    ([True, True], True)
    """
    z, left = np.asarray(logits, dtype=np.float64), np.asarray(y, dtype=np.float64)
    models = z.shape[1]
    design = np.column_stack([z, np.ones(len(z))])
    start = np.append(np.full(models, 1.0 / models), 0.0)
    pull = np.append(np.full(models, prior), 0.0)

    def loss(w: Floats) -> tuple[float, Floats]:
        score = design @ w
        p = expit(score)
        value = np.logaddexp(0.0, score).sum() - left @ score + 0.5 * (pull * np.square(w - start)).sum()
        return float(value), design.T @ (p - left) + pull * (w - start)

    bounds = [(0.0, None)] * models + [(None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-12})
    return np.asarray(found.x[:-1], dtype=np.float64), float(found.x[-1])
