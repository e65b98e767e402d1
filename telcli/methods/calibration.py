"""From scores to probabilities that mean what they say: stacking, Platt, isotonic, correction for sampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit

__all__ = ["correct_sampling", "stack_logits"]

Floats = NDArray[np.float64]


def correct_sampling(p: ArrayLike, keep_rate: float) -> Floats:
    """Probability in the whole population from one learned with only `keep_rate` (0..1] of the stayers.

    `p = b p_s / (b p_s - p_s + 1)`; on the log-odds scale it adds `log(b)`.

    >>> round(float(correct_sampling(0.5, 0.1)), 6)
    0.090909
    """
    sampled = np.asarray(p, dtype=np.float64)
    found: Floats = keep_rate * sampled / (keep_rate * sampled - sampled + 1.0)
    return found


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
