"""Genetic K-means over strings of labels, as published: a reference for small data, slow and plain.

Operators of GKA (Krishna and Murty 1999) in the form of FGKA (Lu et al. 2004): a solution is a label for each row;
selection by roulette on 1.5 x the largest variation of the generation less one's own; mutation deals a label anew in
proportion to 1.5 x the largest distance less its own; then one step of K-means. The best seen is kept. Selection of
GKA, by sigma truncation, stands beside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Matrix = NDArray[np.float64]


def variation(rows: Matrix, labels: Labels, clusters: int) -> float:
    """Total within-cluster variation: the sum of squared distances to the mean of one's own cluster."""
    return float(sum(((rows[labels == k] - rows[labels == k].mean(axis=0)) ** 2).sum() for k in np.unique(labels)))


def away(rows: Matrix, labels: Labels, clusters: int, empty: float) -> Matrix:
    """Distances of rows to the mean of each cluster, `empty` where a cluster has no rows."""
    found = np.full((len(rows), clusters), empty)
    for k in np.unique(labels):
        found[:, k] = np.sqrt(((rows - rows[labels == k].mean(axis=0)) ** 2).sum(axis=1))
    return found


def weights(rows: Matrix, labels: Labels, clusters: int) -> Matrix:
    """How likely each label is dealt to each row, by mutation: 1.5 x the largest distance less its own, and 0.5."""
    distances = away(rows, labels, clusters, empty=0.0)
    return 1.5 * distances.max(axis=1, keepdims=True) - distances + 0.5


def mutate(rows: Matrix, labels: Labels, clusters: int, chance: float, random: np.random.Generator) -> Labels:
    weighed = weights(rows, labels, clusters)
    dealt = (weighed / weighed.sum(axis=1, keepdims=True)).cumsum(axis=1)
    new = (random.random((len(rows), 1)) > dealt).sum(axis=1).clip(max=clusters - 1)
    return np.where(random.random(len(rows)) < chance, new, labels)


def k_means_step(rows: Matrix, labels: Labels, clusters: int) -> Labels:
    return away(rows, labels, clusters, empty=np.inf).argmin(axis=1)


def truncated(worth: NDArray[np.float64], times: float = 2.0) -> NDArray[np.float64]:
    """Fitness of GKA by sigma truncation: f = -variation; f - (mean f - `times` x its deviation), 0 where negative."""
    found = -worth
    return np.maximum(found - (found.mean() - times * found.std()), 0.0)


def select_truncated(worth: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """Roulette of GKA; where all are alike, each as often."""
    fitness = truncated(worth)
    total = fitness.sum()
    return random.choice(len(worth), len(worth), p=fitness / total if total > 0 else None)


def select(worth: NDArray[np.float64], legality: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """Roulette: a legal string weighs 1.5 x the worst variation less its own, another its legality x the least."""
    legal = legality == 1
    fitness = 1.5 * worth.max() - worth
    least = fitness[legal].min() if legal.any() else 1.0
    fitness = np.where(legal, fitness, legality * least)
    return random.choice(len(worth), len(worth), p=fitness / fitness.sum())


def search(
    rows: Matrix,
    clusters: int,
    *,
    seed: int,
    population: int = 20,
    generations: int = 60,
    chance: float = 0.02,
    truncation: bool = False,
) -> float:
    """The least variation of a legal string found; with `truncation` selection is that of GKA, else of FGKA."""
    random = np.random.default_rng(seed)
    strings = [random.integers(0, clusters, len(rows)) for _ in range(population)]
    best = np.inf
    for _ in range(generations):
        worth = np.array([variation(rows, string, clusters) for string in strings])
        legality = np.array([len(np.unique(string)) / clusters for string in strings])
        if (legality == 1).any():
            best = min(best, float(worth[legality == 1].min()))
        chosen = select_truncated(worth, random) if truncation else select(worth, legality, random)
        strings = [mutate(rows, strings[place], clusters, chance, random) for place in chosen]
        strings = [k_means_step(rows, string, clusters) for string in strings]
    return best
