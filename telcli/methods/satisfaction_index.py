"""The satisfaction index of a survey, in the form of the American Customer Satisfaction Index, and weighted means."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LEAST", "OHIO", "design_effect", "first_component", "index", "pls_weights", "weighted_mean"]

Floats = NDArray[np.float64]
OHIO = (0.3885, 0.3190, 0.2925)
"""A published example of weights of overall satisfaction, confirmation of expectations and closeness to the ideal."""
LEAST = 200
"""Answers below which weights that are learned from them are too loose to be used."""


def index(items: ArrayLike, weights: ArrayLike, low: float = 0.0, high: float = 100.0) -> Floats:
    """The index (0..100) of each respondent: NaN where the first item, overall satisfaction, was not answered.

    ``sum(w_j (x_j - low)) / (sum(w_j) (high - low)) * 100`` over the items answered. On scales of 1 to 10 it is the
    ACSI's: ``((X1-1) w1 + (X2-1) w2 + (X3-1) w3) / 9 * 100``.

    Parameters
    ----------
    items : array of shape (respondents, items)
        Answers on a scale from `low` to `high`; NaN where there is none.
    weights : array of shape (items,)
        0 or more, not all 0; they need not add up to 1.
    low, high : float
        Ends of the scale.

    Source: Fornell et al. (1996), Journal of Marketing 60(4), 7-18.

    >>> index([[8, 7, 7]], [1, 1, 1], 1, 10).round(3).tolist(), index([[8, 7, 7]], OHIO, 1, 10).round(3).tolist()
    ([70.37], [70.983])
    """
    x, w = np.asarray(items, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    known = ~np.isnan(x)
    spoken = known @ w
    parts = np.where(known, x - low, 0.0) @ w
    fine = known[:, 0] & (spoken > 0)
    return np.where(fine, 100.0 * parts / np.where(fine, spoken, 1.0) / (high - low), np.nan)


def first_component(items: ArrayLike, weights: ArrayLike | None = None) -> Floats | None:
    """Weights of items by their first principal component, for answers as they are; they add up to 1.

    The component is that of the correlations; each item's weight in it is divided by the item's spread, since the
    index adds up answers and not standard scores. None where an item does not vary or would count against the index.

    Parameters
    ----------
    items : array of shape (respondents, items)
        Rows with NaN are left out.
    weights : array of shape (respondents,), optional
        Customers each respondent speaks for.

    >>> x = np.random.default_rng(0).normal(size=(500, 1)) + np.random.default_rng(1).normal(size=(500, 3)) / 2
    >>> first_component(x).round(1).tolist()
    [0.3, 0.3, 0.3]
    """
    x, w = _whole(items, weights)
    if x.shape[0] < 3:
        return None
    spread, correlation = _spread(x, w)
    if not (spread > 0).all():
        return None
    vector = np.linalg.eigh(correlation)[1][:, -1]
    return _shares(vector * np.sign(vector.sum()) / spread)


def pls_weights(items: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None = None) -> Floats | None:
    """Weights of items by the first component of partial least squares with an outcome; they add up to 1.

    As in the ACSI's model an item counts by its covariance with what satisfaction leads to (mode A): here one outcome,
    such as willingness to recommend. Each is for answers as they are. None as with `first_component`.

    Parameters
    ----------
    items : array of shape (respondents, items)
        Rows with NaN here or in the outcome are left out.
    outcome : array of shape (respondents,)
        What the items lead to.
    weights : array of shape (respondents,), optional
        Customers each respondent speaks for.

    Source: Wold (1982), Soft modeling; Fornell et al. (1996).

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(2000, 3))
    >>> pls_weights(x, x @ [2.0, 1.0, 1.0] + rng.normal(size=2000)).round(2).tolist()
    [0.5, 0.24, 0.26]
    """
    x, w = _whole(np.column_stack([np.asarray(items, dtype=np.float64), np.asarray(outcome)]), weights)
    if x.shape[0] < 3:
        return None
    spread, correlation = _spread(x, w)
    if not (spread > 0).all():
        return None
    return _shares(correlation[:-1, -1] / spread[:-1])


def weighted_mean(values: ArrayLike, weights: ArrayLike | None = None) -> tuple[float, ...]:
    """The mean of answers, each end of its 95% interval, and how many equal answers it is worth.

    The interval is that of a ratio by its linear form: ``var = n/(n-1) sum(w_i^2 (x_i - mean)^2) / (sum w)^2``, with
    Student's t of ``n_eff - 1`` degrees of freedom. NaN ends of fewer than two answers.

    Source: Cochran (1977), Sampling Techniques, 6.4; Kish (1965) for the effective number.

    >>> [round(figure, 3) for figure in weighted_mean([60.0, 70.0, 80.0])]
    [70.0, 45.159, 94.841, 3.0]
    """
    from scipy.stats import t

    x = np.asarray(values, dtype=np.float64)
    w = np.ones_like(x) if weights is None else np.asarray(weights, dtype=np.float64)
    if not x.size or w.sum() <= 0:
        return (np.nan, np.nan, np.nan, 0.0)
    mean, worth = float(w @ x / w.sum()), float(w.sum() ** 2 / (w @ w))
    if x.size < 2 or worth < 1.5:
        return (mean, np.nan, np.nan, worth)
    error = float(np.sqrt(x.size / (x.size - 1) * (w**2 @ (x - mean) ** 2)) / w.sum())
    reach = error * float(t.ppf(0.975, max(worth - 1.0, 1.0)))
    return (mean, mean - reach, mean + reach, worth)


def design_effect(weights: ArrayLike) -> float:
    """How much wider unequal weights make the variance of a mean: 1 or more; ``n sum(w^2) / (sum w)^2``.

    Source: Kish (1965), Survey Sampling.

    >>> design_effect([1, 1, 1, 1]), round(design_effect([1, 1, 3]), 3)
    (1.0, 1.32)
    """
    w = np.asarray(weights, dtype=np.float64)
    return float(w.size * (w @ w) / w.sum() ** 2) if w.sum() > 0 else 1.0


def _whole(items: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    x = np.asarray(items, dtype=np.float64)
    w = np.ones(x.shape[0]) if weights is None else np.asarray(weights, dtype=np.float64)
    kept = ~np.isnan(x).any(axis=1) & (w > 0)
    return x[kept], w[kept]


def _spread(x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Standard deviations and correlations, weighted."""
    covariance = np.cov(x, rowvar=False, aweights=w)
    spread = np.sqrt(np.diag(covariance))
    safe = np.where(spread > 0, spread, 1.0)
    return spread, covariance / np.outer(safe, safe)


def _shares(raw: Floats) -> Floats | None:
    return raw / raw.sum() if (raw > 0).all() else None
