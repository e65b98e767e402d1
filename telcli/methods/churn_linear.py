"""A logistic regression that takes numbers and category codes with gaps, bends its lines, and sets its own ridge."""

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
from telcli.methods.churn_folds import stratified_folds
from telcli.methods.ridge_strength import ridge_strength

__all__ = ["LinearChurn"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]

_NODES = np.array([0.0, 0.01, *np.arange(0.05, 0.96, 0.05), 0.99, 1.0])
_BENDS, _BEND_SCALE, _LEVEL_SCALE = (0.25, 0.5, 0.75), 0.35, 2.0
_FARTHEST = 3.0
"""Standard deviations: what few have would else weigh next to nothing against the ridge."""
_MOST_BENT, _MOST_CELLS, _NEWTON_COLUMNS = 200, 30_000_000, 400
_WARNINGS = Lock()  # the filters of warnings are the process's own: two fits in two threads would clear each other's


class LinearChurn(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Ridge logistic regression on ranks that may bend, gaps flagged, and one-hot categories.

    A number is read as its rank among the rows learned from (0..1, a line between some 20 quantiles, flat outside
    them), which no outlier or unit moves, and as the distance to the first, second and third quartile of its ranks, so
    that its effect may bend there; above 200 numbers none bends. A gap counts as the mean and, where gaps were seen,
    has a term of its own. A category never seen has none. What is learned are terms of one column each: `tables_`.

    Parameters
    ----------
    categorical : columns that hold codes 0, 1, 2...; NaN is unknown.
    strength : inverse of the ridge (scikit-learn's C), above 0; None chooses it, see `ridge_strength`.

    Attributes
    ----------
    strength_ : the ridge used.
    intercept_ : log-odds before any term.
    nodes_, tables_ : of each number, values (ascending) and the log-odds that they add; a line in between.
    gaps_ : log-odds that a gap adds, a value per number.
    levels_ : log-odds by code, an array per category.

    >>> X = np.array([[0, 1.0], [0, 2.0], [1, 3.0], [1, np.nan]] * 10)
    >>> model = LinearChurn(categorical=(0,)).fit(X, [0, 0, 1, 1] * 10)
    >>> bool(model.predict_proba(X)[3, 1] > 0.8)
    True
    """

    def __init__(self, categorical: Sequence[int] = (), strength: float | None = None) -> None:
        self.categorical = categorical
        self.strength = strength

    def fit(self, X: ArrayLike, y: ArrayLike) -> LinearChurn:
        """Learn from rows x columns and labels 0/1; from a part that keeps the churn rate where there is too much."""
        matrix, left = np.asarray(X), np.asarray(y).astype(np.int64)
        if not 0 < left.sum() < left.size:
            raise DataError("one-class", "There must be both churners and stayers to measure a model.")
        self._learn_scales(matrix)
        parts = -(-left.size * self._width() // _MOST_CELLS)
        if parts > 1:
            chosen = stratified_folds(left, min(parts, int(left.sum()), int((1 - left).sum())), 0) == 0
            matrix, left = matrix[chosen], left[chosen]
        encoded = self._encode(matrix)
        centre = encoded.mean(axis=0)
        encoded -= centre
        self.strength_ = float(ridge_strength(encoded, left) if self.strength is None else self.strength)
        solver = "newton-cholesky" if encoded.shape[1] <= _NEWTON_COLUMNS else "lbfgs"
        regression = LogisticRegression(C=self.strength_, max_iter=200, solver=solver)
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped a step early ranks just as well
            regression.fit(encoded, left)
        weights = regression.coef_[0]
        self._keep_terms(weights, float(regression.intercept_[0] - centre @ weights))
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Log-odds of leaving, added up row by row in one order: a matrix product's last bits hang on the batch."""
        matrix = np.asarray(X)
        found = np.full(len(matrix), self.intercept_)
        for _, values in self.terms(matrix):
            found += values
        return found

    def terms(self, X: Matrix) -> Iterator[tuple[int, Floats]]:
        """What each column of X adds to the log-odds by row, with its position; reasons read this."""
        for column, nodes, table, gap in zip(self.numbers_, self.nodes_, self.tables_, self.gaps_, strict=True):
            values = X[:, column].astype(np.float64)
            yield int(column), np.where(np.isnan(values), gap, np.interp(values, nodes, table))
        for column, table in zip(self.categorical, self.levels_, strict=True):
            codes = X[:, column]
            known = np.append(table, 0.0)
            yield column, known[np.where((codes >= 0) & (codes < table.size), codes, table.size).astype(np.intp)]

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Probability of staying and of leaving: rows x 2."""
        p = 1.0 / (1.0 + np.exp(-np.clip(self.decision_function(X), -500, 500)))
        return np.column_stack([1.0 - p, p])

    def _learn_scales(self, matrix: Matrix) -> None:
        """Nodes and basis of each number, which numbers have gaps, how many levels each category has."""
        coded = set(self.categorical)
        self.numbers_ = np.array([j for j in range(matrix.shape[1]) if j not in coded], dtype=np.intp)
        bends = _BENDS if self.numbers_.size <= _MOST_BENT else ()
        learned = [_basis(matrix[:, j].astype(np.float64), bends) for j in self.numbers_]
        self.nodes_, self._bases = [nodes for nodes, _ in learned], [basis for _, basis in learned]
        self._gappy = [bool(np.isnan(matrix[:, j]).any()) for j in self.numbers_]
        codes = (matrix[:, j] for j in self.categorical)
        self._counts = [1 + int(np.nanmax(column)) if (column >= 0).any() else 0 for column in codes]

    def _width(self) -> int:
        return sum(int(basis.shape[1]) for basis in self._bases) + sum(self._gappy) + sum(self._counts)

    def _encode(self, matrix: Matrix) -> Floats:
        """All that is weighed, a column each: the basis of each number and its gaps, then the levels of categories."""
        found = np.zeros((len(matrix), self._width()), order="F")
        place = 0
        for column, nodes, basis, gappy in zip(self.numbers_, self.nodes_, self._bases, self._gappy, strict=True):
            values = matrix[:, column].astype(np.float64)
            known = ~np.isnan(values)
            for part in basis.T:
                found[known, place] = np.interp(values[known], nodes, part)
                place += 1
            if gappy:
                found[~known, place] = 1.0
                place += 1
        for column, levels in zip(self.categorical, self._counts, strict=True):
            codes = matrix[:, column]
            rows = np.flatnonzero((codes >= 0) & (codes < levels))
            found[rows, place + codes[rows].astype(np.intp)] = _LEVEL_SCALE
            place += levels
        return found

    def _keep_terms(self, weights: Floats, intercept: float) -> None:
        """Weights of encoded columns, as the terms of the columns they come from."""
        self.intercept_, place = intercept, 0
        self.tables_, self.gaps_, self.levels_ = [], np.zeros(self.numbers_.size), []
        for number, (basis, gappy) in enumerate(zip(self._bases, self._gappy, strict=True)):
            self.tables_.append(basis @ weights[place : place + basis.shape[1]])
            place += basis.shape[1]
            if gappy:
                self.gaps_[number] = weights[place]
                place += 1
        for levels in self._counts:
            self.levels_.append(_LEVEL_SCALE * weights[place : place + levels])
            place += levels


def _basis(values: Floats, bends: Sequence[float]) -> tuple[Floats, Floats]:
    """Ascending values, and what is weighed there: nodes, and nodes x (rank, distance of the rank to each bend).

    Each column has mean 0 over the values known before it is held, and a standard deviation of 1 for the rank, less for
    distances.
    """
    known = values[~np.isnan(values)]
    nodes = np.unique(np.quantile(known, _NODES)) if known.size else np.zeros(1)
    if nodes.size < 2:
        return nodes, np.zeros((1, 1))
    rank = np.linspace(0.0, 1.0, nodes.size)
    turns = {round(bend * (nodes.size - 1)) for bend in bends} - {0, nodes.size - 1}
    columns = [rank, *(np.abs(rank - rank[turn]) for turn in sorted(turns))]
    for place, column in enumerate(columns):
        here = np.interp(known, nodes, column)
        spread = float(here.std()) or 1.0
        scaled = np.clip((column - here.mean()) / spread, -_FARTHEST, _FARTHEST)
        columns[place] = scaled * (1.0 if place == 0 else _BEND_SCALE)
    return nodes, np.column_stack(columns)
