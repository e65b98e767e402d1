"""How unlike others each subject is: an isolation forest, and the share of the base that is as unlike or more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Unlike", "unlike"]

Floats = NDArray[np.float64]
_TREES, _LEARNED = 100, 20_000
_CHUNK = 100_000
_MAD = 1.4826
"""Median absolute deviations of a normal distribution to its standard deviation."""


@dataclass(frozen=True)
class Unlike:
    """Of each subject the share of the base that is as unlike or more (0..1), and how far each feature deviates.

    `deviations` has the shape (subjects, features), in robust standard deviations of the base: (x - median) / (1.4826
    MAD); of a feature without spread in standard deviations, and 0 where that is 0 too.
    """

    tail: Floats
    deviations: Floats
    middle: Floats


def unlike(features: Floats, learn: NDArray[np.bool_], seed: int) -> Unlike:
    """Score all subjects by a forest grown on some.

    Source: Liu, Ting and Zhou (2008), Isolation forest, ICDM, 413-422; scikit-learn's IsolationForest with 100 trees
    of 256 subjects each.

    Parameters
    ----------
    features : array of shape (subjects, features)
        Finite; on a scale on which differences mean about the same everywhere, as logarithms.
    learn : array of shape (subjects,)
        The base: whom the forest is grown on, and whose scores the tail is taken of; at most 20,000 of them, evenly
        over the rows, to grow it.
    seed : int
        Of the trees.

    >>> points = np.vstack([np.random.default_rng(0).normal(size=(500, 2)), [[9.0, 9.0]]])
    >>> found = unlike(points, np.arange(501) < 500, 0)
    >>> float(found.tail[-1]), bool(found.deviations[-1].min() > 6)
    (0.0, True)
    """
    from sklearn.ensemble import IsolationForest

    base = features[learn]
    some = base[np.unique(np.linspace(0, len(base) - 1, min(len(base), _LEARNED)).astype(np.int64))]
    forest = IsolationForest(n_estimators=_TREES, max_samples=min(256, len(some)), random_state=seed).fit(some)
    parts = [forest.score_samples(features[at : at + _CHUNK]) for at in range(0, len(features), _CHUNK)]
    scores = np.concatenate(parts)
    ranked = np.sort(scores[learn])
    tail = np.searchsorted(ranked, scores, side="right") / len(ranked)
    middle = np.median(base, axis=0)
    spread = _MAD * np.median(np.abs(base - middle), axis=0)
    spread = np.where(spread > 0, spread, base.std(axis=0))
    away = (features - middle) / np.where(spread > 0, spread, 1.0)
    return Unlike(tail, np.where(spread > 0, away, 0.0), middle)
