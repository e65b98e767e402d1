"""The uplift model: what contacting a customer with an offer changes, from trials, and no finer than the trials show.

Each offer has one effect to begin with, drawn to that of all offers as far as they differ by no more than chance. How
effects differ between customers is added only where learners (see `methods.uplift_learners`) foresee it on rows they
did not see, by more than chance would; it is then drawn back by as much as that is uncertain. Most trials are too small
to show it, and then the effect is one number for each offer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator

from telcli.errors import DataError
from telcli.methods.partial_pooling import random_effects
from telcli.methods.threads import threads
from telcli.methods.uplift_basis import UpliftBasis
from telcli.methods.uplift_learners import LEARNERS, Effect, Rows, logistic

__all__ = ["UpliftModel", "doubly_robust", "out_of_fold"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_RIDGE, _SIDE_RIDGE, _FREE = 33.0, 1.0, 1e-6
_SURE, _NEAR = 1.8, 0.7
"""Least standard errors by which the best learner must foresee, and how far behind others still have a say."""
_FEW = 30
"""So many of each arm, and of those who stayed and left, are the least from which differences are learned."""


class UpliftModel(BaseEstimator):  # type: ignore[misc]
    """Gain in the chance of staying by an offer, by customer.

    Parameters
    ----------
    folds : parts of the customers, each foreseen by learners that saw the others.

    Attributes
    ----------
    kind_ : ``"constant"``, one effect for each offer, or ``"varied"``.
    effects_ : of each offer its effect, the standard error, and the effect drawn to the others'.
    mean_ : effect of an offer never seen.
    trials_ : of each learner ``z``, standard errors by which it foresaw differences, and ``slope``, how much of what it
        foresaw came true.
    weights_ : share of each learner in use.

    >>> rng = np.random.default_rng(0)
    >>> X, treated = rng.normal(size=(4000, 2)), rng.random(4000) < 0.5
    >>> stayed = rng.random(4000) < 0.6 + 0.3 * treated * (X[:, 0] > 0)
    >>> model = UpliftModel().fit(X, treated, stayed, ["call"] * 4000, propensity=0.5)
    >>> low, high = model.predict([[-1.0, 0.0], [1.0, 0.0]], ["call", "call"])
    >>> model.kind_, bool(low < 0.1 < 0.2 < high)
    ('varied', True)
    """

    def __init__(self, folds: int = 5) -> None:
        self.folds = folds

    def fit(
        self,
        X: ArrayLike,
        treated: ArrayLike,
        y: ArrayLike,
        offers: ArrayLike,
        *,
        propensity: ArrayLike,
        seed: int = 0,
        groups: ArrayLike | None = None,
    ) -> UpliftModel:
        """Learn from customers x numbers (NaN allowed), who was contacted, who stayed, and the offer of each.

        Held-out customers have the offer that they would have got. `propensity` is the chance of being contacted, above
        0 and below 1, of all or of each. `groups` says whose rows they are, where somebody has several.

        Raises
        ------
        DataError
            Nobody was contacted or nobody held out, or somebody had no chance of either.
        """
        matrix, names, trial = _checked(X, treated, y, offers, propensity)
        self.n_features_in_ = matrix.shape[1]
        self.offers_ = sorted(set(names))
        codes = np.searchsorted(self.offers_, names).astype(np.int64)
        fold = _folds(groups, len(matrix), self.folds, seed)
        with threads(1):  # sums on several threads do not give the same bits
            self.basis_ = UpliftBasis().fit(matrix, codes)
            parts = self.basis_.transform(matrix)
            rows = _rows(parts, self.basis_.own(parts, codes), trial, fold)
            self._learn_offers(rows, codes)
            self._learn_differences(rows, codes, fold)
        return self

    def predict(self, X: ArrayLike, offers: ArrayLike) -> Floats:
        """Gain in the chance of staying if each row's customer is contacted with the row's offer, -1..1."""
        matrix, names = np.asarray(X, dtype=np.float64), np.asarray(offers).astype(str)
        if matrix.ndim != 2 or matrix.shape[1] != self.n_features_in_ or len(matrix) != len(names):
            raise DataError("shape-mismatch", "Labels and decisions differ in length.")
        drawn = np.append([self.effects_[name][2] for name in self.offers_], self.mean_)
        place = {name: code for code, name in enumerate(self.offers_)}
        codes = np.array([place.get(name, len(self.offers_)) for name in names.tolist()], dtype=np.int64)
        found = drawn[codes]
        if self.kind_ == "varied":
            parts = self.basis_.transform(matrix)
            own = self.basis_.own(parts, codes)
            for effect, weight, means in zip(self.learned_, self.weights_.values(), self.centres_, strict=True):
                found = found + weight * (effect.of(parts, own) - means[codes])
        return np.asarray(np.clip(found, -1.0, 1.0))

    def _learn_offers(self, rows: Rows, codes: Codes) -> None:
        """Each offer's effect, the mean of its pseudo-outcomes, drawn to the others'."""
        total = np.bincount(codes, rows.weight)
        own = np.bincount(codes, rows.weight * rows.pseudo) / total
        apart = rows.weight * (rows.pseudo - own[codes])
        floor = float(apart @ apart) / len(codes)
        noise = (np.bincount(codes, apart**2) + floor) / total**2
        pooled = random_effects(own, np.maximum(noise, _FREE**2))
        self.mean_ = float(np.clip(pooled.mean, -1.0, 1.0))
        errors = np.sqrt(noise)
        self.effects_ = {
            name: [float(own[k]), float(errors[k]), float(pooled.shrunk[k])] for k, name in enumerate(self.offers_)
        }

    def _learn_differences(self, rows: Rows, codes: Codes, fold: Codes) -> None:
        """How effects differ between customers, if learners foresee it out of fold by more than chance."""
        self.kind_, self.weights_, self.trials_ = "constant", {}, {}
        self.learned_: list[Effect] = []
        self.centres_: list[Floats] = []
        if not rows.parts.shape[1] or _scarcest(rows) < _FEW:
            return
        folds = int(fold.max()) + 1
        unseen: dict[str, Floats] = {}
        for k in range(folds):
            here = fold == k
            known, parts, own = rows.take(~here), rows.parts[here], rows.own[here]
            for learn in LEARNERS.values():
                for name, effect in learn(known).items():
                    unseen.setdefault(name, np.empty(len(fold)))[here] = effect.of(parts, own)
        cells = codes * folds + fold
        found = {name: _foreseen(rows, values, cells) for name, values in unseen.items()}
        self.trials_ = {name: {"z": each.z, "slope": each.slope} for name, each in found.items()}
        best = max(each.z for each in found.values())
        if best < _SURE:
            return
        chosen = {name: each for name, each in found.items() if each.z >= best - _NEAR}
        self.kind_ = "varied"
        learned = {
            k: v for names, learn in LEARNERS.items() if chosen.keys() & set(names) for k, v in learn(rows).items()
        }
        for name, each in chosen.items():
            values = learned[name].of(rows.parts, rows.own)
            self.learned_.append(learned[name])
            self.weights_[name] = each.believed / len(chosen)
            self.centres_.append(np.append(_means(values, rows.weight, codes), np.average(values, weights=rows.weight)))


class _Foreseen(NamedTuple):
    z: float
    slope: float
    believed: float


class _Trial(NamedTuple):
    treated: Floats
    stayed: Floats
    chance: Floats


def doubly_robust(stayed: Floats, treated: Floats, chance: Floats, contacted: Floats, held: Floats) -> Floats:
    """Pseudo-outcomes whose mean over any customers is their mean effect, each without bias.

    m1 - m0 + t (y - m1) / e - (1 - t) (y - m0) / (1 - e), with the chances of staying `contacted` (m1) and `held` (m0)
    as foreseen without the row itself. Source: Robins and Rotnitzky (1995); Kennedy (2023).

    >>> one = np.ones(2)
    >>> doubly_robust(one, np.array([1.0, 0.0]), 0.8 * one, 0.9 * one, 0.7 * one).round(3).tolist()
    [0.325, -1.3]
    """
    seen = treated * (stayed - contacted) / chance - (1.0 - treated) * (stayed - held) / (1.0 - chance)
    return np.asarray(contacted - held + seen)


def out_of_fold(
    X: ArrayLike,
    treated: ArrayLike,
    y: ArrayLike,
    offers: ArrayLike,
    *,
    propensity: ArrayLike,
    seed: int = 0,
    groups: ArrayLike | None = None,
    folds: int = 5,
) -> Floats:
    """Effects foreseen by models that, choice of learners included, never saw a row's customer; -1..1.

    Each fold's are moved to the mean of all: models of few rows differ in level, and a fold that did well leaves the
    others with a lower one, which would rank it last.
    """
    matrix, names, trial = _checked(X, treated, y, offers, propensity)
    fold = _folds(groups, len(matrix), folds, seed + 1)
    owner = None if groups is None else np.asarray(groups)
    found = np.empty(len(matrix))
    for k in range(int(fold.max()) + 1):
        here, known = fold == k, fold != k
        whose = None if owner is None else owner[known]
        model = UpliftModel().fit(
            matrix[known],
            trial.treated[known],
            trial.stayed[known],
            names[known],
            propensity=trial.chance[known],
            seed=seed,
            groups=whose,
        )
        found[here] = model.predict(matrix[here], names[here])
    level = np.bincount(fold, found) / np.bincount(fold)
    return np.asarray(np.clip(found - level[fold] + found.mean(), -1.0, 1.0))


def _rows(parts: Floats, own: Floats, trial: _Trial, fold: Codes) -> Rows:
    """Rows with pseudo-outcomes whose chances of staying come from the other folds."""
    side = (trial.treated - trial.chance)[:, None]
    base = np.hstack([np.ones((len(parts), 1)), parts])
    design = np.hstack([base, side])
    penalty = np.concatenate([[_FREE], np.full(parts.shape[1], _RIDGE), [_SIDE_RIDGE]])
    contacted, held = np.empty(len(parts)), np.empty(len(parts))
    for k in range(int(fold.max()) + 1):
        here = fold == k
        found = logistic(design[~here], trial.stayed[~here], penalty)
        level = base[here] @ found[:-1]
        contacted[here] = expit(level + found[-1] * (1.0 - trial.chance[here]))
        held[here] = expit(level - found[-1] * trial.chance[here])
    pseudo = doubly_robust(trial.stayed, trial.treated, trial.chance, contacted, held)
    weight = trial.chance * (1.0 - trial.chance)
    return Rows(parts, own, trial.stayed, trial.treated, trial.chance, pseudo, weight / weight.mean())


def _foreseen(rows: Rows, values: Floats, cells: Codes) -> _Foreseen:
    """How well values foresee pseudo-outcomes within fold and offer: `_FEW` and more rows of a kind tell it.

    Every pair of rows in two folds counts twice, once each way, so that a sum over folds varies twice as much as one
    over independent rows: its standard error has a root of 2 in it.
    """
    apart = values - _means(values, rows.weight, cells)[cells]
    outcome = rows.pseudo - _means(rows.pseudo, rows.weight, cells)[cells]
    each = rows.weight * apart * outcome
    error = float(np.sqrt(2.0 * (each @ each)))
    spread = float(rows.weight @ apart**2)
    if error <= 0.0 or spread <= 0.0:
        return _Foreseen(0.0, 0.0, 0.0)
    z, slope = float(each.sum()) / error, float(each.sum()) / spread
    return _Foreseen(z, slope, min(max(slope, 0.0) * max(1.0 - 1.0 / max(z * z, 1.0), 0.0), 1.0))


def _means(values: Floats, weight: Floats, cells: Codes) -> Floats:
    total = np.bincount(cells, weight)
    return np.bincount(cells, weight * values) / np.where(total > 0, total, 1.0)


def _scarcest(rows: Rows) -> int:
    yes, stay = int(rows.treated.sum()), int(rows.stayed.sum())
    return min(yes, len(rows.treated) - yes, stay, len(rows.stayed) - stay)


def _folds(groups: ArrayLike | None, rows: int, folds: int, seed: int) -> Codes:
    """Fold of each row, 0..folds - 1; one group's rows share it, whatever their order."""
    owner = np.arange(rows) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    several = int(owner.max()) + 1
    dealt = np.random.default_rng(seed).permutation(several) % max(2, min(folds, several))
    return np.asarray(dealt[owner], dtype=np.int64)


def _checked(
    X: ArrayLike, treated: ArrayLike, y: ArrayLike, offers: ArrayLike, propensity: ArrayLike
) -> tuple[Floats, NDArray[np.str_], _Trial]:
    matrix, names = np.asarray(X, dtype=np.float64), np.asarray(offers).astype(str)
    arm, stayed = np.asarray(treated).astype(np.float64), np.asarray(y).astype(np.float64)
    chance = np.broadcast_to(np.asarray(propensity, dtype=np.float64), arm.shape).copy()
    if matrix.ndim != 2 or not len(matrix) == arm.size == stayed.size == names.size:
        raise DataError("shape-mismatch", "Labels and decisions differ in length.")
    if not 0 < arm.sum() < arm.size or not ((chance > 0) & (chance < 1)).all():
        raise DataError(
            "uplift-arms",
            "An uplift model takes customers who were contacted and customers who were held out, all by chance.",
            hint="Hold customers out at random in the next plan: telcli plan-retention",
        )
    return matrix, names, _Trial(arm, stayed, chance)
