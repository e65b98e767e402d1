"""Why a score is what it is: each feature is set to one reference value, one at a time, and the score watched.

What the score loses, less what it loses on average for customers who stay, is the feature's contribution, on the
log-odds scale. For the additive part of a model it is exact: the feature's term, centred on stayers, whatever the
reference. For the part with interactions it is the effect of that one change with all else as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["contributions", "drivers", "leading"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
Score = Callable[[Matrix], Floats]
_CHUNK = 250_000


def contributions(
    score: Score,
    X: Matrix,
    reference: ArrayLike,
    columns: Sequence[int],
    tick: Callable[[int, int], None] | None = None,
) -> Matrix:
    """What each of `columns` adds to each row's log-odds against its reference: rows x columns.

    >>> X = np.array([[1.0, 2.0], [0.0, 0.0]], dtype=np.float32)
    >>> contributions(lambda m: m @ np.array([3.0, -1.0]), X, [0.0, 0.0], [0, 1]).tolist()
    [[3.0, -2.0], [0.0, 0.0]]
    """
    base = np.asarray(reference, dtype=np.float32)
    found = np.zeros((len(X), len(columns)), dtype=np.float32)
    for start in range(0, len(X), _CHUNK):
        if tick:
            tick(start, len(X))
        part = X[start : start + _CHUNK]
        whole = score(part)
        for place, column in enumerate(columns):
            value = part[:, column]
            other = np.flatnonzero(~((value == base[column]) | (np.isnan(value) & np.isnan(base[column]))))
            if not other.size:
                continue
            changed = part[other]
            changed[:, column] = base[column]
            found[start + other, place] = whole[other] - score(changed)
    return found


def drivers(parts: ArrayLike, stayed: ArrayLike) -> tuple[Floats, Floats]:
    """Mean of stayers per column, and mean absolute contribution of every row once centred on it.

    >>> drivers([[3.0, -2.0], [1.0, 0.0]], [False, True])
    (array([1., 0.]), array([1., 1.]))
    """
    found, kept = np.asarray(parts, dtype=np.float64), np.asarray(stayed, dtype=bool)
    centre = found[kept].mean(axis=0)
    effect: Floats = np.abs(found - centre).mean(axis=0)
    return centre, effect


def leading(parts: ArrayLike, themes: ArrayLike, *, most: int = 3, least: float = 0.05) -> NDArray[np.intp]:
    """Columns that raise each row's risk the most, one per theme, strongest first; -1 where there is none.

    `parts` are contributions, rows x columns; `themes` a number per column; below `least` nothing is said.

    >>> leading([[0.5, 0.4, 0.3], [-1.0, 0.01, 0.2]], [0, 0, 1], most=2).tolist()
    [[0, 2], [2, -1]]
    """
    left, theme = np.array(parts, dtype=np.float32), np.asarray(themes)
    found = np.full((len(left), most), -1, dtype=np.intp)
    if not left.shape[1]:
        return found
    for slot in range(most):
        best = np.argmax(left, axis=1)
        good = left[np.arange(len(left)), best] >= least
        found[good, slot] = best[good]
        left[theme[None, :] == theme[best][:, None]] = -np.inf
    return found
