"""Who is dissatisfied, of customers nobody asked: calibrated chances, and the base rate where they do not beat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.churn_folds import stratified_folds
from telcli.methods.churn_metrics import auc, brier
from telcli.methods.churn_model import ChurnModel
from telcli.methods.intervals import Z95

__all__ = ["FEWEST", "Dissatisfaction", "learn_dissatisfaction"]

Floats = NDArray[np.float64]

FEWEST = 20
"""Dissatisfied, and others, below which no model is tried."""


@dataclass(frozen=True)
class Dissatisfaction:
    """The churn model's method for another yes or no.

    Parameters
    ----------
    model : fitted to all.
    out_of_fold : chance of each customer learned from, by models that have not seen it.
    auc, brier, base_brier : of these chances, and the Brier score of the base rate of the other folds, 0..1.
    gain, gain_low : share of the base rate's Brier score saved, and the lower end of its 95% interval.
    """

    model: ChurnModel
    out_of_fold: Floats
    auc: float
    brier: float
    base_brier: float
    gain: float
    gain_low: float

    @property
    def better(self) -> bool:
        """Whether chances beat the base rate beyond chance."""
        return self.gain_low > 0

    def predict(self, X: ArrayLike) -> Floats:
        """Chance of being dissatisfied, 0..1."""
        found: Floats = self.model.predict_proba(X)[:, 1]
        return found


def learn_dissatisfaction(
    X: ArrayLike, y: ArrayLike, categorical: Sequence[int] = (), *, folds: int = 5, seed: int = 0
) -> Dissatisfaction | None:
    """Learn from customers x columns, a row each, and who of them was dissatisfied; None where too few were, or not.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 2))
    >>> found = learn_dissatisfaction(X, rng.random(400) < 1 / (1 + np.exp(2 - 2 * X[:, 0])), folds=3)
    >>> found.better, found.auc > 0.7, learn_dissatisfaction(X, np.zeros(400)) is None
    (True, True, True)
    """
    matrix, bad = np.asarray(X, dtype=np.float32), np.asarray(y).astype(np.int64)
    if min(int(bad.sum()), int((1 - bad).sum())) < FEWEST:
        return None
    fold = stratified_folds(bad, folds, seed)
    said, plain = np.empty(bad.size), np.empty(bad.size)
    model = None
    for k in range(folds):
        others = fold != k
        model = ChurnModel(categorical, seed=seed).fit(matrix[others], bad[others])
        said[~others] = model.predict_proba(matrix[~others])[:, 1]
        plain[~others] = bad[others].mean()
    whole = ChurnModel(categorical, seed=seed).fit(matrix, bad, like=model)
    ours, base = np.square(said - bad), np.square(plain - bad)
    ratio = float(ours.mean() / base.mean())
    error = float((ours - ratio * base).std(ddof=1) / np.sqrt(bad.size) / base.mean())
    return Dissatisfaction(
        model=whole,
        out_of_fold=said,
        auc=auc(bad, said),
        brier=brier(bad, said),
        base_brier=float(base.mean()),
        gain=1.0 - ratio,
        gain_low=1.0 - ratio - Z95 * error,
    )
