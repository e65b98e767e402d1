"""Shallow boosted trees of an effect, kept as plain arrays so that they are saved without pickle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor

__all__ = ["TreeEffect"]

Floats = NDArray[np.float64]

_ROUNDS, _DEPTH, _RATE, _BINS = 40, 2, 0.05, 16
_LEAF = 0.02
"""Share of the rows in the smallest leaf, and, times the rows, the ridge of leaves: effects are small, and noisy."""


class TreeEffect(BaseEstimator):  # type: ignore[misc]
    """A few boosted trees of two splits on pseudo-outcomes (scikit-learn's), read from arrays.

    Attributes
    ----------
    feature_, threshold_, left_, right_, value_ : of every node of every tree; a leaf points to itself.
    roots_ : each tree's first node.
    base_ : the mean effect.

    >>> step = (np.arange(200.0) > 99).astype(float)
    >>> model = TreeEffect().fit(np.arange(200.0)[:, None], step, np.ones(200))
    >>> low, high = model.of(np.array([[0.0], [199.0]]), np.zeros((2, 0)))
    >>> bool(low < high)
    True
    """

    def fit(self, parts: Floats, outcome: Floats, weight: Floats) -> TreeEffect:
        """Learn the mean outcome from rows x parts without gaps."""
        boosted = HistGradientBoostingRegressor(
            max_depth=_DEPTH,
            max_iter=_ROUNDS,
            learning_rate=_RATE,
            max_bins=_BINS,
            early_stopping=False,
            min_samples_leaf=max(20, int(_LEAF * len(outcome))),
            l2_regularization=_LEAF * float(weight.sum()),
        ).fit(parts, outcome, sample_weight=weight if np.ptp(weight) else None)
        trees = [tree.nodes for (tree,) in boosted._predictors]
        sizes = [len(nodes) for nodes in trees]
        self.roots_ = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        whole = np.concatenate(trees)
        start = np.repeat(self.roots_, sizes)
        leaf, here = whole["is_leaf"] > 0, np.arange(len(whole))
        self.feature_ = np.where(leaf, 0, whole["feature_idx"]).astype(np.int64)
        self.threshold_ = np.where(leaf, 0.0, whole["num_threshold"])
        self.left_ = np.where(leaf, here, whole["left"] + start).astype(np.int64)
        self.right_ = np.where(leaf, here, whole["right"] + start).astype(np.int64)
        self.value_ = np.asarray(whole["value"], dtype=np.float64)
        self.base_ = float(boosted._baseline_prediction.item())
        return self

    def of(self, parts: Floats, own: Floats) -> Floats:
        """The effect of each row, of parts and the offers' own beside each other."""
        parts = np.hstack([parts, own])
        found = np.full(len(parts), self.base_)
        rows = np.arange(len(parts))
        for root in self.roots_:
            node = np.full(len(parts), root)
            for _ in range(_DEPTH):
                goes = parts[rows, self.feature_[node]] <= self.threshold_[node]
                node = np.where(goes, self.left_[node], self.right_[node])
            found += self.value_[node]
        return found
