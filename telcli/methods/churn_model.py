"""The churn model: boosted trees, an additive boosted model and a logistic regression, stacked and calibrated.

Three members see different things: trees with interactions, trees of one feature each (an additive model, strong
where signals are weak), and a logistic regression. Held-out log-odds decide how much of each is used and calibrate
the sum, so no member has to be best everywhere. Few rows or few churners leave the logistic regression alone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from telcli.errors import DataError
from telcli.methods.calibration import stack_logits
from telcli.methods.churn_folds import Split, stratified_folds, usable_folds
from telcli.methods.churn_linear import LinearChurn

__all__ = ["MEMBERS", "SMALL_CHURNERS", "SMALL_ROWS", "ChurnModel"]

Floats = NDArray[np.float64]
MEMBERS = ("trees", "additive", "logistic")
SMALL_ROWS, SMALL_CHURNERS = 200, 20
_LARGE_ROWS, _LINEAR_ROWS, _SPREAD_CELLS = 40_000, 100_000, 2_000_000
_MOST_ROUNDS = {"trees": 400, "additive": 600}
_LEAVES = {"trees": 8, "additive": 4}


class ChurnModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Calibrated chance of leaving from numbers and category codes, gaps allowed.

    Parameters
    ----------
    categorical : columns that hold codes 0..254; NaN is unknown.
    keep_rate : share (0..1] of stayers that was kept for training; probabilities are corrected for it.
    folds : inner folds of stacking; above 40,000 rows one fold alone is held out.
    seed : of folds and trees.

    Attributes
    ----------
    kind_ : ``"blend"``, ``"logistic"`` (fewer than 200 rows or 20 of either class) or ``"constant"`` (one class).
    weights_, intercept_ : of the members' log-odds.
    rounds_ : boosting rounds by member, chosen on held-out rows.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 3))
    >>> model = ChurnModel().fit(X, rng.random(400) < expit(2 * X[:, 0] - 1))
    >>> model.kind_, bool(model.predict_proba([[2.0, 0, 0]])[0, 1] > 0.7)
    ('blend', True)
    """

    def __init__(self, categorical: Sequence[int] = (), keep_rate: float = 1.0, folds: int = 3, seed: int = 0) -> None:
        self.categorical = categorical
        self.keep_rate = keep_rate
        self.folds = folds
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike, splits: Sequence[Split] | None = None) -> ChurnModel:
        """Learn from rows x columns and labels 0/1.

        `splits` says which rows each stacking round learns from and which it is checked on (a later month, say);
        by default they are stratified folds. The members are then fitted again on every row.
        """
        matrix, left = np.asarray(X, dtype=np.float32), np.asarray(y).astype(np.int64)
        if matrix.ndim != 2 or len(matrix) != left.size or not left.size:
            raise DataError("shape-mismatch", "Labels and decisions differ in length.")
        self.classes_, self.n_features_in_ = np.array([0, 1]), matrix.shape[1]
        self.rounds_: dict[str, int] = {}
        self.members_: list[BaseEstimator] = []
        self.weights_, self.intercept_ = np.array([]), 0.0
        scarce = int(min(left.sum(), (1 - left).sum()))
        self.kind_ = "blend" if left.size >= SMALL_ROWS and scarce >= SMALL_CHURNERS else "logistic"
        with _pinned(matrix.size):
            if scarce == 0 or not matrix.shape[1]:
                self.kind_ = "constant"
                self.intercept_ = float(np.log((left.sum() + 0.5) / (left.size - left.sum() + 0.5)))
            elif self.kind_ == "logistic":
                self.members_ = [LinearChurn(self.categorical, strength=0.1).fit(matrix, left)]
                self.weights_ = np.ones(1)
            else:
                self._fit_blend(matrix, left, splits)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Calibrated log-odds of leaving."""
        matrix = np.asarray(X, dtype=np.float32)
        total = np.full(len(matrix), self.intercept_ + float(np.log(self.keep_rate)))
        with _pinned(matrix.size):
            for member, weight in zip(self.members_, self.weights_, strict=True):
                if weight > 0:
                    total += weight * member.decision_function(matrix)
        return total

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Probability of staying and of leaving: rows x 2."""
        p = expit(self.decision_function(X))
        return np.column_stack([1.0 - p, p])

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """1 where leaving is likelier than staying; decide by cost instead, see `methods.costs`."""
        return (self.decision_function(X) > 0).astype(np.int64)

    def _fit_blend(self, matrix: NDArray[np.float32], left: NDArray[np.int64], splits: Sequence[Split] | None) -> None:
        held = [np.empty((0, len(MEMBERS)))]
        truth = [np.empty(0, dtype=np.int64)]
        best: dict[str, list[int]] = {name: [] for name in _LEAVES}
        for learn, check in splits or self._inner(left):
            logits = []
            for name in MEMBERS:
                member = self._member(name)
                if isinstance(member, LinearChurn):
                    _fit_linear(member, matrix[learn], left[learn], self.seed)
                else:
                    member.fit(matrix[learn], left[learn], X_val=matrix[check], y_val=left[check])
                    best[name].append(max(10, int(np.argmax(member.validation_score_))))
                logits.append(member.decision_function(matrix[check]))
            held.append(np.column_stack(logits))
            truth.append(left[check])
        self.weights_, self.intercept_ = stack_logits(np.concatenate(held), np.concatenate(truth))
        self.rounds_ = {name: round(float(np.mean(found))) for name, found in best.items()}
        for name in MEMBERS:
            member = self._member(name, self.rounds_.get(name))
            if isinstance(member, LinearChurn):
                _fit_linear(member, matrix, left, self.seed)
            else:
                member.fit(matrix, left)
            self.members_.append(member)

    def _inner(self, left: NDArray[np.int64]) -> list[Split]:
        folds = 5 if left.size > _LARGE_ROWS else usable_folds(left, self.folds)
        fold = stratified_folds(left, folds, self.seed + 1)
        used = 1 if left.size > _LARGE_ROWS else folds
        return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(used)]

    def _member(self, name: str, rounds: int | None = None) -> BaseEstimator:
        if name == "logistic":
            return LinearChurn(self.categorical)
        return HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=rounds or _MOST_ROUNDS[name],
            max_leaf_nodes=_LEAVES[name],
            interaction_cst="no_interactions" if name == "additive" else None,
            categorical_features=list(self.categorical) or None,
            early_stopping=rounds is None,
            n_iter_no_change=20,
            random_state=self.seed,
        )


def _fit_linear(member: LinearChurn, matrix: NDArray[np.float32], left: NDArray[np.int64], seed: int) -> None:
    """A logistic regression learns no more from a million rows than from a part; the part keeps the churn rate."""
    folds = -(-left.size // _LINEAR_ROWS)
    chosen = stratified_folds(left, folds, seed) == 0 if folds > 1 else slice(None)
    member.fit(matrix[chosen], left[chosen])


def _pinned(cells: int) -> threadpool_limits:
    """One thread for linear algebra, whose bits depend on it; for trees, whose bits do not, one where work is small.

    Threads that wait for each other at every split cost more than they bring on a small or a busy machine.
    """
    return threadpool_limits({"openmp": 2 if cells > _SPREAD_CELLS and (os.cpu_count() or 1) > 1 else 1, "blas": 1})
