"""The churn model: boosted trees, an additive boosted model and a logistic regression, stacked and calibrated.

Three members see different things: trees with interactions, trees of one feature each (an additive model, strong
where signals are weak), and a logistic regression. Held-out log-odds decide how much of each is used and calibrate
the sum, so no member has to be best everywhere. Few rows or few churners leave the logistic regression alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier

from telcli.errors import DataError
from telcli.methods.calibration import level_shift, stack_logits
from telcli.methods.churn_folds import Split, stratified_folds, usable_folds
from telcli.methods.churn_linear import LinearChurn
from telcli.methods.threads import threads

__all__ = ["MEMBERS", "SMALL_CHURNERS", "SMALL_ROWS", "ChurnModel"]

Floats = NDArray[np.float64]
MEMBERS = ("trees", "additive", "logistic")
SMALL_ROWS, SMALL_CHURNERS = 200, 20
_LARGE_ROWS, _LINEAR_ROWS, _CHUNK, _SPREAD_CELLS = 40_000, 100_000, 50_000, 1_000_000
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
    weights_, intercept_ : of the members' log-odds; a member of no weight is not kept.
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

        `splits` says which rows each stacking round learns from, which it is checked on (a later month, say) and which
        set the level; by default they are stratified folds. The members are then fitted again on every row.
        """
        matrix, left = np.asarray(X, dtype=np.float32), np.asarray(y).astype(np.int64)
        if matrix.ndim != 2 or len(matrix) != left.size or not left.size:
            raise DataError("shape-mismatch", "Labels and decisions differ in length.")
        self.classes_, self.n_features_in_ = np.array([0, 1]), matrix.shape[1]
        self.rounds_: dict[str, int] = {}
        self.members_: list[BaseEstimator | None] = []
        self.weights_, self.intercept_ = np.array([]), 0.0
        scarce = int(min(left.sum(), (1 - left).sum()))
        self.kind_ = "blend" if left.size >= SMALL_ROWS and scarce >= SMALL_CHURNERS else "logistic"
        if scarce == 0 or not matrix.shape[1]:
            self.kind_ = "constant"
            self.intercept_ = float(np.log((left.sum() + 0.5) / (left.size - left.sum() + 0.5)))
        elif self.kind_ == "logistic":
            simple = LinearChurn(self.categorical)
            _spread([partial(simple.fit, matrix, left)])
            self.members_, self.weights_ = [simple], np.ones(1)
        else:
            self._fit_blend(matrix, left, splits)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Calibrated log-odds of leaving."""
        matrix = np.asarray(X, dtype=np.float32)
        cuts = range(0, max(len(matrix), 1), _CHUNK)
        return np.concatenate(_spread([partial(self._score, matrix[i : i + _CHUNK]) for i in cuts]))

    def _score(self, matrix: NDArray[np.float32]) -> Floats:
        total = np.full(len(matrix), self.intercept_ + float(np.log(self.keep_rate)))
        for member, weight in zip(self.members_, self.weights_, strict=True):
            if member is not None and weight > 0:
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
        held: list[Floats] = []
        level: list[Floats] = []
        best: dict[str, list[int]] = {name: [] for name in _LEAVES}
        splits = splits or self._inner(left)
        for learn, check, wide in splits:
            members = self._fit_members(matrix[learn], left[learn], matrix[check], left[check])
            held.append(_shown(members, matrix[check]))
            # Fitted again on every row, the members will stand higher or lower by as much as the rates differ.
            shift = logit(left.mean()) - logit(left[learn].mean())
            level.append((held[-1] if wide is check else _shown(members, matrix[wide])) + shift)
            for name, rounds in best.items():
                rounds.append(max(10, int(np.argmax(members[name].validation_score_))))
        self.weights_, _ = stack_logits(np.concatenate(held), np.concatenate([left[split.check] for split in splits]))
        truth = np.concatenate([left[split.level] for split in splits])
        self.intercept_ = level_shift(np.concatenate(level) @ self.weights_, truth)
        self.rounds_ = {name: round(float(np.mean(found))) for name, found in best.items()}
        used = [name for name, weight in zip(MEMBERS, self.weights_, strict=True) if weight > 0]
        final = self._fit_members(matrix, left, names=used)
        self.members_ = [final.get(name) for name in MEMBERS]

    def _fit_members(
        self,
        X: NDArray[np.float32],
        y: NDArray[np.int64],
        X_val: NDArray[np.float32] | None = None,
        y_val: NDArray[np.int64] | None = None,
        *,
        names: Sequence[str] = MEMBERS,
    ) -> dict[str, BaseEstimator]:
        """Fit members by name; with held-out rows their rounds stop there, else they are those already found."""
        found = {name: self._member(name, y.size, None if X_val is not None else self.rounds_) for name in names}
        X = _filled(X)
        held = {} if X_val is None else {"X_val": X_val, "y_val": y_val}
        trees = [found[name] for name in names if name in _LEAVES]
        _spread([partial(member.fit, X, y, **held) for member in trees], apart=X.size > _SPREAD_CELLS)
        # By itself: it silences a warning, and doing so is not safe while other threads run.
        if "logistic" in found:
            _spread([partial(_fit_linear, found["logistic"], X, y, self.seed)])
        return found

    def _inner(self, left: NDArray[np.int64]) -> list[Split]:
        folds = 5 if left.size > _LARGE_ROWS else usable_folds(left, self.folds)
        fold = stratified_folds(left, folds, self.seed + 1)
        used = 1 if left.size > _LARGE_ROWS else folds
        parts = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(used)]
        return [Split(learn, check, check) for learn, check in parts]

    def _member(self, name: str, rows: int, rounds: dict[str, int] | None) -> BaseEstimator:
        if name == "logistic":
            return LinearChurn(self.categorical)
        return HistGradientBoostingClassifier(
            learning_rate=0.05 if rows <= _LARGE_ROWS else 0.2 if name == "additive" else 0.1,
            max_iter=rounds[name] if rounds else _MOST_ROUNDS[name],
            max_leaf_nodes=_LEAVES[name],
            interaction_cst="no_interactions" if name == "additive" else None,
            categorical_features=list(self.categorical) or None,
            early_stopping=rounds is None,
            n_iter_no_change=20,
            random_state=self.seed,
        )


def _shown(members: Mapping[str, BaseEstimator], X: NDArray[np.float32]) -> Floats:
    """Log-odds by member: rows x members."""
    return np.column_stack(_spread([partial(member.decision_function, X) for member in members.values()]))


def _filled(X: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same rows with 0 in columns where nothing is known, which the trees' binning cannot take."""
    empty = np.flatnonzero(np.isnan(X).all(axis=0))
    if not empty.size:
        return X
    found = X.copy()
    found[:, empty] = 0.0
    return found


def _fit_linear(member: LinearChurn, matrix: NDArray[np.float32], left: NDArray[np.int64], seed: int) -> None:
    """A logistic regression learns no more from a million rows than from a part; the part keeps the churn rate."""
    folds = -(-left.size // _LINEAR_ROWS)
    chosen = stratified_folds(left, folds, seed) == 0 if folds > 1 else slice(None)
    member.fit(matrix[chosen], left[chosen])


def _spread(tasks: Sequence[Callable[[], Any]], *, apart: bool = True) -> list[Any]:
    """Run tasks, two at a time where there are two processors, each on one thread of its own.

    Threads inside a task would wait for each other at every split of every tree, which on a busy machine costs far more
    than it brings; and linear algebra on several threads does not give the same bits.
    """
    with threads(1, "blas"):
        if len(tasks) < 2 or not apart or (os.cpu_count() or 1) < 2:
            return [_alone(task) for task in tasks]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(_alone, tasks))


def _alone(task: Callable[[], Any]) -> Any:
    with threads(1, "openmp"):
        return task()
