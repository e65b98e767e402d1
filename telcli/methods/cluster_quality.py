"""How good clusters are, by themselves and about a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import silhouette_samples

from telcli.methods.clustering import Floats, Labels, SampledKMeans, cluster_sums
from telcli.methods.matching import crossed, jaccard
from telcli.methods.threads import threads

__all__ = ["About", "Separation", "about_label", "bootstrap_jaccard", "sampled_silhouette", "separation"]

_CHUNK = 65_536


@dataclass(frozen=True)
class Separation:
    """Inertia (squared units), Davies-Bouldin (0.., small is good), Calinski-Harabasz (0.., large is good).

    The indices are None for one cluster, and Calinski-Harabasz where clusters have no spread.
    """

    inertia: float
    davies_bouldin: float | None
    calinski_harabasz: float | None


def separation(matrix: Floats, labels: Labels) -> Separation:
    """Inertia and two indices from a pass over all rows, in float64. Every label from 0 to the largest occurs.

    Davies-Bouldin = 1/K sum_i max_j (S_i + S_j) / M_ij, S mean distance to the centre, M distance of centres;
    Calinski-Harabasz = [tr B / (K - 1)] / [tr W / (n - K)].

    >>> separation(np.array([[0.0], [2.0], [10.0], [12.0]]), np.array([0, 0, 1, 1], dtype=np.int32))
    Separation(inertia=4.0, davies_bouldin=0.2, calinski_harabasz=50.0)
    """
    clusters, rows = int(labels.max()) + 1, len(matrix)
    counts, sums = cluster_sums(matrix, labels, clusters)
    centres = sums / counts[:, None]
    within, distances = 0.0, np.zeros(clusters)
    for start in range(0, rows, _CHUNK):
        place = labels[start : start + _CHUNK]
        squared = np.square(matrix[start : start + _CHUNK] - centres[place]).sum(axis=1)
        within += float(squared.sum())
        distances += np.bincount(place, weights=np.sqrt(squared), minlength=clusters)
    if clusters < 2:
        return Separation(within, None, None)
    between = float(counts @ np.square(centres - sums.sum(axis=0) / rows).sum(axis=1))
    spread = distances / counts
    apart = np.sqrt(np.square(centres[:, None] - centres[None]).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    worst = ((spread[:, None] + spread[None]) / apart).max(axis=1) if apart.min() > 0 else None
    chance = within / (rows - clusters) if rows > clusters else 0.0
    return Separation(
        within,
        float(worst.mean()) if worst is not None else None,
        between / (clusters - 1) / chance if chance > 0 else None,
    )


def sampled_silhouette(matrix: Floats, labels: Labels, rows: int = 4_000, seed: int = 0) -> float:
    """Mean of (b - a) / max(a, b), -1..1, from a sample drawn cluster by cluster and weighted back.

    Plain sampling misses small clusters and all pairs cost the square of the rows. Equal to scikit-learn's
    silhouette_score where `rows` covers the matrix. Needs two clusters or more, and more rows than clusters.

    >>> round(sampled_silhouette(np.array([[0.0], [1.0], [9.0], [10.0]]), np.array([0, 0, 1, 1], dtype=np.int32)), 4)
    0.8885
    """
    counts = np.bincount(labels)
    if len(matrix) <= rows:
        chosen = np.arange(len(matrix))
    else:
        random = np.random.default_rng(seed)
        fewest = max(2, rows // (2 * len(counts)))
        parts = []
        for cluster, count in enumerate(counts):
            members = np.flatnonzero(labels == cluster)
            wanted = min(count, max(fewest, rows * count // len(matrix)))
            parts.append(np.sort(random.choice(members, wanted, replace=False)))
        chosen = np.concatenate(parts)
    with threads(1):
        each = silhouette_samples(matrix[chosen].astype(np.float64), labels[chosen])
    means = np.bincount(labels[chosen], weights=each) / np.bincount(labels[chosen])
    return float(means @ (counts / counts.sum()))


def bootstrap_jaccard(
    matrix: Floats, labels: Labels, make: Callable[[int], SampledKMeans], rounds: int = 10, seed: int = 0
) -> NDArray[np.float64]:
    """How well each cluster comes back from resampled rows: mean best Jaccard index, 0..1.

    Each round clusters rows drawn with replacement, gives every row of `matrix` its nearest new centre and finds for
    each cluster the new one with the largest |A and B| / |A or B|. Above .75 a cluster is taken for stable
    (Hennig 2007, Comput. Stat. Data Anal. 52, cluster-wise assessment; there only the drawn rows count).
    `make` gives a new clusterer for a seed, wanting as many clusters as there are labels.

    >>> steps = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    >>> labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    >>> bool(bootstrap_jaccard(steps, labels, lambda turn: SampledKMeans(2, random_state=turn)).min() > 0.9)
    True
    """
    clusters = int(labels.max()) + 1
    random = np.random.default_rng(seed)
    found = np.zeros(clusters)
    for turn in range(rounds):
        drawn = np.sort(random.integers(0, len(matrix), len(matrix)))
        again = make(seed + turn + 1).fit(matrix[drawn]).predict(matrix)
        found += jaccard(crossed(labels, again)).max(axis=1)
    return found / rounds


@dataclass(frozen=True)
class About:
    """What clusters tell about a label: shares 0..1, entropies in bits.

    Gain grows with the number of clusters, by chance too: `p_value` is the share of shuffled labels that gain as much,
    `chance_gain` what they gain on average. `cramers_v` is 0 for clusters that tell nothing, 1 for those that tell all.
    """

    purity: float
    conditional_entropy: float
    information_gain: float
    gain_ratio: float
    p_value: float
    cramers_v: float
    chance_gain: float


def about_label(table: ArrayLike, shuffles: int = 999, seed: int = 0) -> About:
    """Purity, H(label | cluster), information gain H(label) - H(label | cluster), gain over H(cluster), Cramer's V.

    V = sqrt(chi2 / (n min(clusters - 1, classes - 1))), of the clusters and classes that occur; 0 where one alone does.
    `table` is clusters x classes, counts n_kc, at least one row counted; `shuffles` permutations stand behind the
    p-value.

    >>> round(about_label([[0, 48, 14], [50, 0, 0], [0, 2, 36]]).information_gain, 6)
    1.191076
    """
    counts = np.asarray(table, dtype=np.int64)
    if counts.ndim != 2 or counts.min() < 0 or not counts.sum():
        raise ValueError("a table of counts with at least one row is needed")
    gain = _gain(counts)
    of_cluster = _entropy(counts.sum(axis=1))
    random = np.random.default_rng(seed)
    by_chance = _gains_by_chance(counts, shuffles, random)
    return About(
        float(counts.max(axis=1).sum() / counts.sum()),
        _entropy(counts.sum(axis=0)) - gain,
        gain,
        gain / of_cluster if of_cluster > 0 else 0.0,
        (1 + int((by_chance >= gain - 1e-12).sum())) / (1 + shuffles),
        _cramers_v(counts),
        float(by_chance.mean()) if shuffles else 0.0,
    )


def _cramers_v(counts: NDArray[np.int64]) -> float:
    seen = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0].astype(np.float64)
    least = min(seen.shape) - 1
    if least < 1:
        return 0.0
    expected = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0) / seen.sum()
    return float(np.sqrt((np.square(seen - expected) / expected).sum() / seen.sum() / least))


def _entropy(counts: NDArray[np.int64]) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log2(share)).sum()) + 0.0  # not -0.0


def _gain(counts: NDArray[np.int64]) -> float:
    total = counts.sum()
    inside = sum(row.sum() / total * _entropy(row) for row in counts if row.sum())
    return max(_entropy(counts.sum(axis=0)) - float(inside), 0.0)


def _gains_by_chance(counts: NDArray[np.int64], shuffles: int, random: np.random.Generator) -> NDArray[np.float64]:
    """The gain of each of so many tables with the same margins; of two classes, one draw gives them all."""
    rows = counts.sum(axis=1)
    if not shuffles:
        return np.zeros(0)
    if counts.shape[1] == 2:
        first = random.multivariate_hypergeometric(rows, int(counts[:, 0].sum()), size=shuffles, method="marginals")
        tables = np.stack([first, rows - first], axis=2)
    else:
        tables = np.stack([_shuffled(counts, random) for _ in range(shuffles)])
    inside = np.zeros(shuffles)
    for size, dealt in zip(rows, tables.transpose(1, 0, 2), strict=True):
        if size:
            share = dealt / size
            bits = share * np.log2(share, where=share > 0, out=np.zeros_like(share))
            inside += size / rows.sum() * (0.0 - bits.sum(axis=1))
    return np.maximum(_entropy(counts.sum(axis=0)) - inside, 0.0)


def _shuffled(counts: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """A table with the same margins, as if labels had been dealt anew."""
    left = counts.sum(axis=1)
    columns = []
    for wanted in counts.sum(axis=0):
        drawn = random.multivariate_hypergeometric(left, int(wanted), method="marginals")
        columns.append(drawn)
        left = left - drawn
    return np.stack(columns, axis=1)
