"""How well risk was ranked and how true its probabilities are; ties count at their expected value.

`y` is 1 for customers who left and 0 for those who stayed, `p` the predicted probability (0..1) or, where only
the order counts, any finite score.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from telcli.errors import DataError

__all__ = [
    "auc",
    "brier",
    "calibration_line",
    "deciles",
    "expected_calibration_error",
    "log_loss",
    "pr_auc",
    "top_lift",
]

Floats = NDArray[np.float64]
_EDGE = 1e-12


def auc(y: ArrayLike, p: ArrayLike) -> float:
    """Chance that a random churner is ranked above a random stayer, ties counting half; 0.5 is blind, 1 perfect.

    >>> auc([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.9])
    0.875
    """
    stayed, left = _counts(y, p)
    return float(rank_auc(stayed[None, :], left[None, :])[0])


def rank_auc(stayed: Floats, left: Floats) -> Floats:
    """AUC of each row of counts (resamples x groups), groups from the riskiest down."""
    below = stayed.sum(axis=1, keepdims=True) - np.cumsum(stayed, axis=1)
    pairs = (left * (below + 0.5 * stayed)).sum(axis=1)
    found: Floats = pairs / (left.sum(axis=1) * stayed.sum(axis=1))
    return found


def pr_auc(y: ArrayLike, p: ArrayLike) -> float:
    """Average precision: precision at each score, weighted by the recall gained there; the churn rate is blind.

    >>> round(pr_auc([0, 1, 0, 1], [0.1, 0.35, 0.4, 0.9]), 6)
    0.833333
    """
    stayed, left = _counts(y, p)
    return float(rank_precision(stayed[None, :], left[None, :])[0])


def rank_precision(stayed: Floats, left: Floats) -> Floats:
    """Average precision of each row of counts, groups from the riskiest down."""
    hits, seen = np.cumsum(left, axis=1), np.cumsum(left + stayed, axis=1)
    precision = np.divide(hits, seen, out=np.zeros_like(hits, dtype=np.float64), where=seen > 0)
    found: Floats = (left * precision).sum(axis=1) / left.sum(axis=1)
    return found


def top_lift(y: ArrayLike, p: ArrayLike, share: float = 0.1) -> float:
    """Churn rate of the riskiest `share` over that of all; expected value where ties straddle the edge.

    `n = round(share * customers)`, at least 1. Never above `min(1 / share, 1 / churn rate)` by more than rounding.

    >>> top_lift([1, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2])
    5.0
    >>> top_lift([1, 0, 0, 0, 0], [0.5] * 5)
    1.0
    """
    stayed, left = _counts(y, p)
    return float(rank_lift(stayed[None, :], left[None, :], share)[0])


def rank_lift(stayed: Floats, left: Floats, share: float) -> Floats:
    """Top lift of each row of counts, groups from the riskiest down."""
    size = left + stayed
    wanted = np.maximum(np.rint(share * size.sum(axis=1, keepdims=True)), 1.0)
    taken = np.clip(wanted - (np.cumsum(size, axis=1) - size), 0.0, size)
    part = np.divide(taken, size, out=np.zeros_like(taken, dtype=np.float64), where=size > 0)
    rate = (part * left).sum(axis=1) / wanted[:, 0]
    found: Floats = rate * size.sum(axis=1) / left.sum(axis=1)
    return found


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Mean squared error of the probability, 0..1; predicting the churn rate r for all gives r (1 - r).

    >>> round(brier([0, 1], [0.2, 0.6]), 6)
    0.1
    """
    return float(np.mean(np.square(np.asarray(p, dtype=np.float64) - np.asarray(y, dtype=np.float64))))


def log_loss(y: ArrayLike, p: ArrayLike) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept 1e-12 off 0 and 1.

    >>> round(log_loss([0, 1], [0.5, 0.5]), 6)
    0.693147
    """
    return float(np.mean(point_log_loss(np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64))))


def point_log_loss(y: Floats, p: Floats) -> Floats:
    """Negative log-likelihood of each customer."""
    safe = np.clip(p, _EDGE, 1 - _EDGE)
    found: Floats = -(y * np.log(safe) + (1 - y) * np.log1p(-safe))
    return found


def calibration_bins(p: ArrayLike, bins: int = 10) -> NDArray[np.intp]:
    """Bin of each customer, by tenths of the predicted probability; equal probabilities share a bin."""
    chance = np.asarray(p, dtype=np.float64)
    edges = np.quantile(chance, np.arange(1, bins) / bins)
    return np.searchsorted(edges, chance, side="left")


def expected_calibration_error(y: ArrayLike, p: ArrayLike, bins: int = 10) -> float:
    """Mean gap, weighted by customers, between predicted and seen churn rate over tenths of predicted risk.

    >>> round(expected_calibration_error([0, 0, 1, 1], [0.1, 0.1, 0.8, 0.8]), 6)
    0.15
    """
    left, chance = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    gaps = np.bincount(calibration_bins(chance, bins), left - chance, minlength=bins)
    return float(np.abs(gaps).sum() / left.size)


def calibration_line(y: ArrayLike, p: ArrayLike) -> tuple[float, float]:
    """Calibration intercept (slope held at 1; 0 is right, above 0 too low) and slope (1 is right, below 1 too bold).

    Cox (1958): logistic regression of `y` on the logit of `p`. NaN where the probabilities do not vary.

    >>> rng = np.random.default_rng(0)
    >>> p = rng.random(20000)
    >>> intercept, slope = calibration_line(rng.random(20000) < p, p)
    >>> abs(intercept) < 0.1, abs(slope - 1) < 0.1
    (True, True)
    """
    left = np.asarray(y, dtype=np.float64)
    score = logit(np.clip(np.asarray(p, dtype=np.float64), 1e-9, 1 - 1e-9))
    shift = _newton(left, np.ones((left.size, 1)), score)[0]
    if np.ptp(score) < 1e-9:
        return float(shift), float("nan")
    line = _newton(left, np.column_stack([np.ones_like(score), score]), np.zeros_like(score))
    return float(shift), float(line[1])


def deciles(y: ArrayLike, p: ArrayLike, seed: int = 0) -> list[dict[str, float]]:
    """Customers by tenth of predicted risk, riskiest first; ties fall at random by `seed`.

    Each row has `decile` (1..10), `customers`, `churners`, `churn_rate`, `mean_probability` and `lift`. Fewer
    than ten customers make fewer rows.

    >>> [row["lift"] for row in deciles([1, 0], [0.9, 0.1])]
    [2.0, 0.0]
    """
    left, chance = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    order = np.lexsort((np.random.default_rng(seed).random(left.size), -chance))
    base, rows = float(left.mean()), []
    for number, part in enumerate(np.array_split(order, min(10, left.size)), start=1):
        rate = float(left[part].mean())
        rows.append(
            {
                "decile": number,
                "customers": int(part.size),
                "churners": int(left[part].sum()),
                "churn_rate": rate,
                "mean_probability": float(chance[part].mean()),
                "lift": rate / base if base > 0 else 0.0,
            }
        )
    return rows


def _newton(y: Floats, design: Floats, offset: Floats) -> Floats:
    """Maximum likelihood of a logistic regression with an offset; a whisper of ridge keeps it finite."""
    ridge = np.eye(design.shape[1]) * 1e-6
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        p = expit(np.clip(design @ weights + offset, -30, 30))
        slope = design.T @ (y - p) - ridge @ weights
        curve = (design * (p * (1 - p))[:, None]).T @ design + ridge
        step = np.clip(np.linalg.solve(curve, slope), -5, 5)
        weights = weights + step
        if np.abs(step).max() < 1e-10:
            break
    return weights


def _counts(y: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    """Stayers and churners at each distinct score, riskiest first."""
    left, score = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if left.shape != score.shape or not np.isfinite(score).all():
        raise DataError("score-invalid", "Scores must be finite, one per customer.")
    if not 0 < left.sum() < left.size:
        raise DataError("one-class", "There must be both churners and stayers to measure a model.")
    _, group = np.unique(-score, return_inverse=True)
    total, churners = np.bincount(group).astype(np.float64), np.bincount(group, left).astype(np.float64)
    return total - churners, churners
