"""AdaCost: boosting whose rows weigh more the dearer they are, and are reweighed by what they cost.

Fan, Stolfo, Zhang, Chan (1999), "AdaCost: misclassification cost-sensitive boosting", ICML, 97-105. With labels and
predictions of -1 and +1, costs c scaled to (0, 1] and weights D that start at c / sum of c, each round fits h to D:

    r = sum of D y h beta,  alpha = ln((1 + r) / (1 - r)) / 2,  D <- D exp(-alpha y h beta) / Z

where the factor beta is, of a correct row and of a wrong one,

    fan:  (1 - c) / 2  and  (1 + c) / 2        as published
    unit: 1            and  (1 + c) / 2        at equal costs this is AdaBoost; with `fan` it is not

Under `fan` a correct row of the highest cost earns nothing, so that r may be negative for a learner that is right about
more than half of the weight; boosting then stops. Both keep what the method rests on: of wrong rows dearer ones gain
more weight, and of correct ones dearer ones lose no more. The bound on what errors in training cost, the sum of c times
the product of Z, holds for `fan`, whose factor of a wrong row is never below that of a right one, and not for `unit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.tree import DecisionTreeClassifier

from telcli.methods.cost_learning import CategoryRates, CostLearner
from telcli.methods.costs import CostMatrix

__all__ = ["BETAS", "AdaCost", "Round", "adacost_round"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]
BETAS = ("fan", "unit")


@dataclass(frozen=True)
class Round:
    """One round: factors `beta`, their edge `r`, the learner's weight `alpha`, the sum `z`, and the next weights."""

    beta: Floats
    r: float
    alpha: float
    z: float
    weight: Floats


def adacost_round(agree: ArrayLike, cost: ArrayLike, weight: ArrayLike, beta: str = "fan") -> Round:
    """Reweigh rows after one learner: `agree` is y h, +1 where it is right and -1 where wrong; costs within 0..1.

    >>> found = adacost_round([1, -1, -1, -1, 1], [1, 1, 0.2, 0.2, 0.2], [0.2] * 5)
    >>> found.beta.round(1).tolist()
    [0.0, 1.0, 0.6, 0.6, 0.4]
    """
    sign, c, mass = (np.asarray(part, dtype=np.float64) for part in (agree, cost, weight))
    right = 0.5 - 0.5 * c if beta == "fan" else np.ones_like(c)
    factor = np.where(sign > 0, right, 0.5 + 0.5 * c)
    r = float(np.clip((mass * sign * factor).sum(), -1 + 1e-12, 1 - 1e-12))
    alpha = 0.5 * float(np.log((1 + r) / (1 - r)))
    grown = mass * np.exp(-alpha * sign * factor)
    z = float(grown.sum())
    return Round(factor, r, alpha, z, grown / z)


class AdaCost(CostLearner):
    """AdaCost over shallow trees.

    What an error about a row costs is `fn - tp` of the costly class and `fp - tn` of the other; rows that cost nothing
    carry no weight.

    Parameters
    ----------
    beta : ``"fan"``, the published factors, or ``"unit"``, which at equal costs is AdaBoost.
    rounds : learners at most; fewer where one is perfect, or where r is not above 0.
    depth : of the trees.
    categorical : columns that hold codes, ordered by churn rate for the trees.
    estimator : another weak learner; it must take weights.
    seed : of ties between equal cuts.

    Attributes
    ----------
    estimators_, alphas_ : the learners and their weights.  rounds_ : what each `Round` found.

    >>> X = np.arange(20.0)[:, None]
    >>> model = AdaCost(beta="unit").fit(X, X[:, 0] > 15, fp=1.0, fn=5.0)
    >>> model.predict([[3.0], [18.0]]).tolist()
    [False, True]
    """

    def __init__(
        self,
        beta: str = "fan",
        rounds: int = 50,
        depth: int = 2,
        categorical: Sequence[int] = (),
        estimator: BaseEstimator | None = None,
        seed: int = 0,
    ) -> None:
        self.beta = beta
        self.rounds = rounds
        self.depth = depth
        self.categorical = categorical
        self.estimator = estimator
        self.seed = seed

    def _learn(self, X: Matrix, left: NDArray[np.int64], costs: CostMatrix) -> None:
        if self.beta not in BETAS:
            raise ValueError(f"beta must be one of {BETAS}, not {self.beta!r}")
        error = costs.error(left)
        if not error.max() > 0:
            error = np.ones_like(error)
        c = error / error.max()
        weight = c / c.sum()
        # Where no learner has an edge, the class whose errors are dearer in all is everybody's.
        self.blanket_ = float(np.sign((np.where(left == 1, 1.0, -1.0) * c).sum()))
        self.rates_ = CategoryRates(self.categorical).fit(X, left, weight)
        matrix = self.rates_.transform(X)
        weak = self.estimator or DecisionTreeClassifier(max_depth=self.depth, random_state=self.seed)
        self.estimators_: list[BaseEstimator] = []
        self.rounds_: list[Round] = []
        for _ in range(self.rounds):
            learner = clone(weak).fit(matrix, left, sample_weight=weight)
            found = adacost_round(np.where(learner.predict(matrix) == left, 1.0, -1.0), c, weight, self.beta)
            if found.r <= 0:
                break
            self.estimators_.append(learner)
            self.rounds_.append(found)
            weight = found.weight
            if found.r >= 1 - 1e-9:
                break
        self.alphas_ = np.array([found.alpha for found in self.rounds_])

    def _score(self, X: Matrix) -> Floats:
        """Sum of the learners' votes, in -1 and +1, each times its alpha."""
        if not self.estimators_:
            return np.full(len(X), self.blanket_)
        matrix, found = self.rates_.transform(X), np.zeros(len(X))
        for learner, alpha in zip(self.estimators_, self.alphas_, strict=True):
            found += alpha * np.where(learner.predict(matrix) == 1, 1.0, -1.0)
        return found
