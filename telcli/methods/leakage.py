"""Finding leaks: columns that tell the outcome because they were written after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.churn_folds import stratified_folds, usable_folds
from telcli.methods.churn_metrics import auc

__all__ = ["column_auc", "ends_early", "marks_churners", "scan"]

Floats = NDArray[np.float64]
_FEW_VALUES = 256
_PURE, _LEAST_MARKED, _CHANCE = 0.99, 0.1, 1e-6
"""Share of churners among those who bear a mark, share of churners who bear it, and chance of that by luck."""
_SHORT, _MOSTLY, _LEAST_STAYS = 1.5, 0.9, 10
"""Months by which stays may differ for rounding, share of stayers whose stay must fit, and customers of each class."""


def marks_churners(mark: ArrayLike, y: ArrayLike) -> bool:
    """Whether a mark is borne by a tenth of the churners or more and next to no stayer, and not by chance.

    A reason for leaving that every second churner gave tells little by its AUC (0.75), and is a leak all the same.

    >>> left = np.repeat([1, 0], [50, 150])
    >>> marks_churners(np.arange(200) < 25, left), marks_churners(np.arange(200) % 2, left)
    (True, False)
    """
    borne, left = np.asarray(mark, dtype=bool), np.asarray(y, dtype=np.float64)
    bearers, churners = int(borne.sum()), float(left[borne].sum())
    if not bearers or borne.all() or churners < _PURE * bearers or churners < _LEAST_MARKED * left.sum():
        return False
    return bool(churners * np.log(left.mean()) < np.log(_CHANCE))


def ends_early(stay: ArrayLike, since: ArrayLike, y: ArrayLike) -> bool:
    """Whether a stay (months) is that since a date (months before the snapshot) for stayers, and shorter for churners.

    It was counted up to the day a customer left then, and so tells who did.

    >>> since, left = np.arange(40.0), np.arange(40) % 2
    >>> ends_early(since - 3 * left, since, left), ends_early(since, since, left)
    (True, False)
    """
    counted, known, left = (np.asarray(found, dtype=np.float64) for found in (stay, since, y))
    here = np.isfinite(counted) & np.isfinite(known)
    short, alike = known - counted > _SHORT, np.abs(known - counted) <= _SHORT
    churners, stayers = here & (left == 1), here & (left == 0)
    if min(churners.sum(), stayers.sum()) < _LEAST_STAYS:
        return False
    return bool(alike[stayers].mean() > _MOSTLY and short[churners].mean() > 1 - _MOSTLY + short[stayers].mean())


def column_auc(column: ArrayLike, y: ArrayLike, *, categorical: bool = False, seed: int = 0) -> float:
    """How well one column alone separates churners, 0.5..1: the better of its values and of its gaps.

    Numbers count by rank in either direction, gaps as lowest or highest, and by bins, which see what is neither high
    nor low; bins and categories by their churn rate in other folds, so that many values earn nothing by chance.

    >>> column_auc([1.0, 2.0, 3.0, 4.0], [1, 1, 0, 0])
    1.0
    """
    values, left = np.asarray(column, dtype=np.float64), np.asarray(y, dtype=np.float64)
    gaps = np.isnan(values)
    found = _either(left, gaps.astype(np.float64)) if gaps.any() else 0.5
    if categorical:
        return max(found, auc(left, _other_folds_rate(values, left, seed)))
    known = ~gaps
    if 0 < left[known].sum() < known.sum():
        found = max(found, _either(left[known], values[known]))
        if gaps.any():
            low, high = np.where(gaps, -np.inf, values), np.where(gaps, np.inf, values)
            found = max(
                found, *(_either(left, np.nan_to_num(side, posinf=1e300, neginf=-1e300)) for side in (low, high))
            )
        found = max(found, auc(left, _other_folds_rate(_bins(values), left, seed)))
    return found


def scan(X: ArrayLike, y: ArrayLike, categorical: Sequence[int] = (), *, most: int = 50_000, seed: int = 0) -> Floats:
    """`column_auc` of every column; above `most` rows on a part that keeps the churn rate.

    >>> scan([[0.0, 5.0], [0.0, 6.0], [1.0, 5.0], [1.0, 6.0]], [0, 0, 1, 1]).tolist()
    [1.0, 0.5]
    """
    matrix, left = np.asarray(X), np.asarray(y)
    parts = -(-left.size // most)
    if parts > 1:
        chosen = stratified_folds(left, parts, seed) == 0
        matrix, left = matrix[chosen], left[chosen]
    coded = set(categorical)
    columns = range(matrix.shape[1])
    return np.array([column_auc(matrix[:, j], left, categorical=j in coded, seed=seed) for j in columns])


def _either(left: Floats, values: Floats) -> float:
    found = auc(left, values)
    return max(found, 1.0 - found)


def _bins(values: Floats) -> Floats:
    """A code per value where there are few, else per fiftieth of the rows, common values by themselves; NaN stays."""
    known = values[~np.isnan(values)]
    edges = np.unique(known)
    if edges.size > _FEW_VALUES:
        edges = np.unique(np.quantile(known, np.arange(1, 50) / 50, method="nearest"))
    codes = np.searchsorted(edges, values, side="left") + np.searchsorted(edges, values, side="right")
    return np.where(np.isnan(values), np.nan, codes.astype(np.float64))


def _other_folds_rate(codes: Floats, left: Floats, seed: int) -> Floats:
    """Churn rate of each row's category among the rows of other folds, drawn a little to the mean."""
    _, level = np.unique(np.where(np.isnan(codes), -1.0, codes), return_inverse=True)
    fold = stratified_folds(left, usable_folds(left, 5), seed)
    rate, levels = np.empty(left.size), int(level.max()) + 1
    for k in range(int(fold.max()) + 1):
        other = fold != k
        size = np.bincount(level[other], minlength=levels)
        hits = np.bincount(level[other], left[other], minlength=levels)
        rate[~other] = ((hits + left.mean()) / (size + 1.0))[level[~other]]
    return rate
