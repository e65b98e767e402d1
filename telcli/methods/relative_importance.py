"""How much of what customers say each driver explains, where drivers go together.

R squared, the share of variance explained, is divided among drivers so that two that say the same share it: by the mean
over all orders of entering them (LMG, the Shapley value of R squared) for up to 12 groups of columns, and by Johnson's
relative weights, which are close to it and cheap, for more. R squared can be adjusted for the columns it took, so that
a theme of many columns does not win by their number.

References
----------
R. Lindeman, P. Merenda and R. Gold (1980), Introduction to Bivariate and Multivariate Analysis.
U. Groemping (2006), Relative Importance for Linear Regression in R: The Package relaimpo, J. Stat. Software 17(1).
J. W. Johnson (2000), A Heuristic Method for Estimating the Relative Weight of Predictor Variables, Multivariate
Behavioral Research 35, 1-19.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["EXACT", "correlations_of", "importances", "johnson_weights", "lmg", "lmg_of"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

EXACT = 12
"""Groups up to which every subset is gone through: 4,096 regressions."""
_TOLERANCE = 1e-8
"""Variance left of a column, of 1, below which others say all that it says."""


def lmg(X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None, weights: ArrayLike | None = None) -> Floats:
    """R squared of each group of columns by LMG; they add up to the R squared of all.

    `X` is customers x columns, `groups` the group (0, 1, ...) of each column, by default its own; `weights` are never
    negative. Columns that never vary explain nothing.

    >>> lmg([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 2, 3]).round(3).tolist()
    [0.8, 0.2]
    """
    together = np.column_stack([np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    kept = np.ones(len(together)) if weights is None else np.asarray(weights, dtype=np.float64)
    found: Floats = lmg_of(correlations_of(_moments(together, kept)[None]), _groups(groups, together.shape[1] - 1))[0]
    return found


def lmg_of(correlations: ArrayLike, groups: ArrayLike | None = None, rows: float | None = None) -> Floats:
    """LMG from correlation matrices, stacked, of columns with what they explain as the last: matrices x groups.

    With `rows`, the number of customers, R squared is adjusted: parts may then be a little below 0.

    >>> lmg_of([[[1.0, 0.5, 0.6], [0.5, 1.0, 0.6], [0.6, 0.6, 1.0]]]).round(3).tolist()
    [[0.24, 0.24]]
    """
    whole = np.asarray(correlations, dtype=np.float64)
    member = _groups(groups, whole.shape[-1] - 1)
    order = np.argsort(member, kind="stable")
    placed = np.append(order, whole.shape[-1] - 1)
    sizes = np.bincount(member)
    start = whole[:, placed[:, None], placed[None, :]]
    explained = np.empty((1 << sizes.size, len(whole)))
    for subset, left in _subsets(start, sizes, 0, 0):
        explained[subset] = _adjusted(1.0 - left, _columns(subset, sizes), rows)
    return _shapley(explained, sizes.size)


def johnson_weights(correlations: ArrayLike, groups: ArrayLike | None = None, rows: float | None = None) -> Floats:
    """Johnson's relative weights from stacked correlation matrices, as `lmg_of`: matrices x groups.

    Columns are turned into the nearest ones that do not correlate; what these explain is handed back by how close they
    are to each. With two columns it is LMG. Each column gives up its part of the adjustment.

    >>> johnson_weights([[[1.0, 0.5, 0.6], [0.5, 1.0, 0.6], [0.6, 0.6, 1.0]]]).round(3).tolist()
    [[0.24, 0.24]]
    """
    whole = np.asarray(correlations, dtype=np.float64)
    among, with_y = whole[:, :-1, :-1], whole[:, :-1, -1]
    values, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.where(values > _TOLERANCE, values, 0.0))
    inverse = np.divide(1.0, roots, out=np.zeros_like(roots), where=roots > 0)
    nearest = np.einsum("bij,bj,bkj->bik", vectors, roots, vectors)
    slopes = np.einsum("bij,bj,bkj,bk->bi", vectors, inverse, vectors, with_y)
    parts: Floats = np.einsum("bij,bj->bi", nearest**2, slopes**2)
    total = parts.sum(axis=1)
    columns = int((values[0] > _TOLERANCE).sum())
    parts -= ((total - _adjusted(total, columns, rows)) / max(parts.shape[1], 1))[:, None]
    return parts @ np.eye(int(_groups(groups, parts.shape[1]).max()) + 1)[_groups(groups, parts.shape[1])]


def importances(correlations: ArrayLike, groups: ArrayLike | None = None, rows: float | None = None) -> Floats:
    """LMG of up to `EXACT` groups, and Johnson's weights of more."""
    whole = np.asarray(correlations, dtype=np.float64)
    many = int(_groups(groups, whole.shape[-1] - 1).max()) + 1 > EXACT
    return johnson_weights(whole, groups, rows) if many else lmg_of(whole, groups, rows)


def correlations_of(moments: ArrayLike) -> Floats:
    """Correlations of stacked covariances; a column that never varies goes with nothing.

    >>> correlations_of([[[4.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]]]).tolist()
    [[[1.0, 0.5], [0.5, 1.0]], [[0.0, 0.0], [0.0, 1.0]]]
    """
    moments = np.asarray(moments, dtype=np.float64)
    spread = np.sqrt(np.maximum(np.diagonal(moments, axis1=-2, axis2=-1), 0.0))
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-12)
    found: Floats = moments * scale[..., :, None] * scale[..., None, :]
    return found


def _groups(groups: ArrayLike | None, columns: int) -> Places:
    return np.arange(columns) if groups is None else np.asarray(groups, dtype=np.intp)


def _columns(subset: int, sizes: Places) -> int:
    return int(sum(size for place, size in enumerate(sizes) if subset >> place & 1))


def _adjusted(explained: Floats, columns: int, rows: float | None) -> Floats:
    """R squared less what so many columns of noise would explain (Wherry's adjustment)."""
    if rows is None or not columns:
        return explained
    return 1.0 - (1.0 - explained) * (rows - 1.0) / max(rows - columns - 1.0, 1.0)


def _subsets(left: Floats, sizes: Places, place: int, taken: int) -> Iterator[tuple[int, Floats]]:
    """Every set of groups, as bits, and the variance of y that it leaves unexplained, of every matrix at once.

    `left` is what correlations become once the groups taken are held fast; groups before `place` are gone from it.
    """
    if place == sizes.size:
        yield taken, left[:, -1, -1]
        return
    size = int(sizes[place])
    yield from _subsets(left[:, size:, size:], sizes, place + 1, taken)
    for _ in range(size):
        left = _swept(left)
    yield from _subsets(left, sizes, place + 1, taken | 1 << place)


def _swept(left: Floats) -> Floats:
    """Hold the first column fast: what is left of the others' covariance (a Schur complement)."""
    first = left[:, 0, 0]
    scale = np.divide(1.0, first, out=np.zeros_like(first), where=first > _TOLERANCE)
    row = left[:, 0, 1:]
    rest: Floats = left[:, 1:, 1:] - scale[:, None, None] * row[:, :, None] * row[:, None, :]
    return rest


def _shapley(explained: Floats, groups: int) -> Floats:
    """The mean gain of each group over all orders: matrices x groups; `explained` is subsets x matrices."""
    subsets = np.arange(1 << groups)
    size = np.array([int(subset).bit_count() for subset in subsets])
    chance = np.array([1.0 / (groups * comb(groups - 1, k)) if k < groups else 0.0 for k in range(groups + 1)])
    found = np.empty((explained.shape[1], groups))
    for place in range(groups):
        without = subsets[subsets >> place & 1 == 0]
        found[:, place] = chance[size[without]] @ (explained[without | 1 << place] - explained[without])
    return found


def _moments(together: Floats, weights: Floats) -> Floats:
    """Weighted covariance of all columns."""
    share = weights / weights.sum()
    centred = together - share @ together
    found: Floats = (centred * share[:, None]).T @ centred
    return found
