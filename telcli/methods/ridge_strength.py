"""How strongly a logistic regression is held back: chosen by what leaving each row out would cost, not refitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from telcli.methods.churn_folds import stratified_folds

__all__ = ["ridge_strength"]

Floats = NDArray[np.float64]

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
STRONGER = (0.003, 0.001, 0.0003)
"""Inverse ridges tried, strongest first; and those for many columns that tell little, tried after the first."""

_MOST_ROWS, _MOST_WORK, _STEPS, _MANY_COLUMNS = 5_000, 1e9, 25, 300


def ridge_strength(X: Floats, y: NDArray[np.int64]) -> float:
    """The inverse ridge (scikit-learn's C) with the least log-loss on rows left out, of `STRENGTHS` or `STRONGER`.

    Leaving out is approximated by one Newton step from the fit of all rows (Rad and Maleki 2020, "A scalable estimate
    of the out-of-sample prediction error via approximate leave-one-out cross-validation"): row i, of residual `r`,
    weight `w` and leverage `h` (of `X (X'WX + ridge)^-1 X'`), moves its log-odds by `h r / (1 - h w)`. `X` is rows x
    columns, centred; where there is much of it a part is used that keeps the churn rate, since the best ridge is that
    of the columns' effects, not of the number of rows. The ridge does not change when columns are turned, so wide
    tables are turned to as many columns as they have rows.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 20))
    >>> sure = (rng.random(300) < expit(2.0 * X[:, :5].sum(axis=1))).astype(int)
    >>> ridge_strength(X, (rng.random(300) < 0.5).astype(int)), ridge_strength(X, sure)
    (0.01, 1.0)
    """
    width = min(X.shape[1], 1000)
    most = int(min(_MOST_ROWS, max(300, _MOST_WORK / max(width, 1) ** 2)))
    parts = min(-(-y.size // most), int(y.sum()), int((1 - y).sum()))
    if parts > 1:
        rows = stratified_folds(y, parts, 0) == 0
        X, y = X[rows], y[rows]
    if X.shape[1] > len(X):
        values, vectors = np.linalg.eigh(X @ X.T)
        X = vectors * np.sqrt(np.maximum(values, 0.0))
    Z = np.column_stack([X, np.ones(len(X))])
    chosen = _best(Z, y, STRENGTHS)
    many = chosen == STRENGTHS[0] and width > _MANY_COLUMNS
    return _best(Z, y, (chosen, *STRONGER)) if many else chosen


def _best(Z: Floats, y: NDArray[np.int64], strengths: Sequence[float]) -> float:
    """The strength with the least loss; two worse ones in a row are enough to stop."""
    weights = np.zeros(Z.shape[1])
    best, chosen, worse = np.inf, strengths[0], 0
    for strength in strengths:
        ridge = np.append(np.full(Z.shape[1] - 1, 1.0 / strength), 1e-6)
        weights, loss = _left_out(Z, y, ridge, weights)
        if loss < best:
            best, chosen, worse = loss, strength, 0
        else:
            worse += 1
        if worse == 2:
            break
    return chosen


def _left_out(Z: Floats, y: NDArray[np.int64], ridge: Floats, start: Floats) -> tuple[Floats, float]:
    """Weights of the fit under `ridge`, and the mean log-loss of rows as if each had been left out."""
    weights = start
    value = _objective(Z, y, ridge, weights)
    for _ in range(_STEPS):
        p = expit(Z @ weights)
        curve = np.maximum(p * (1.0 - p), 1e-9)
        factor = cho_factor((Z * curve[:, None]).T @ Z + np.diag(ridge))
        step = cho_solve(factor, Z.T @ (y - p) - ridge * weights)
        size = 1.0
        while (reached := _objective(Z, y, ridge, weights + size * step)) > value and size > 1e-3:
            size /= 2.0
        weights, gained, value = weights + size * step, value - reached, reached
        if gained < 1e-5 * len(y):
            break
    score = Z @ weights
    p = expit(score)
    curve = np.maximum(p * (1.0 - p), 1e-9)
    factor = cho_factor((Z * curve[:, None]).T @ Z + np.diag(ridge))
    leverage = np.einsum("ij,ji->i", Z, cho_solve(factor, Z.T))
    moved = score - leverage * (y - p) / np.maximum(1.0 - leverage * curve, 1e-3)
    return weights, float(np.mean(np.logaddexp(0.0, moved) - y * moved))


def _objective(Z: Floats, y: NDArray[np.int64], ridge: Floats, weights: Floats) -> float:
    score = Z @ weights
    return float((np.logaddexp(0.0, score) - y * score).sum() + 0.5 * (ridge * np.square(weights)).sum())
