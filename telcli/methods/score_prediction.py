"""Scores of customers nobody asked, with an error that is true: fold by fold, calibrated, and none where the mean does.

Every figure of error is of customers whom the model that predicts them has not seen. Which model is used for a fold,
and how its predictions are put right (a line fitted to what was answered), is learned from the other folds alone.

References
----------
R. Foygel Barber, E. Candes, A. Ramdas and R. Tibshirani (2021), Predictive inference with the jackknife+, Annals of
Statistics 49, 486-507: CV+ intervals cover 1 - 2 alpha at the least, and about 1 - alpha in practice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.intervals import Z95
from telcli.methods.score_model import KINDS, ScoreModel

__all__ = ["LEAST", "ScorePrediction", "cv_plus", "dealt", "predict_scores"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

LEAST = 100
"""Answers below which no model is tried."""
_HALVINGS = 40
_NOTHING = 1e-9
"""Squared error (of 0..100) that is none."""


@dataclass(frozen=True)
class ScorePrediction:
    """What predicts a score, and how well it did out of fold.

    Parameters
    ----------
    kind : ``"linear"``, ``"trees"`` or ``"blend"``; ``"mean"`` where no model beat the mean beyond chance.
    out_of_fold : calibrated prediction of each customer learned from, by models that have not seen it.
    baseline : what the mean (of the stratum, where that is given) would have predicted, out of fold.
    gain, gain_low : share of the mean's squared error that the model saves, and the lower end of its 95% interval.
    trials : squared error by kind, out of fold, and of the mean.
    slope, intercept : of a line through answers by calibrated predictions; 1 and 0 where these are right.
    coverage : share of answers within intervals made of the residuals of other folds.
    models, lines : one of each fold, and its calibration.
    residuals, fold : of each customer.
    """

    kind: str
    out_of_fold: Floats
    baseline: Floats
    gain: float
    gain_low: float
    trials: dict[str, float]
    slope: float
    intercept: float
    coverage: float
    models: tuple[ScoreModel, ...]
    lines: tuple[tuple[float, float], ...]
    residuals: Floats
    fold: Places

    def predict(self, X: ArrayLike, level: float = 0.9) -> tuple[Floats, Floats, Floats]:
        """Score, and ends of its interval, of customers not learned from: each 0..100."""
        kind = "blend" if self.kind == "mean" else self.kind
        each = [
            intercept + slope * model.predict(X)[kind]
            for model, (slope, intercept) in zip(self.models, self.lines, strict=True)
        ]
        said = np.clip(np.stack(each), 0.0, 100.0)
        low, high = cv_plus(said, np.abs(self.residuals), self.fold, level)
        return said.mean(axis=0), np.clip(low, 0.0, 100.0), np.clip(high, 0.0, 100.0)


def predict_scores(
    X: ArrayLike,
    y: ArrayLike,
    categorical: Sequence[int] = (),
    *,
    groups: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    folds: int = 5,
    seed: int = 0,
    level: float = 0.9,
) -> ScorePrediction:
    """Learn a score (0..100) from customers x columns; rows of one of `groups` share a fold.

    `baseline` is what is used without a model, out of fold; by default the mean of the other folds.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 2))
    >>> found = predict_scores(X, np.clip(60 + 10 * X[:, 0] + 8 * rng.normal(size=300), 0, 100))
    >>> found.kind != "mean", found.gain > 0.4, abs(found.coverage - 0.9) < 0.05
    (True, True, True)
    """
    matrix, score = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    fold = dealt(np.arange(score.size) if groups is None else groups, folds, seed)
    number = int(fold.max()) + 1
    models = tuple(ScoreModel(categorical, seed).fit(matrix[fold != k], score[fold != k]) for k in range(number))
    raw = {kind: np.empty(score.size) for kind in KINDS}
    for k, model in enumerate(models):
        for kind, said in model.predict(matrix[fold == k]).items():
            raw[kind][fold == k] = said
    plain = _means(score, fold) if baseline is None else np.asarray(baseline, dtype=np.float64)
    error = {kind: np.square(_calibrated(said, score, fold)[0] - score) for kind, said in raw.items()}
    chosen = np.empty(score.size)
    for k in range(number):
        best = min(KINDS, key=lambda kind: float(error[kind][fold != k].mean()))
        chosen[fold == k] = _calibrated(raw[best], score, fold)[0][fold == k]
    kind = min(KINDS, key=lambda name: float(error[name].mean()))
    gain, gain_low = _gain(np.square(chosen - score), np.square(plain - score))
    slope, intercept = _line(chosen, score)
    return ScorePrediction(
        kind=kind if gain_low > 0 else "mean",
        out_of_fold=chosen,
        baseline=plain,
        gain=gain,
        gain_low=gain_low,
        trials={name: float(found.mean()) for name, found in error.items()} | {"mean": float(_mse(plain, score))},
        slope=slope,
        intercept=intercept,
        coverage=_coverage(chosen, score, fold, level),
        models=models,
        lines=_calibrated(raw[kind], score, fold)[1],
        residuals=score - chosen,
        fold=fold,
    )


def dealt(groups: ArrayLike, folds: int, seed: int) -> Places:
    """Fold (0, 1, ...) of each row: groups are dealt round after a shuffle.

    >>> found = dealt(["a", "b", "a", "c"], 3, 0)
    >>> bool(found[0] == found[2]), sorted(set(found.tolist()))
    (True, [0, 1, 2])
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    order = np.random.default_rng(seed).permutation(names.size)
    place = np.empty(names.size, dtype=np.intp)
    place[order] = np.arange(names.size) % folds
    return place[member]


def cv_plus(said: ArrayLike, residuals: ArrayLike, fold: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Ends of the CV+ interval: quantiles of every fold's prediction less, and plus, the residuals of that fold.

    `said` is folds x customers, `residuals` are absolute, of the customers learned from, and `fold` says in which fold
    each was. With too few of them for the level the ends are infinite.

    >>> low, high = cv_plus(np.full((2, 1), 50.0), np.arange(1.0, 20.0), np.arange(19) % 2, 0.9)
    >>> low.tolist(), high.tolist()
    ([32.0], [68.0])
    """
    centres, left = np.asarray(said, dtype=np.float64), np.asarray(residuals, dtype=np.float64)
    member = np.asarray(fold)
    ordered = [np.sort(left[member == k]) for k in range(len(centres))]
    wanted = int(np.ceil(round(level * (left.size + 1), 9)))
    if wanted > left.size:
        far = np.full(centres.shape[1], np.inf)
        return -far, far
    return -_quantile(-centres, ordered, wanted), _quantile(centres, ordered, wanted)


def _quantile(centres: Floats, ordered: list[Floats], wanted: int) -> Floats:
    """The least value with so many of `centre + residual` at or below it, by halving."""
    low = centres.min(axis=0)
    high = centres.max(axis=0) + max(float(part[-1]) for part in ordered if part.size)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        each = zip(ordered, centres, strict=True)
        at = [np.searchsorted(part, middle - centre + 1e-9, side="right") for part, centre in each]
        enough = np.sum(at, axis=0) >= wanted
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    found: Floats = np.round(high, 6)
    return found


def _calibrated(said: Floats, score: Floats, fold: Places) -> tuple[Floats, tuple[tuple[float, float], ...]]:
    """Predictions put right by a line through the other folds, kept in 0..100, and each fold's slope and intercept."""
    found, lines = np.empty(said.size), []
    for k in range(int(fold.max()) + 1):
        slope, intercept = _line(said[fold != k], score[fold != k])
        slope = float(np.clip(slope, 0.0, 1.5))
        intercept = float(score[fold != k].mean() - slope * said[fold != k].mean())
        found[fold == k] = intercept + slope * said[fold == k]
        lines.append((slope, intercept))
    return np.clip(found, 0.0, 100.0), tuple(lines)


def _line(said: Floats, score: Floats) -> tuple[float, float]:
    spread = float(np.var(said))
    slope = float(np.mean((said - said.mean()) * (score - score.mean())) / spread) if spread > 1e-12 else 0.0
    return slope, float(score.mean() - slope * said.mean())


def _means(score: Floats, fold: Places) -> Floats:
    return np.array([score[fold != k].mean() for k in range(int(fold.max()) + 1)])[fold]


def _mse(said: Floats, score: Floats) -> float:
    return float(np.square(said - score).mean())


def _gain(model: Floats, mean: Floats) -> tuple[float, float]:
    """Share of the mean's squared error saved, and the lower end of its interval, customers paired (delta method).

    Where the mean is not off there is nothing to save.

    >>> _gain(np.zeros(3), np.full(3, 1e-26))
    (0.0, 0.0)
    """
    if float(mean.mean()) < _NOTHING:
        return 0.0, 0.0
    ratio = float(model.mean() / max(mean.mean(), 1e-12))
    apart = model - ratio * mean
    error = float(apart.std(ddof=1) / np.sqrt(apart.size) / max(mean.mean(), 1e-12))
    return 1.0 - ratio, 1.0 - ratio - Z95 * error


def _coverage(said: Floats, score: Floats, fold: Places, level: float) -> float:
    """Share of answers within the quantile of other folds' absolute residuals around the prediction."""
    left = np.abs(said - score)
    within = np.zeros(score.size)
    for k in range(int(fold.max()) + 1):
        others = np.sort(left[fold != k])
        place = min(int(np.ceil(level * (others.size + 1))), others.size) - 1
        within[fold == k] = left[fold == k] <= others[place]
    return float(within.mean())
