"""Which group of today is which group of before: by the members that both have."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["UNMATCHED", "crossed", "jaccard", "match"]

UNMATCHED = -1


def crossed(now: ArrayLike, before: ArrayLike, shape: tuple[int, int] | None = None) -> NDArray[np.int64]:
    """How many members of each group of today were in each group of before: groups now x groups before.

    `now` and `before` are the labels, from 0, of the same members; `shape` counts groups that none of them is in.

    >>> crossed([0, 0, 1], [1, 1, 0]).tolist(), crossed([0], [0], (1, 2)).tolist()
    ([[0, 2], [1, 0]], [[1, 0]])
    """
    rows, columns = np.asarray(now, dtype=np.int64), np.asarray(before, dtype=np.int64)
    sizes = shape or (int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1)
    counts = np.zeros(sizes, dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts


def jaccard(counts: ArrayLike) -> NDArray[np.float64]:
    """|A and B| / |A or B| of each pair of groups, 0..1, from the table of `crossed`; 0 where both are empty.

    >>> jaccard([[3, 1], [0, 2]]).round(3).tolist()
    [[0.75, 0.167], [0.0, 0.667]]
    """
    both = np.asarray(counts, dtype=np.float64)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    found = np.zeros_like(both)
    np.divide(both, either, out=found, where=either > 0)
    return found


def match(overlap: ArrayLike, least: float) -> NDArray[np.int64]:
    """For each group of today the group of before that it continues, or `UNMATCHED`; no group is continued twice.

    Only pairs that overlap by more than `least` can match; of all ways to pair them the one with the largest sum is
    taken. From a `least` of .5 on there is but one way, whatever the order of groups: two groups cannot both share
    more than half of a third one.

    Parameters
    ----------
    overlap
        Groups now x groups before, such as Jaccard indices, 0..1.
    least
        0..1.

    References
    ----------
    Kuhn (1955), Naval Res. Logist. 2, the Hungarian method; matching clusters of snapshots by Jaccard index:
    Greene, Doyle and Cunningham (2010), ASONAM, tracking the evolution of communities.

    >>> match([[0.9, 0.0], [0.05, 0.2]], 0.5).tolist()
    [0, -1]
    """
    worth = np.asarray(overlap, dtype=np.float64)
    worth = np.where(worth > least, worth, 0.0)
    found = np.full(worth.shape[0], UNMATCHED, dtype=np.int64)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    counted = worth[rows, columns] > 0
    found[rows[counted]] = columns[counted]
    return found
