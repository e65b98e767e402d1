"""Connected components: from pairs that are the same to groups that are, and how right such groups are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PairQuality", "components", "pair_quality"]

Array = NDArray[Any]


def components(left: Array, right: Array, nodes: int) -> Array:
    """Name each of `nodes` nodes after the smallest node that a chain of pairs joins it to.

    Time and memory grow with nodes and pairs (scipy's breadth-first search); the order of the pairs changes nothing.

    >>> components(np.array([1, 3]), np.array([2, 1]), 5).tolist()
    [0, 1, 1, 1, 4]
    """
    if not len(left):
        return np.arange(nodes)
    from scipy.sparse import coo_array  # which costs half a second, and few loads have pairs
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(nodes, nodes))
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    found: Array = first[labels]
    return found


@dataclass(frozen=True)
class PairQuality:
    """How many pairs are the same in truth, how many were found, and how many of these are right.

    `precision` = right / found, `recall` = right / true, both 0..1; 1 where there is nothing to divide by.
    """

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the pairs found that are right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found."""
        return self.right / self.true if self.true else 1.0


def pair_quality(truth: Array, found: Array) -> PairQuality:
    """Compare two groupings of the same records, pair by pair (Hand & Christen 2018, pairwise precision and recall).

    Pairs are counted from the sizes of groups, never listed: a group of n has n(n-1)/2.

    >>> pair_quality(np.array([1, 1, 1, 2]), np.array([7, 7, 8, 8]))
    PairQuality(true=3, found=2, right=1)
    """

    def pairs(*labels: Array) -> int:
        _, sizes = np.unique(np.stack(labels), axis=1, return_counts=True)
        return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())

    return PairQuality(pairs(truth), pairs(found), pairs(truth, found))
