"""Predict a score of 0..100 from numbers and category codes, gaps allowed: a ridge regression, small trees, or both.

The regression reads amounts by their signed logarithm, gaps as the mean with a mark, and categories of up to 60 values
one by one. Trees are few, small and slow to learn, since answers of customers are mostly noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV

from telcli.methods.threads import threads

__all__ = ["KINDS", "ScoreModel"]

Floats = NDArray[np.float64]

KINDS = ("linear", "trees", "blend")
_MOST_CODES, _RIDGES, _FLAT = 60, np.logspace(0, 5, 11), 1e-9
_SLOW = {"learning_rate": 0.03, "max_iter": 120, "max_leaf_nodes": 8, "l2_regularization": 10.0}


class ScoreModel:
    """Both models, fitted once; `predict` tells what each kind says.

    Parameters
    ----------
    categorical : columns that hold codes 0, 1, 2...; NaN is unknown. Those of more than 60 values are left out.
    seed : of the trees.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 2))
    >>> found = ScoreModel().fit(X, 50 + 10 * X[:, 0]).predict([[1.0, 0.0]])
    >>> found["linear"].shape, bool(abs(found["blend"][0] - 60) < 5)
    ((1,), True)
    """

    def __init__(self, categorical: Sequence[int] = (), seed: int = 0) -> None:
        self.categorical = categorical
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> ScoreModel:
        """Learn from customers x columns and their scores."""
        matrix, score = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        coded = set(self.categorical)
        wide = {j for j in coded if np.nanmax(matrix[:, j], initial=0.0) >= _MOST_CODES}
        self.columns_ = [j for j in range(matrix.shape[1]) if j not in wide and np.isfinite(matrix[:, j]).any()]
        self.coded_ = [place for place, j in enumerate(self.columns_) if j in coded]
        matrix = matrix[:, self.columns_]
        self.levels_ = {place: int(np.nanmax(matrix[:, place])) + 1 for place in self.coded_}
        amounts = self._amounts(matrix)
        self.fill_ = np.nanmean(amounts, axis=0) if amounts.shape[1] else np.zeros(0)
        wide_matrix = self._encode(matrix)
        self.centre_, self.scale_ = wide_matrix.mean(axis=0), wide_matrix.std(axis=0)
        self.mean_ = float(score.mean())
        with threads(1):  # linear algebra on several threads does not give the same bits
            self.line_ = self._line(wide_matrix, score)
            trees = HistGradientBoostingRegressor(
                random_state=self.seed,
                categorical_features=self.coded_ or None,
                min_samples_leaf=max(5, min(30, len(score) // 20)),
                early_stopping=False,
                **_SLOW,
            )
            self.trees_ = trees.fit(matrix, score) if matrix.shape[1] else None
        return self

    def predict(self, X: ArrayLike) -> dict[str, Floats]:
        """What each of `KINDS` says of each row; it may be a little out of 0..100."""
        matrix = np.asarray(X, dtype=np.float64)[:, self.columns_]
        for place, levels in self.levels_.items():  # a value never seen says nothing
            matrix[:, place] = np.where(matrix[:, place] < levels, matrix[:, place], np.nan)
        if self.line_ is None or self.trees_ is None:
            flat = np.full(len(matrix), self.mean_)
            return dict.fromkeys(KINDS, flat)
        with threads(1):
            line = self.line_.predict(self._scaled(self._encode(matrix)))
            trees = self.trees_.predict(matrix)
        return {"linear": line, "trees": trees, "blend": 0.5 * (line + trees)}

    def _line(self, wide_matrix: Floats, score: Floats) -> RidgeCV | None:
        if not (self.scale_ > _FLAT).any():
            return None
        return RidgeCV(_RIDGES).fit(self._scaled(wide_matrix), score)

    def _scaled(self, wide_matrix: Floats) -> Floats:
        kept = self.scale_ > _FLAT
        found: Floats = np.clip((wide_matrix[:, kept] - self.centre_[kept]) / self.scale_[kept], -8.0, 8.0)
        return found

    def _amounts(self, matrix: Floats) -> Floats:
        kept = [place for place in range(matrix.shape[1]) if place not in self.coded_]
        found: Floats = np.sign(matrix[:, kept]) * np.log1p(np.abs(matrix[:, kept]))
        return found

    def _encode(self, matrix: Floats) -> Floats:
        amounts = self._amounts(matrix)
        gaps = np.isnan(amounts)
        parts = [np.where(gaps, self.fill_, amounts), gaps.astype(np.float64)]
        for place, levels in self.levels_.items():
            parts.append((matrix[:, [place]] == np.arange(levels)).astype(np.float64))
        return np.column_stack(parts)
