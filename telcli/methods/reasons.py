"""Which columns are the reasons for a score, from what each of them adds to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["leading"]


def leading(parts: ArrayLike, themes: ArrayLike, *, most: int = 3, least: float = 0.05) -> NDArray[np.intp]:
    """Columns that raise each row's risk the most, one per theme, strongest first; -1 where there is none.

    `parts` are what columns add to the log-odds, rows x columns; `themes` a number per column; below `least` nothing is
    said.

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
