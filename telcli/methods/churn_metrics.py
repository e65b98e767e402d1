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
    "calibration_lines",
    "deciles",
    "expected_calibration_error",
    "log_loss",
    "pr_auc",
    "tenths",
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
    rows = (left + stayed).sum(axis=1)
    wanted = np.maximum(np.rint(share * rows), 1.0)
    found: Floats = rank_captured(stayed, left, wanted) / wanted * rows / left.sum(axis=1)
    return found


def rank_captured(stayed: Floats, left: Floats, wanted: Floats) -> Floats:
    """Churners among the `wanted` riskiest of each row of counts; of a group that straddles the edge its share."""
    size = left + stayed
    taken = np.clip(wanted[:, None] - (np.cumsum(size, axis=1) - size), 0.0, size)
    part = np.divide(taken, size, out=np.zeros_like(taken, dtype=np.float64), where=size > 0)
    found: Floats = (part * left).sum(axis=1)
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
    intercept, slope = calibration_lines((1.0 - left)[None, :], left[None, :], np.asarray(p, dtype=np.float64))
    return float(intercept[0]), float(slope[0])


def calibration_lines(stayed: Floats, left: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Calibration intercept and slope of each row of counts over groups of probability `p`, as `calibration_line`."""
    score = logit(np.clip(p, 1e-9, 1 - 1e-9))
    shift = _newton(stayed, left, np.ones((1, score.size)), score)[:, 0]
    if np.ptp(score) < 1e-9:
        return shift, np.full(len(left), np.nan)
    line = _newton(stayed, left, np.stack([np.ones_like(score), score]), np.zeros_like(score))
    return shift, line[:, 1]


def tenths(rows: int) -> NDArray[np.intp]:
    """Customers in each tenth of `rows`, the first ones larger where it does not come out even; fewer than ten are one
    each.

    >>> tenths(12).tolist(), tenths(3).tolist()
    ([2, 2, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1])
    """
    parts = min(10, rows)
    return np.array([rows // parts + (k < rows % parts) for k in range(parts)], dtype=np.intp)


def deciles(y: ArrayLike, p: ArrayLike, seed: int = 0) -> list[dict[str, float]]:
    """Customers by tenth of predicted risk, riskiest first; ties fall at random by `seed`.

    Each row has `decile` (1..10), `customers`, `churners`, `churn_rate`, `mean_probability`, `lift`, and the highest
    lift that so many customers could have, `lift_bound`: that of a tenth with as many churners as it can hold. Fewer
    than ten customers make fewer rows.

    >>> [row["lift"] for row in deciles([1, 0], [0.9, 0.1])]
    [2.0, 0.0]
    """
    left, chance = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    order = np.lexsort((np.random.default_rng(seed).random(left.size), -chance))
    base, rows = float(left.mean()), []
    for number, part in enumerate(np.split(order, np.cumsum(tenths(left.size))[:-1]), start=1):
        rate = float(left[part].mean())
        rows.append(
            {
                "decile": number,
                "customers": int(part.size),
                "churners": int(left[part].sum()),
                "churn_rate": rate,
                "mean_probability": float(chance[part].mean()),
                "lift": rate / base if base > 0 else 0.0,
                "lift_bound": min(float(left.size / part.size), 1.0 / base) if base > 0 else 0.0,
            }
        )
    return rows


def _newton(stayed: Floats, left: Floats, design: Floats, offset: Floats) -> Floats:
    """Maximum likelihood of a logistic regression with an offset over groups, a row of weights per row of counts.

    `design` is terms x groups. A whisper of ridge keeps it finite.
    """
    terms, size = len(design), stayed + left
    ridge = np.eye(terms) * 1e-6
    pairs = np.stack([first * second for first in design for second in design])
    weights = np.zeros((len(left), terms))
    for _ in range(50):
        p = expit(np.clip(weights @ design + offset, -30, 30))
        slope = (left - size * p) @ design.T - 1e-6 * weights
        curve = ((size * p * (1 - p)) @ pairs.T).reshape(-1, terms, terms) + ridge
        step = np.clip(np.linalg.solve(curve, slope[:, :, None])[:, :, 0], -5, 5)
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
