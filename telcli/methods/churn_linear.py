"""A logistic regression that takes numbers and category codes with gaps, and needs no other preparation."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from telcli.errors import DataError

__all__ = ["LinearChurn"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]

_WARNINGS = Lock()  # the filters of warnings are the process's own: two fits in two threads would clear each other's


class LinearChurn(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Ridge logistic regression on standardised numbers, gaps flagged, and one-hot categories.

    Numbers are centred at the mean, divided by the standard deviation and held within 5 of it; a gap becomes the
    mean and, where gaps were seen, sets a flag. A category never seen has no term.

    Parameters
    ----------
    categorical : columns that hold codes 0, 1, 2...; NaN is unknown.
    strength : inverse of the ridge (scikit-learn's C), above 0.

    >>> X = np.array([[0, 1.0], [0, 2.0], [1, 3.0], [1, np.nan]] * 10)
    >>> model = LinearChurn(categorical=(0,)).fit(X, [0, 0, 1, 1] * 10)
    >>> bool(model.predict_proba(X)[3, 1] > 0.8)
    True
    """

    def __init__(self, categorical: Sequence[int] = (), strength: float = 1.0) -> None:
        self.categorical = categorical
        self.strength = strength

    def fit(self, X: ArrayLike, y: ArrayLike) -> LinearChurn:
        """Learn from rows x columns and labels 0/1."""
        matrix, left = np.asarray(X, dtype=np.float64), np.asarray(y).astype(np.int64)
        if not 0 < left.sum() < left.size:
            raise DataError("one-class", "There must be both churners and stayers to measure a model.")
        numbers = [j for j in range(matrix.shape[1]) if j not in set(self.categorical)]
        values = matrix[:, numbers]
        known = ~np.isnan(values)
        count = np.maximum(known.sum(axis=0), 1)
        self.numbers_ = np.asarray(numbers, dtype=np.intp)
        self.mean_ = np.where(known, values, 0.0).sum(axis=0) / count
        spread = np.sqrt(np.where(known, np.square(values - self.mean_), 0.0).sum(axis=0) / count)
        self.spread_ = np.where(spread > 0, spread, 1.0)
        self.gappy_ = np.flatnonzero(~known.all(axis=0))
        codes = matrix[:, list(self.categorical)]
        self.levels_ = np.array(
            [1 + int(np.nanmax(column)) if (column >= 0).any() else 0 for column in codes.T], dtype=np.intp
        )
        self.regression_ = LogisticRegression(C=self.strength, max_iter=500)
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped a step early ranks just as well
            self.regression_.fit(self._encode(matrix), left)
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Log-odds of leaving, added up row by row in one order: a matrix product's last bits hang on the batch."""
        matrix = np.asarray(X)
        found = np.full(len(matrix), self.regression_.intercept_[0])
        weights = iter(self.regression_.coef_[0])
        for values in self._linear(matrix):
            found += next(weights) * values
        for column, levels in zip(self.categorical, self.levels_, strict=True):
            terms = np.array([*(next(weights) for _ in range(levels)), 0.0])
            codes = matrix[:, column]
            found += terms[np.where((codes >= 0) & (codes < levels), codes, levels).astype(np.intp)]
        return found

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Probability of staying and of leaving: rows x 2."""
        p = 1.0 / (1.0 + np.exp(-np.clip(self.decision_function(X), -500, 500)))
        return np.column_stack([1.0 - p, p])

    def _linear(self, matrix: Matrix) -> Iterator[Floats]:
        """Numbers as they are weighed, one column after the other, then the flags of gaps."""
        for place, column in enumerate(self.numbers_.tolist()):
            values = (matrix[:, column].astype(np.float64) - self.mean_[place]) / self.spread_[place]
            yield np.clip(np.where(np.isnan(values), 0.0, values), -5.0, 5.0)
        for place in self.gappy_.tolist():
            yield np.isnan(matrix[:, self.numbers_[place]]).astype(np.float64)

    def _encode(self, matrix: Matrix) -> Floats:
        """All that is weighed, a column each: numbers, flags of gaps, then a flag for each level of each category."""
        parts = [column[:, None] for column in self._linear(matrix)]
        for column, levels in zip(self.categorical, self.levels_, strict=True):
            parts.append((matrix[:, [column]] == np.arange(levels)[None, :]).astype(np.float64))
        return np.hstack(parts)
