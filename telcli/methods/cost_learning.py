"""What learners that know costs share: their conventions, categories, and sub-models of parts of the rows.

All are scikit-learn classifiers: ``fit(X, y, fp=..., fn=..., tp=..., tn=...)`` with an array or a number per cost (1
for errors and 0 else where nothing is given), then ``predict``. Gaps (NaN) and columns of category codes are taken as
they are. The class that sorts last, 1 or True, is the one that costs are about: the churners.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.validation import check_is_fitted, validate_data

from telcli.methods.costs import CostMatrix

__all__ = ["CategoryRates", "CostLearner", "MinimumRisk", "chance_of", "fitted_part"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]
Flags = NDArray[np.bool_]
_SMOOTH = 10.0


class CostLearner(ClassifierMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """A classifier of two classes that learns from what each row's outcomes cost.

    A learner says in `_learn` what it makes of rows, labels 0/1 and costs, and in `_score` what it says of rows: a
    number above 0 where the row should be contacted.
    """

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        fp: ArrayLike | None = None,
        fn: ArrayLike | None = None,
        tp: ArrayLike | None = None,
        tn: ArrayLike | None = None,
    ) -> Self:
        """Learn from rows x columns, labels of two classes, and costs in currency."""
        matrix, labels = validate_data(self, X, y, dtype=np.float32, ensure_all_finite="allow-nan")
        if np.asarray(labels).dtype.kind == "f" and not np.equal(np.mod(labels, 1), 0).all():
            raise ValueError("Unknown label type: continuous")
        self.classes_, left = np.unique(labels, return_inverse=True)
        if self.classes_.size != 2:
            only = "Only binary classification is supported."
            raise ValueError(f"{only} The target has {self.classes_.size} class(es), two are needed.")
        costs = CostMatrix.of(left.size, fp=_or(fp, 1.0), fn=_or(fn, 1.0), tp=_or(tp, 0.0), tn=_or(tn, 0.0))
        self.usual_ = tuple(float(part.mean()) for part in (costs.tp, costs.fp, costs.tn, costs.fn))
        self._learn(matrix, left.astype(np.int64), costs)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Above 0 for the class that costs are about."""
        return self._score(self._rows(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class of each row."""
        chosen = self.decision_function(X) > 0
        found: NDArray[Any] = self.classes_[chosen.astype(np.intp)]
        return found

    def decide(self, X: ArrayLike, costs: CostMatrix) -> Flags:
        """Whom to contact: by `costs` of these customers where the learner needs them to decide, else by its class."""
        return self.decision_function(X) > 0

    @abstractmethod
    def _learn(self, X: Matrix, left: NDArray[np.int64], costs: CostMatrix) -> None:
        """Learn from rows, labels 0/1 and costs."""

    @abstractmethod
    def _score(self, X: Matrix) -> Floats:
        """Above 0 where the row should be contacted."""

    def _rows(self, X: ArrayLike) -> Matrix:
        check_is_fitted(self, "usual_")
        found: Matrix = validate_data(self, X, dtype=np.float32, ensure_all_finite="allow-nan", reset=False)
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags


class MinimumRisk(CostLearner):
    """Bayes minimum risk: contact where the expected cost of doing so is lower, at a chance that means what it says.

    Elkan (2001); example-dependent as in Correa Bahnsen et al. (2014). A child class says in `_chance` how likely the
    costly class is; this one takes it from `estimator`, whose probabilities should be calibrated.

    Parameters
    ----------
    estimator : classifier with predict_proba; small boosted trees by default.
    categorical : columns that hold codes 0..254.
    seed : of the trees.

    >>> X = np.array([[0.0], [1.0]] * 50)
    >>> y = np.array([0, 0, 0, 1] * 25)  # at 1 one in two leaves
    >>> model = MinimumRisk().fit(X, y, fp=1.0, fn=9.0)
    >>> model.predict([[0.0], [1.0]]).tolist(), model.predict([[1.0]], fp=9.0, fn=1.0).tolist()
    ([0, 1], [0])
    """

    def __init__(self, estimator: BaseEstimator | None = None, categorical: Sequence[int] = (), seed: int = 0) -> None:
        self.estimator = estimator
        self.categorical = categorical
        self.seed = seed

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Chance of either class: rows x 2."""
        p = self._chance(self._rows(X))
        return np.column_stack([1.0 - p, p])

    def predict(
        self,
        X: ArrayLike,
        fp: ArrayLike | None = None,
        fn: ArrayLike | None = None,
        tp: ArrayLike | None = None,
        tn: ArrayLike | None = None,
    ) -> NDArray[Any]:
        """The cheaper decision about each row by its own costs; where one is not given, by its mean in training."""
        matrix = self._rows(X)
        pairs = zip((tp, fp, tn, fn), self.usual_, strict=True)
        given = dict(zip(("tp", "fp", "tn", "fn"), (_or(cost, usual) for cost, usual in pairs), strict=True))
        act = CostMatrix.of(len(matrix), **given).expected_saving(self._chance(matrix)) > 0
        found: NDArray[Any] = self.classes_[act.astype(np.intp)]
        return found

    def decide(self, X: ArrayLike, costs: CostMatrix) -> Flags:
        """Whom to contact, by the costs of these customers."""
        return costs.expected_saving(self._chance(self._rows(X))) > 0

    def _learn(self, X: Matrix, left: NDArray[np.int64], costs: CostMatrix) -> None:
        self.estimator_ = fitted_part(self.estimator, X, left, self.categorical, self.seed)

    def _chance(self, X: Matrix) -> Floats:
        return chance_of(self.estimator_, X)

    def _score(self, X: Matrix) -> Floats:
        tp, fp, tn, fn = self.usual_
        return CostMatrix.of(len(X), tp=tp, fp=fp, tn=tn, fn=fn).expected_saving(self._chance(X))


class CategoryRates:
    """Category codes as churn rates, by which a tree can part them in one cut (Breiman et al. 1984, theorem 4.5).

    Rates are weighted, and drawn towards that of all as if each code had ten more rows. A code never seen is a gap.

    >>> rates = CategoryRates((0,)).fit(np.array([[0.0], [0.0], [1.0]]), np.array([1, 1, 0]), np.ones(3))
    >>> bool(np.diff(rates.transform(np.array([[0.0], [1.0], [7.0]]))[:2, 0])[0] < 0)
    True
    """

    def __init__(self, categorical: Sequence[int]) -> None:
        self.categorical = tuple(categorical)

    def fit(self, X: Matrix, left: NDArray[np.int64], weight: Floats) -> Self:
        """Learn the rates from rows x columns, labels 0/1 and weights."""
        mass = weight * len(weight) / weight.sum()
        mean = float((mass * left).sum() / mass.sum())
        self.codes_, self.rates_ = [], []
        for column in self.categorical:
            known = ~np.isnan(X[:, column])
            codes, place = np.unique(X[known, column], return_inverse=True)
            rows = np.bincount(place, mass[known], codes.size)
            gone = np.bincount(place, (mass * left)[known], codes.size)
            self.codes_.append(codes)
            self.rates_.append((gone + _SMOOTH * mean) / (rows + _SMOOTH))
        return self

    def transform(self, X: Matrix) -> Matrix:
        """The same columns, codes replaced by rates."""
        if not self.categorical:
            return X
        found = X.copy()
        for column, codes, rates in zip(self.categorical, self.codes_, self.rates_, strict=True):
            place = np.searchsorted(codes, X[:, column])
            seen = np.append(codes, np.nan)[place] == X[:, column]
            found[:, column] = np.where(seen, np.append(rates, np.nan)[place], np.nan)
        return found


def fitted_part(
    estimator: BaseEstimator | None, X: Matrix, left: NDArray[np.int64], categorical: Sequence[int], seed: int
) -> BaseEstimator:
    """The estimator, or small boosted trees, fitted to some rows; a constant where they have one class.

    A column in which nothing is known is taken as 0, since the trees cannot take it.
    """
    if np.unique(left).size < 2:
        return DummyClassifier().fit(X, left)
    empty = np.isnan(X).all(axis=0)
    if empty.any():
        X = np.where(empty, np.float32(0.0), X)
    if estimator is not None:
        return clone(estimator).fit(X, left)
    trees = HistGradientBoostingClassifier(
        learning_rate=0.15,
        max_iter=30,
        max_leaf_nodes=8,
        early_stopping=False,
        categorical_features=list(categorical) or None,
        random_state=seed,
    )
    return trees.fit(X, left)


def chance_of(model: BaseEstimator, X: Matrix) -> Floats:
    """The chance of class 1 of a model fitted to some rows, which may have been of one class."""
    p = np.asarray(model.predict_proba(X), dtype=np.float64)
    found: Floats = p[:, 1] if p.shape[1] == 2 else np.full(len(X), float(model.classes_[0]))
    return found


def _or(cost: ArrayLike | None, usual: float) -> ArrayLike:
    return usual if cost is None else cost
