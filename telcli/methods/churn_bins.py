"""Columns as small whole numbers: numbers cut into bins of about equal rows, categories their codes, gaps a bin.

Cut once, before anything is learned, so that every term of a model can be a table that is looked up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["coarser", "cuts", "encode", "sizes_of"]

Matrix = NDArray[np.float32]
Codes = NDArray[np.uint8]
_SAMPLE = 100_000
_MOST_CODES = 255


def cuts(X: Matrix, categorical: Sequence[int], most: int) -> list[Matrix]:
    """Where each column is cut: bin k holds `edges[k - 1] < value <= edges[k]`, at most `most` bins of known values.

    A number of few values has a bin for each. A category's "edges" are its codes from 0 less the last one seen.

    >>> [edges.tolist() for edges in cuts(np.array([[3, 0], [9, 1], [5, 1]], dtype=np.float32), (1,), 8)]
    [[3.0, 5.0], [0.0]]
    """
    part = X[:: -(-len(X) // _SAMPLE)] if len(X) else X
    found = []
    for j in range(X.shape[1]):
        known = part[:, j][~np.isnan(part[:, j])]
        if j in categorical:
            whole = X[:, j][X[:, j] >= 0]
            last = min(int(whole.max()), _MOST_CODES - 2) if whole.size else 0
            edges = np.arange(last, dtype=np.float32)
        else:
            values, counts = np.unique(known, return_counts=True)
            edges = values[:-1] if values.size <= most else _quantiles(values, counts, most)
        found.append(np.ascontiguousarray(edges, dtype=np.float32))
    return found


def _quantiles(values: Matrix, counts: NDArray[np.intp], most: int) -> Matrix:
    """Values that part `most` bins of about equal rows."""
    upto = np.cumsum(counts)
    wanted = np.arange(1, most) * (upto[-1] / most)
    places = np.unique(np.searchsorted(upto, wanted))
    found: Matrix = values[places[places < values.size - 1]]
    return found


def sizes_of(edges: Sequence[Matrix]) -> NDArray[np.intp]:
    """Codes of each column: a bin more than edges, and the last for gaps and categories never seen."""
    return np.array([cut.size + 2 for cut in edges], dtype=np.intp)


def encode(X: Matrix, edges: Sequence[Matrix], categorical: Sequence[int]) -> Codes:
    """The bin of each value: rows x columns of codes, a column after the other in memory.

    >>> X = np.array([[1.0], [4.0], [np.nan]], dtype=np.float32)
    >>> encode(X, [np.array([3.0], dtype=np.float32)], ()).tolist()
    [[0], [1], [2]]
    """
    found = np.empty(X.shape, dtype=np.uint8, order="F")
    for j, cut in enumerate(edges):
        values, gap = X[:, j], cut.size + 1
        if j in categorical:
            known = (values >= 0) & (values < gap)
            found[:, j] = np.where(known, values, gap)
        else:
            found[:, j] = np.searchsorted(cut, values)
            found[np.isnan(values), j] = gap
    return found


def coarser(counts: NDArray[np.intp], most: int, *, category: bool) -> NDArray[np.intp]:
    """A coarser code for each code of a column of `counts` rows by code, the last of which stays by itself.

    Neighbours are taken together into `most` groups of about equal rows; of a category all but the commonest levels.

    >>> coarser(np.array([5, 5, 5, 5, 2]), 2, category=False).tolist()
    [0, 0, 1, 1, 2]
    >>> coarser(np.array([1, 9, 1, 0]), 2, category=True).tolist()
    [1, 0, 1, 2]
    """
    known = counts[:-1]
    if known.size <= most:
        return np.arange(counts.size)
    if category:
        group = np.full(known.size, most - 1)
        group[np.argsort(-known, kind="stable")[: most - 1]] = np.arange(most - 1)
        return np.append(group, most)
    middle = (np.cumsum(known) - known / 2) / max(known.sum(), 1)
    _, group = np.unique(np.minimum((middle * most).astype(np.intp), most - 1), return_inverse=True)
    return np.append(group.reshape(-1), group.max() + 1)
