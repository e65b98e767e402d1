"""Categories of many values, such as branches, dealers and handsets, as numbers: how much their customers leave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit
from sklearn.base import BaseEstimator, TransformerMixin

from telcli.methods.churn_folds import stratified_folds, usable_folds

__all__ = ["LevelRates"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]

_FOLDS, _LEAST_ALIKE, _MOST_ALIKE = 5, 1e-4, 0.5


class LevelRates(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Codes become the log-odds of leaving of their level, less those of all, drawn to 0 as far as the level is small.

    A level of `n` rows of which `k` left is `log((k + m r) / (n - k + m (1 - r))) - logit(r)` for a churn rate `r` of
    all: `m` customers are added that leave like everyone. `m = (1 - rho) / rho`, where `rho` is how alike rows of one
    level are, by the moments of the beta-binomial law (Micci-Barreca 2001 for the idea of the mean drawn in): where
    levels do not differ nothing is left of them. A gap is a level; one never seen, or seen in no row, is 0.

    `fit_transform` gives each row the rates of other folds, so that no row's number knows its own label, nor that of
    others in its group; `transform` those of all rows learned from.

    Parameters
    ----------
    columns : positions of the codes 0, 1, 2...; other columns stay as they are.
    seed : of the folds.

    Attributes
    ----------
    tables_ : log-odds by code, an array per column; the last is that of gaps.
    alike_ : `rho` of each column, 0.0001..0.5.

    >>> X = np.repeat([[0.0], [1.0], [2.0]], 40, axis=0)
    >>> y = np.tile([1, 1, 1, 0, 1, 0, 0, 0], 15) * (X[:, 0] < 2)
    >>> rates = LevelRates([0]).fit(X, y)
    >>> rates.transform([[0.0], [2.0], [7.0]]).astype(float).round(1).ravel().tolist()
    [0.6, -2.9, 0.0]
    """

    def __init__(self, columns: Sequence[int] = (), seed: int = 0) -> None:
        self.columns = columns
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> LevelRates:
        """Learn from rows x columns and labels 0/1 of both kinds."""
        matrix, left = np.asarray(X), np.asarray(y).astype(np.int64)
        learned = [_rates(codes, left, levels) for codes, levels in self._codes(matrix)]
        self.tables_, self.alike_ = [table for table, _ in learned], [alike for _, alike in learned]
        return self

    def fit_transform(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Matrix:
        """Learn, and give the rows learned from the rates of other folds; rows of one of `groups` share a fold."""
        matrix, left = np.asarray(X, dtype=np.float32), np.asarray(y).astype(np.int64)
        self.fit(matrix, left)
        if not self.columns:
            return matrix
        matrix = matrix.copy()
        fold = stratified_folds(left, usable_folds(left, _FOLDS), self.seed, groups)
        for column, (codes, levels) in zip(self.columns, self._codes(matrix), strict=True):
            for held in (fold == k for k in range(int(fold.max()) + 1)):
                other, _ = _rates(codes[~held], left[~held], levels)
                matrix[held, column] = other[codes[held]]
        return matrix

    def transform(self, X: ArrayLike) -> Matrix:
        """The same rows, with rates for codes."""
        matrix = np.asarray(X, dtype=np.float32)
        if not self.columns:
            return matrix
        matrix = matrix.copy()
        for column, table in zip(self.columns, self.tables_, strict=True):
            codes = matrix[:, column]
            gaps = np.isnan(codes)
            known = (codes >= 0) & (codes < table.size - 1)
            found = np.where(gaps, table[-1], 0.0)
            found[known] = table[codes[known].astype(np.intp)]
            matrix[:, column] = found
        return matrix

    def _codes(self, matrix: NDArray[np.floating]) -> list[tuple[NDArray[np.intp], int]]:
        """The columns as whole numbers, gaps the last, and how many there are of them."""
        found = []
        for column in self.columns:
            values = matrix[:, column]
            gaps = np.isnan(values)
            levels = 0 if gaps.all() else 1 + int(np.nanmax(values))
            found.append((np.where(gaps, levels, values).astype(np.intp), levels + 1))
        return found


def _rates(codes: NDArray[np.intp], left: NDArray[np.int64], levels: int) -> tuple[Floats, float]:
    """Log-odds by code less those of all, and how alike rows of one level are."""
    size = np.bincount(codes, minlength=levels).astype(np.float64)
    gone = np.bincount(codes[left == 1], minlength=size.size).astype(np.float64)
    rate = float(gone.sum() / size.sum())
    if not 0 < rate < 1:
        return np.zeros(size.size), _LEAST_ALIKE
    excess = float(np.square(gone - size * rate).sum()) / (rate * (1.0 - rate)) - size.sum()
    pairs = float((size * (size - 1.0)).sum())
    alike = min(max(excess / pairs if pairs else 0.0, _LEAST_ALIKE), _MOST_ALIKE)
    added = (1.0 - alike) / alike
    odds = np.log((gone + added * rate) / (size - gone + added * (1.0 - rate)))
    return np.where(size > 0, odds - logit(rate), 0.0), alike
