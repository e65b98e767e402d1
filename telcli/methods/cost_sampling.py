"""Learning costs by choosing rows: stayers left out by class, or rows kept in proportion to what they cost.

Rows are only ever drawn from those learned from. `corrected` brings a chance learned so back to what it means outside
the sample.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator

from telcli.methods.cost_learning import CostLearner, chance_of, fitted_part
from telcli.methods.costs import CostMatrix

__all__ = ["RejectionSampling", "UnderSampling", "corrected", "keep_rate"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.floating]


def keep_rate(threshold: float, base: float = 0.5) -> float:
    """How many times as many stayers to learn from, for a model that cuts at `base` to cut at `threshold` (0..1).

    Elkan (2001), theorem 1: `[p* / (1 - p*)] [(1 - p0) / p0]`. Below 1 it is the share of stayers to keep: at costs of
    1 to 10, a threshold of 1 in 11, one in ten.

    >>> round(keep_rate(1 / 11), 6)
    0.1
    """
    return threshold / (1.0 - threshold) * (1.0 - base) / base


def corrected(p: ArrayLike, kept: float) -> Floats:
    """The chance behind one learned where stayers were kept at a rate, `b p / (b p - p + 1)`.

    >>> round(float(corrected(0.5, 0.1)), 6)
    0.090909
    """
    told = np.asarray(p, dtype=np.float64)
    found: Floats = kept * told / (kept * told - told + 1.0)
    return found


class UnderSampling(CostLearner):
    """Cost-based under-sampling by class: as many stayers are left out as costs of errors call for, not to balance.

    Each stayer is kept with probability C10 / C01, the mean cost of contacting a stayer over that of missing a churner,
    so that a cut at one half is a cut at the costs' threshold (Elkan 2001). Where stayers are the dearer class,
    churners are left out. Chances are averaged over `bags` draws, and corrected. The class is told at the threshold of
    the mean costs, which are those the rows were drawn by.

    Parameters
    ----------
    estimator, categorical, seed : see MinimumRisk.
    bags : draws, each with a model of its own.

    Attributes
    ----------
    kept_ : stayers kept for each churner kept, of those there were.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(2000, 1))
    >>> y = rng.random(2000) < 0.1
    >>> model = UnderSampling().fit(X, y, fp=1.0, fn=10.0)
    >>> round(model.kept_, 6), bool(abs(model.predict_proba(X)[:, 1].mean() - y.mean()) < 0.02)
    (0.1, True)
    """

    def __init__(
        self,
        estimator: BaseEstimator | None = None,
        bags: int = 10,
        categorical: Sequence[int] = (),
        seed: int = 0,
    ) -> None:
        self.estimator = estimator
        self.bags = bags
        self.categorical = categorical
        self.seed = seed

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Chance of either class among all customers, rows x 2: corrected for those left out."""
        p = self._chance(self._rows(X))
        return np.column_stack([1.0 - p, p])

    def _learn(self, X: Matrix, left: NDArray[np.int64], costs: CostMatrix) -> None:
        error = costs.error(left)
        waste, gain = float(error[left == 0].mean()), float(error[left == 1].mean())
        self.threshold_ = waste / (waste + gain) if waste + gain > 0 else 0.5
        # Neither class is left out altogether, or there would be nothing to learn.
        self.kept_ = keep_rate(float(np.clip(self.threshold_, 0.001, 0.999)))
        chance = np.where(left == 1, min(1.0, 1.0 / self.kept_), min(1.0, self.kept_))
        self.estimators_ = _bagged(self.estimator, X, left, chance, self.bags, self.categorical, self.seed)

    def _chance(self, X: Matrix) -> Floats:
        found: Floats = np.mean([corrected(chance_of(model, X), self.kept_) for model in self.estimators_], axis=0)
        return found

    def _score(self, X: Matrix) -> Floats:
        return self._chance(X) - self.threshold_


class RejectionSampling(CostLearner):
    """Costing: each row is kept with a probability in proportion to what an error about it costs; models of many draws.

    Zadrozny, Langford, Abe (2003), "Cost-sensitive learning by cost-proportionate example weighting". A row is kept
    with probability `min(cost / highest, 1)`, the highest being the `quantile` of costs, since one dear row would leave
    few others. The scores of `bags` models are averaged and cut at one half. Chances of rows drawn by their own costs
    are not chances of leaving, so there are none.

    Parameters
    ----------
    estimator, bags, categorical, seed : see UnderSampling.
    quantile : 0..1.

    >>> X = np.arange(40.0)[:, None]
    >>> RejectionSampling().fit(np.repeat(X, 5, axis=0), np.repeat(X[:, 0] > 30, 5)).predict([[1.0], [39.0]]).tolist()
    [False, True]
    """

    def __init__(
        self,
        estimator: BaseEstimator | None = None,
        bags: int = 10,
        quantile: float = 0.975,
        categorical: Sequence[int] = (),
        seed: int = 0,
    ) -> None:
        self.estimator = estimator
        self.bags = bags
        self.quantile = quantile
        self.categorical = categorical
        self.seed = seed

    def _learn(self, X: Matrix, left: NDArray[np.int64], costs: CostMatrix) -> None:
        error = costs.error(left)
        highest = float(np.quantile(error, self.quantile)) or float(error.max())
        chance = np.minimum(error / highest, 1.0) if highest > 0 else np.ones_like(error)
        self.acceptance_ = chance
        self.estimators_ = _bagged(self.estimator, X, left, chance, self.bags, self.categorical, self.seed)

    def _score(self, X: Matrix) -> Floats:
        found: Floats = np.mean([chance_of(model, X) for model in self.estimators_], axis=0) - 0.5
        return found


def _bagged(
    estimator: BaseEstimator | None,
    X: Matrix,
    left: NDArray[np.int64],
    chance: Floats,
    bags: int,
    categorical: Sequence[int],
    seed: int,
) -> list[BaseEstimator]:
    """Models of so many draws of the rows, each row kept by its chance; a class that a draw misses has its dearest."""
    rng = np.random.default_rng(seed)
    found = []
    for bag in range(bags):
        kept = rng.random(left.size) < chance
        for label in (0, 1):
            if not kept[left == label].any():
                rows = np.flatnonzero(left == label)
                kept[rows[np.argmax(chance[rows])]] = chance[rows].max() > 0
        if not kept.any():
            kept[:] = True
        found.append(fitted_part(estimator, X[kept], left[kept], categorical, seed + bag))
    return found
