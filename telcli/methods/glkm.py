"""GLKM: K-means whose starts a genetic search improves, on a sample, and which finishes on every row."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn import config_context
from sklearn.cluster import KMeans

from telcli.methods.clustering import Floats, SampledKMeans, distances
from telcli.methods.threads import threads

__all__ = ["GLKM", "cross", "relocate"]

Centres = NDArray[np.float64]

_SAME = 1e-6
"""Share of inertia within which two solutions are taken for one local optimum."""

_BROOD = 4
"""Children of a generation: a fixed number, so that more workers give the same children sooner."""

_DRAWS = 3
_PATIENCE, _PATIENCE_SMALL, _SMALL_ROWS = 10, 100, 2_000
"""On a sample of few rows a child costs next to nothing."""
_SURE, _LEAST = 5, 4
"""Where half of the starts agree, the search ends so many times sooner, but not before the least."""

_KNOWN = {"assume_finite": True, "skip_parameter_validation": True}
"""The sample is looked at once, before the search; each look is a sixth of the time of K-means on few rows."""


@dataclass(frozen=True)
class _Solution:
    centres: Centres
    inertia: float


class GLKM(SampledKMeans):
    """Minimise the summed squared distance to the nearest centre by a genetic search over local optima of K-means.

    A chromosome is a set of centres, always brought to its local optimum by K-means on the sample (so that only local
    optima compete). The first generation is `n_init` k-means++ starts. Children are bred four a generation: of one
    parent picked by tournament and one at random, whose centres are matched in pairs, a child has one centre of each
    pair; then one or two of its less useful centres move to rows drawn in proportion to their squared distance from
    the centres that are left. The best `population` different optima survive, so that the best is never lost. It ends
    after `patience` generations in a row without a better one. Lloyd's steps over all rows finish the best, as in
    `SampledKMeans`.

    The search follows HG-means; what is known of the GLKM of the literature is its abstract (K-means optimised by a
    genetic algorithm), and nobody can claim to equal it.

    Parameters
    ----------
    n_clusters, sample_rows, max_passes, tol, random_state : as in `SampledKMeans`.
    n_init : starts, and the first generation.
    population : optima that survive, 1 or more.
    patience : generations in a row without a better optimum that end the search, 0 for none at all. None: 10, or 100
        where the sample has 2,000 rows or fewer; where half of the starts end in the best optimum, 4 or 20.
    n_jobs : threads that improve children; the result does not depend on it.

    Attributes
    ----------
    cluster_centers_, labels_, inertia_, n_iter_ : as in `SampledKMeans`.
    generations_ : bred until it ended.
    gain_ : share of the best start's inertia, on the sample, that breeding took away; what plain K-means would miss.

    References
    ----------
    Gribel and Vidal (2019), HG-means, Pattern Recognition 88: exact matching in crossover, removal and insertion of
    centres; Krishna and Murty (1999), Genetic K-means, IEEE Trans. SMC-B 29(3): distance-based mutation.

    >>> found = GLKM(2).fit([[0.0], [0.2], [9.0], [9.2]])
    >>> round(found.inertia_, 6), found.generations_
    (0.04, 20)
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_init: int = 10,
        population: int = 10,
        patience: int | None = None,
        sample_rows: int = 25_000,
        max_passes: int = 10,
        tol: float = 1e-5,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        super().__init__(
            n_clusters,
            n_init=n_init,
            sample_rows=sample_rows,
            max_passes=max_passes,
            tol=tol,
            random_state=random_state,
        )
        self.population = population
        self.patience = patience
        self.n_jobs = n_jobs

    def _start(self, sample: Floats, clusters: int) -> Centres:
        if self.n_init < 1 or self.population < 1 or (self.patience or 0) < 0:
            raise ValueError("n_init and population are 1 or more, patience is 0 or more")
        random = np.random.default_rng(self.random_state)
        seeds = random.integers(0, 2**31 - 1, self.n_init).tolist()
        with ThreadPoolExecutor(effective_n_jobs(self.n_jobs)) as workers:
            # work on few rows is done sooner than it is handed over
            each = map if len(sample) <= _SMALL_ROWS else workers.map
            starts = list(each(_started, repeat(sample), repeat(clusters), seeds))
            alive = _different(starts, self.population)
            started_at, self.generations_ = alive[0].inertia, 0
            left = patience = self._patience(sample, starts, clusters)
            while left:
                self.generations_ += 1
                parents = [_parents(alive, random) for _ in range(_BROOD)]
                turns = [(self.random_state, self.generations_, number) for number in range(_BROOD)]
                brood = each(_child, repeat(sample), parents, turns)
                best = alive[0]
                alive = _different([*alive, *brood], self.population)
                left = left - 1 if _no_better(best, alive[0]) else patience
        self.gain_ = 1 - alive[0].inertia / started_at if started_at > 0 else 0.0
        return alive[0].centres

    def _patience(self, sample: Floats, starts: list[_Solution], clusters: int) -> int:
        if not 1 < clusters < len(sample):
            return 0
        if self.patience is not None:
            return self.patience
        patience = _PATIENCE_SMALL if len(sample) <= _SMALL_ROWS else _PATIENCE
        best = min(starts, key=lambda one: one.inertia)
        agreed = sum(_no_better(one, best) for one in starts)
        return max(_LEAST, patience // _SURE) if 2 * agreed >= len(starts) else patience


def _started(sample: Floats, clusters: int, seed: int) -> _Solution:
    with threads(1), config_context(**_KNOWN):
        return _solved(KMeans(clusters, n_init=1, tol=0, random_state=seed).fit(sample))


def _child(sample: Floats, parents: tuple[_Solution, _Solution], seed: tuple[int, ...]) -> _Solution:
    random = np.random.default_rng(seed)
    first, second = parents
    with threads(1), config_context(**_KNOWN):
        start = cross(first.centres, second.centres, random)
        start = relocate(sample, start, 1 + int(random.integers(2)), random)
        return _solved(KMeans(len(start), init=start, n_init=1, tol=0).fit(sample))


def cross(first: Centres, second: Centres, random: np.random.Generator) -> Centres:
    """A child's centres: those of both parents matched in pairs with the least summed squared distance, one of each.

    >>> one, two = np.array([[0.0], [5.0]]), np.array([[5.0], [0.0]])
    >>> sorted(cross(one, two, np.random.default_rng(0)).ravel().tolist())
    [0.0, 5.0]
    """
    mine, other = linear_sum_assignment(distances(first, second))
    heads = random.random(len(first)) < 0.5
    chosen: Centres = np.where(heads[:, None], first[mine], second[other])
    return chosen


def relocate(matrix: Floats, centres: Centres, moves: int, random: np.random.Generator) -> Centres:
    """Move some less useful centres to rows far from the centres that are left.

    A centre's use is by how much inertia would grow without it; of three drawn the least useful goes. The row it moves
    to is drawn in proportion to its squared distance from the nearest centre left (D-squared, as in k-means++).

    >>> rows, poor = np.array([[0.0], [0.1], [9.0]]), np.array([[0.0], [0.1]])
    >>> round(float(relocate(rows, poor, 1, np.random.default_rng(0)).max()), 1)
    9.0
    """
    moved = centres.copy()
    for _ in range(min(moves, len(centres) - 1)):
        away = distances(matrix, moved)
        nearest = np.argmin(away, axis=1)
        rows = np.arange(len(matrix))
        least = away[rows, nearest]
        away[rows, nearest] = np.inf
        use = np.bincount(nearest, weights=away.min(axis=1) - least, minlength=len(moved))
        away[rows, nearest] = least
        drawn = random.choice(len(moved), min(1 + int(random.integers(_DRAWS)), len(moved)), replace=False)
        gone = int(drawn[np.argmin(use[drawn])])
        chance = np.delete(away, gone, axis=1).min(axis=1).astype(np.float64)
        total = chance.sum()
        if total <= 0:
            break
        moved[gone] = matrix[random.choice(len(matrix), p=chance / total)]
    return moved


def _solved(fitted: KMeans) -> _Solution:
    return _Solution(fitted.cluster_centers_.astype(np.float64), float(fitted.inertia_))


def _no_better(best: _Solution, other: _Solution) -> bool:
    """Whether the other is the same optimum as the best known, or a worse one."""
    return other.inertia >= best.inertia * (1 - _SAME)


def _different(solutions: Iterable[_Solution], most: int) -> list[_Solution]:
    """The best first, one of each optimum."""
    chosen: list[_Solution] = []
    for one in sorted(solutions, key=lambda solution: solution.inertia):
        if not chosen or not _no_better(one, chosen[-1]):
            chosen.append(one)
    return chosen[:most]


def _parents(alive: list[_Solution], random: np.random.Generator) -> tuple[_Solution, _Solution]:
    """One by a tournament of two (they stand by inertia), one at random."""
    return alive[int(random.integers(len(alive), size=2).min())], alive[int(random.integers(len(alive)))]
