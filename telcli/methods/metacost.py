"""MetaCost: relabel the rows by what would have been cheapest, then learn the new labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.tree import DecisionTreeClassifier

from telcli.methods.cost_learning import CategoryRates, CostLearner, chance_of, fitted_part
from telcli.methods.costs import CostMatrix

__all__ = ["MetaCost"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]


class MetaCost(CostLearner):
    """Domingos (1999), "MetaCost: a general method for making classifiers cost-sensitive", KDD, with costs by row.

    The chance of each row is the mean over models of `bags` resamples; the row is labelled by the decision of least
    expected cost, and one model learns these labels. The class is told as that model tells it: its chances are those
    of a decision, not of leaving.

    Parameters
    ----------
    estimator, categorical, seed : see MinimumRisk; by default a resample is learned by one tree, the labels by boosted
        ones.
    bags : resamples, of as many rows as there are, drawn with replacement.
    out_of_bag : take of each row only the models that did not see it, where there are any.

    Attributes
    ----------
    labels_ : 0/1 that the rows were given.  estimator_ : the model of them.

    >>> X = np.array([[0.0], [1.0]] * 60)
    >>> model = MetaCost().fit(X, [0, 0, 0, 1] * 30, fp=1.0, fn=9.0)  # at 1 one in two leaves
    >>> model.predict([[0.0], [1.0]]).tolist(), int(model.labels_.sum())
    ([0, 1], 60)
    """

    def __init__(
        self,
        estimator: BaseEstimator | None = None,
        bags: int = 20,
        out_of_bag: bool = True,
        categorical: Sequence[int] = (),
        seed: int = 0,
    ) -> None:
        self.estimator = estimator
        self.bags = bags
        self.out_of_bag = out_of_bag
        self.categorical = categorical
        self.seed = seed

    def _learn(self, X: Matrix, left: NDArray[np.int64], costs: CostMatrix) -> None:
        rng = np.random.default_rng(self.seed)
        every, others = np.zeros((2, left.size)), np.zeros((2, left.size))
        for bag in range(self.bags):
            rows = rng.integers(0, left.size, left.size)
            p = self._bag(X, left, rows, bag)
            apart = np.bincount(rows, minlength=left.size) == 0
            every += np.stack([p, np.ones_like(p)])
            others += np.where(apart, np.stack([p, np.ones_like(p)]), 0.0)
        used = np.where(others[1] > 0, others, every) if self.out_of_bag else every
        self.labels_ = (costs.expected_saving(used[0] / used[1]) > 0).astype(np.int64)
        self.estimator_ = fitted_part(self.estimator, X, self.labels_, self.categorical, self.seed)

    def _bag(self, X: Matrix, left: NDArray[np.int64], rows: NDArray[np.intp], bag: int) -> Floats:
        """The chance of every row by a model of one resample: the estimator, or a tree."""
        if self.estimator is not None:
            return chance_of(fitted_part(self.estimator, X[rows], left[rows], self.categorical, self.seed + bag), X)
        rates = CategoryRates(self.categorical).fit(X[rows], left[rows], np.ones(rows.size))
        tree = DecisionTreeClassifier(max_depth=5, min_samples_leaf=10, random_state=self.seed + bag)
        return chance_of(fitted_part(tree, rates.transform(X[rows]), left[rows], (), 0), rates.transform(X))

    def _score(self, X: Matrix) -> Floats:
        return chance_of(self.estimator_, X) - 0.5
