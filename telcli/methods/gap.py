"""The gap statistic: how much tighter clusters are than those found where there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from telcli.methods.clustering import Floats, SampledKMeans

__all__ = ["Gap", "gap_choice", "gap_statistics"]

Gap = tuple[float, float]
"""Gap(k), in natural logarithms, and its standard error s_k, simulation included."""


def gap_statistics(
    matrix: Floats, ks: Sequence[int], make: Callable[[int, int], SampledKMeans], rounds: int = 10, seed: int = 0
) -> dict[int, Gap]:
    """Gap(k) = mean of ln W*_k over `rounds` reference sets - ln W_k, W the inertia of k clusters; s_k beside it.

    A reference set has as many rows, uniform over the box of the matrix turned to its principal axes, so that neither
    a turn of the axes nor a unit common to all columns matters. s_k = sd(ln W*_k) sqrt(1 + 1 / rounds). `make` gives a
    clusterer for a number of clusters and a seed. A k is left out where its clusters have no spread.
    Tibshirani, Walther and Hastie (2001), J. R. Statist. Soc. B 63(2), reference (b).

    >>> rows = np.array([[0.0, 1.0], [0.2, 1.1], [0.1, 0.9], [9.0, 1.0], [9.1, 1.1], [9.2, 0.9]])
    >>> found = gap_statistics(rows, [1, 2, 3], lambda k, turn: SampledKMeans(k, random_state=turn))
    >>> found[2][0] > found[1][0]
    True
    """
    centre = matrix.mean(axis=0, dtype=np.float64)
    turned = matrix - centre
    axes = np.linalg.svd(turned, full_matrices=False)[2]
    placed = turned @ axes.T
    low, high = placed.min(axis=0), placed.max(axis=0)
    random = np.random.default_rng(seed)
    references = [random.uniform(low, high, placed.shape) for _ in range(rounds)]
    found = {}
    for k in ks:
        own = make(k, seed).fit(matrix).inertia_
        others = [make(k, seed + turn).fit(one).inertia_ for turn, one in enumerate(references, start=1)]
        if own > 0 and min(others) > 0:
            logs: NDArray[np.float64] = np.log(others)
            error = float(logs.std() * np.sqrt(1 + 1 / rounds))
            found[k] = (float(logs.mean() - np.log(own)), error)
    return found


def gap_choice(gaps: Mapping[int, Gap]) -> int | None:
    """The smallest k with Gap(k) >= Gap(k + 1) - s_(k+1); None where no k of those measured has it.

    >>> gap_choice({2: (0.10, 0.01), 3: (0.30, 0.01), 4: (0.305, 0.02)}), gap_choice({2: (0.1, 0.01)})
    (3, None)
    """
    for k in sorted(gaps):
        if k + 1 in gaps and gaps[k][0] >= gaps[k + 1][0] - gaps[k + 1][1]:
            return k
    return None
