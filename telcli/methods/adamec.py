"""Calibrated AdaMEC: plain AdaBoost, its score calibrated, and the decision of least expected cost.

Nikolaou, Edakunni, Kull, Flach, Brown (2016), "Cost-sensitive boosting algorithms: do we really need them?", Machine
Learning 104: of fifteen variants only few are theoretically sound, and once calibrated none beats this one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator

from telcli.methods.adacost import AdaCost
from telcli.methods.calibration import stack_logits
from telcli.methods.churn_folds import stratified_folds
from telcli.methods.cost_learning import MinimumRisk
from telcli.methods.costs import CostMatrix

__all__ = ["CalibratedAdaMEC"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]


class CalibratedAdaMEC(MinimumRisk):
    """AdaBoost of all rows but those of one in `parts`, on which Platt's scaling makes its score a chance of leaving.

    Where a class has fewer rows than two for each part, the same rows do for both.

    Parameters
    ----------
    estimator, rounds, depth, categorical, seed : see AdaCost.
    parts : of which one calibrates; the paper takes one in two.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(2000, 1))
    >>> y = rng.random(2000) < expit(2 * X[:, 0] - 2)
    >>> p = CalibratedAdaMEC().fit(X, y).predict_proba([[0.0], [2.0]])[:, 1]
    >>> bool(abs(p[0] - 0.12) < 0.06), bool(abs(p[1] - 0.88) < 0.08)
    (True, True)
    """

    def __init__(
        self,
        estimator: BaseEstimator | None = None,
        rounds: int = 50,
        depth: int = 2,
        parts: int = 3,
        categorical: Sequence[int] = (),
        seed: int = 0,
    ) -> None:
        super().__init__(estimator, categorical, seed)
        self.rounds = rounds
        self.depth = depth
        self.parts = parts

    def _learn(self, X: Matrix, left: NDArray[np.int64], costs: CostMatrix) -> None:
        fold = stratified_folds(left, self.parts, self.seed)
        few = min(left.sum(), (1 - left).sum()) < 2 * self.parts
        learn, check = (np.ones(left.size, dtype=bool),) * 2 if few else (fold != 0, fold == 0)
        boosting = AdaCost("unit", self.rounds, self.depth, self.categorical, self.estimator, self.seed)
        self.boosting_ = boosting.fit(X[learn], left[learn])
        weights, self.intercept_ = stack_logits(self._log_odds(X[check])[:, None], left[check])
        self.slope_ = float(weights[0])

    def _log_odds(self, X: Matrix) -> Floats:
        """Twice the score: what it would be of a boosting that minimises its loss (Friedman, Hastie, Tibshirani)."""
        return 2.0 * self.boosting_.decision_function(X)

    def _chance(self, X: Matrix) -> Floats:
        found: Floats = expit(self.intercept_ + self.slope_ * self._log_odds(X))
        return found
