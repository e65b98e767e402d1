"""Training within a bound of rows, and probabilities for customers whose own label was never seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.churn_folds import Split, bounded_sample, stratified_folds, usable_folds
from telcli.methods.churn_model import ChurnModel

__all__ = ["later_month_splits", "out_of_fold", "train"]

Floats = NDArray[np.float64]


def train(
    X: NDArray[np.float32],
    y: ArrayLike,
    *,
    categorical: Sequence[int] = (),
    most: int = 300_000,
    seed: int = 0,
    groups: ArrayLike | None = None,
    seconds: float = 120.0,
    like: ChurnModel | None = None,
) -> ChurnModel:
    """Fit a churn model on at most `most` rows: every churner, as many stayers as fit, probabilities corrected.

    `groups` says whose rows they are, `seconds` what the fit may cost, `like` whose form it takes, see `ChurnModel`.
    """
    left = np.asarray(y).astype(np.int64)
    rows, kept = bounded_sample(left, most, seed)
    owner = None if groups is None else np.asarray(groups)[rows]
    return ChurnModel(categorical, kept, seed=seed, seconds=seconds).fit(X[rows], left[rows], groups=owner, like=like)


def out_of_fold(
    X: NDArray[np.float32],
    y: ArrayLike,
    *,
    categorical: Sequence[int] = (),
    folds: int = 5,
    most: int = 300_000,
    seed: int = 0,
    groups: ArrayLike | None = None,
    one: bool = False,
    seconds: float = 120.0,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Floats, int]:
    """Probability of each row from a model that saw neither it nor others of its group, and the folds used.

    Everything that learns (rounds, stacking, calibration) happens again inside each training part. With fewer members
    of a class than folds there are fewer folds; `tick` is told folds done and in all. With `one` the first fold alone
    is held out, which is a random split; the others are not a number.

    >>> X = np.arange(40, dtype=np.float32)[:, None]
    >>> p, folds = out_of_fold(X, np.arange(40) > 36)
    >>> p.shape, folds, bool(p[39] > p[0])
    ((40,), 3, True)
    """
    left = np.asarray(y).astype(np.int64)
    used = usable_folds(left, folds, groups)
    fold = stratified_folds(left, used, seed, groups)
    found = np.full(left.size, np.nan)
    for k in range(1 if one else used):
        tick(k, 1 if one else used)
        held = fold == k
        owner = None if groups is None else np.asarray(groups)[~held]
        how: dict[str, Any] = {"categorical": categorical, "most": most, "seed": seed, "seconds": seconds}
        model = train(X[~held], left[~held], groups=owner, **how)
        found[held] = model.predict_proba(X[held])[:, 1]
    return found, used


def later_month_splits(
    month: ArrayLike, customer: ArrayLike, y: ArrayLike, *, later: object, folds: int = 3, seed: int = 0
) -> list[Split]:
    """Inner splits that check on the month `later` what was learned from the months before, never on the same customer.

    The level of risk is set on every month of those other customers: one month's churn is no guide to the next.

    >>> splits = later_month_splits([1, 1, 2, 2], ["a", "b", "a", "b"], [0, 1, 0, 1], later=2, folds=2)
    >>> sorted(tuple(rows.tolist() for rows in split) for split in splits)
    [([0], [3], [1, 3]), ([1], [2], [0, 2])]
    """
    when, left = np.asarray(month), np.asarray(y).astype(np.int64)
    fold = stratified_folds(left, folds, seed, customer)
    last = when == later
    used = range(folds) if left.size <= 40_000 else range(1)
    parts = [(~last & (fold != k), last & (fold == k), fold == k) for k in used]
    return [Split(*(np.flatnonzero(part) for part in split)) for split in parts]
