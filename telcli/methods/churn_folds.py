"""Folds that keep the churn rate and never part one customer's rows, for any number of churners."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Split", "bounded_sample", "stratified_folds", "usable_folds"]


class Split(NamedTuple):
    """Rows to learn from, rows that weigh the members against each other, and rows that set the level of risk."""

    learn: NDArray[np.intp]
    check: NDArray[np.intp]
    level: NDArray[np.intp]


def usable_folds(y: ArrayLike, wanted: int, groups: ArrayLike | None = None) -> int:
    """Folds that leave a churner and a stayer in each, at most `wanted`, at least 2; a group is one of them.

    >>> usable_folds([1, 1, 1, 0, 0, 0, 0], 5)
    3
    """
    left = np.asarray(y, dtype=bool) if groups is None else _any_left(y, groups)[0]
    return max(2, min(wanted, int(left.sum()), int((~left).sum())))


def stratified_folds(y: ArrayLike, folds: int, seed: int = 0, groups: ArrayLike | None = None) -> NDArray[np.intp]:
    """Fold number (0..folds - 1) of each row: churners and stayers are each dealt round after a shuffle.

    With `groups` (a customer of each row) all rows of one group share a fold, and a group counts as a churner
    if any of its rows does.

    >>> folds = stratified_folds([1, 0, 0, 1, 0, 0], 2)
    >>> sorted(folds.tolist()), sorted(folds[[0, 3]].tolist())
    ([0, 0, 0, 1, 1, 1], [0, 1])
    """
    left = np.asarray(y, dtype=bool)
    if groups is not None:
        any_left, member = _any_left(left, groups)
        return stratified_folds(any_left, folds, seed)[member]
    rng = np.random.default_rng(seed)
    found = np.empty(left.size, dtype=np.intp)
    dealt = 0
    for part in (np.flatnonzero(left), np.flatnonzero(~left)):
        found[rng.permutation(part)] = (dealt + np.arange(part.size)) % folds
        dealt += part.size
    return found


def _any_left(y: ArrayLike, groups: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Whether any row of each group left, and the group of each row."""
    _, member = np.unique(np.asarray(groups), return_inverse=True)
    return np.bincount(member, np.asarray(y, dtype=bool)) > 0, member


def bounded_sample(y: ArrayLike, most: int, seed: int = 0, *, alike: bool = False) -> tuple[NDArray[np.intp], float]:
    """Rows to train on, in order, at most `most`, and the share of stayers kept.

    Every churner is kept where they fill no more than half; otherwise, or where wanted, rows are drawn `alike` and the
    share is 1, as it is when nothing is left out. `ChurnModel(keep_rate=share)` corrects its probabilities by it.

    >>> rows, kept = bounded_sample([1] + [0] * 9, 5)
    >>> rows.size, 0 in rows, round(kept, 4)
    (5, True, 0.4444)
    """
    left = np.asarray(y, dtype=bool)
    if left.size <= most:
        return np.arange(left.size), 1.0
    rng = np.random.default_rng(seed)
    churners, stayers = np.flatnonzero(left), np.flatnonzero(~left)
    if alike or 2 * churners.size > most:
        return np.sort(rng.choice(left.size, most, replace=False)), 1.0
    kept = rng.choice(stayers, most - churners.size, replace=False)
    return np.sort(np.concatenate([churners, kept])), kept.size / stayers.size
