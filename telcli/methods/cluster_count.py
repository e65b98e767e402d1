"""How many clusters: a table of measures for each k, and a choice with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from telcli.methods.cluster_quality import bootstrap_jaccard, sampled_silhouette, separation
from telcli.methods.clustering import Floats, Labels, SampledKMeans, draw_rows
from telcli.methods.gap import Gap, gap_choice, gap_statistics

__all__ = ["Candidate", "Choice", "Maker", "Tried", "best_by_measure", "choose", "try_each"]

_STABILITY_ROWS, _GAP_ROWS = 4_000, 2_000

Maker = Callable[[int, int], SampledKMeans]
"""A clusterer for a number of clusters and a seed."""


@dataclass(frozen=True)
class Candidate:
    """What k clusters are like. `stability` is that of the least stable cluster, `smallest_share` of rows.

    `gap` and its standard error are None where clusters have no spread.
    """

    k: int
    inertia: float
    silhouette: float
    davies_bouldin: float | None
    calinski_harabasz: float | None
    stability: float
    smallest_share: float
    gap: float | None = None
    gap_se: float | None = None


@dataclass(frozen=True)
class Choice:
    """The chosen k; `sound` is False where no k met both conditions."""

    k: int
    sound: bool


@dataclass(frozen=True)
class Tried:
    """Each k that was measured, and the gap of one cluster, to which the gap of two is compared."""

    candidates: Sequence[Candidate]
    gap_of_one: Gap | None = None


def try_each(
    matrix: Floats,
    ks: Sequence[int],
    make: Maker,
    quick: Maker,
    seed: int,
    told: Callable[[int], None] = lambda done: None,
) -> Tried:
    """Measure each k of `ks` (2 or more) on the rows given: a sample is enough.

    Stability is measured on up to 4,000 of them, the gap on up to 2,000, with clusterers from `quick`, whose many runs
    may take fewer starts; `told` hears how many k are done. A k with an empty cluster is left out.

    >>> rows = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    >>> maker = lambda k, seed: SampledKMeans(k, random_state=seed)
    >>> [(one.k, round(one.silhouette, 2)) for one in try_each(rows, [2], maker, maker, seed=0).candidates]
    [(2, 0.99)]
    """
    some = draw_rows(len(matrix), _STABILITY_ROWS, seed)
    found = []
    for done, k in enumerate(ks, start=1):
        labels = make(k, seed).fit(matrix).labels_
        if len(np.unique(labels)) == k:
            found.append(_measure(matrix, labels, some, k, quick, seed))
        told(done)
    some = draw_rows(len(matrix), _GAP_ROWS, seed)
    gaps = gap_statistics(matrix[some], [1, *(one.k for one in found)], quick, seed=seed)
    measured = [replace(one, gap=gap, gap_se=error) for one in found for gap, error in [gaps.get(one.k, (None, None))]]
    return Tried(measured, gaps.get(1))


def _measure(matrix: Floats, labels: Labels, some: NDArray[np.int64], k: int, quick: Maker, seed: int) -> Candidate:
    apart = separation(matrix, labels)
    stable = bootstrap_jaccard(matrix[some], labels[some], lambda turn: quick(k, turn), seed=seed)
    return Candidate(
        k,
        apart.inertia,
        sampled_silhouette(matrix, labels, seed=seed),
        apart.davies_bouldin,
        apart.calinski_harabasz,
        float(stable.min()),
        float(np.bincount(labels).min() / len(labels)),
    )


def choose(
    candidates: Sequence[Candidate], min_share: float, min_stability: float, slack: float, unsteady: float = 0.10
) -> Choice:
    """The largest k whose silhouette is near the best, and whose stability is, among k with no small or unstable one.

    Near is within `slack` (share of it) of the best silhouette, and then, of those, within `unsteady` (share of it) of
    the best stability: clusters that are split once too often come back less often from rows drawn anew. Where no k
    has all clusters at least `min_share` large and `min_stability` stable: the most stable of those without a small
    cluster, else the most stable of all.

    >>> pair = Candidate(2, 9.0, 0.60, 0.5, 90.0, 0.95, 0.4)
    >>> three = Candidate(3, 5.0, 0.59, 0.5, 99.0, 0.90, 0.3)
    >>> choose([pair, three], min_share=0.02, min_stability=0.75, slack=0.05)
    Choice(k=3, sound=True)
    >>> split = Candidate(4, 4.0, 0.58, 0.6, 99.0, 0.78, 0.1)
    >>> choose([pair, three, split], min_share=0.02, min_stability=0.75, slack=0.05)
    Choice(k=3, sound=True)
    """
    large = [one for one in candidates if one.smallest_share >= min_share]
    sound = [one for one in large if one.stability >= min_stability]
    if not sound:
        return Choice(max(large or candidates, key=lambda one: (one.stability, -one.k)).k, sound=False)
    best = max(one.silhouette for one in sound)
    near = [one for one in sound if one.silhouette >= best - slack * abs(best)]
    steady = (1 - unsteady) * max(one.stability for one in near)
    return Choice(max(one.k for one in near if one.stability >= steady), sound=True)


def best_by_measure(tried: Tried) -> dict[str, int]:
    """The k that each measure by itself would take, the smallest of equals; without those that cannot tell.

    The largest silhouette, Calinski-Harabasz index and stability, the least Davies-Bouldin index, the rule of the gap,
    which alone may say 1: no clusters.

    >>> pair = Candidate(2, 9.0, 0.60, 0.5, 90.0, 0.95, 0.4, 0.1, 0.01)
    >>> three = Candidate(3, 5.0, 0.59, 0.4, 99.0, 0.90, 0.3, 0.3, 0.01)
    >>> best_by_measure(Tried([pair, three], (0.2, 0.01)))
    {'silhouette': 2, 'davies_bouldin': 3, 'calinski_harabasz': 3, 'stability': 2, 'gap': 1}
    """
    found = {}
    for name, sign in (("silhouette", 1), ("davies_bouldin", -1), ("calinski_harabasz", 1), ("stability", 1)):
        known = [(sign * value, -one.k) for one in tried.candidates if (value := getattr(one, name)) is not None]
        if known:
            found[name] = -max(known)[1]
    gaps = {one.k: (one.gap, one.gap_se) for one in tried.candidates if one.gap is not None and one.gap_se is not None}
    by_gap = gap_choice(gaps if tried.gap_of_one is None else {1: tried.gap_of_one, **gaps})
    return found if by_gap is None else {**found, "gap": by_gap}
