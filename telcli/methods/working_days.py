"""How much a day that is off weighs against a working day, by how earlier months went.

A month of W working and O other days is expected to bring in proportion to W + w O. The weight w is learned from the
steps from month to month that many series have in common, by least absolute deviations with a ridge towards 1, which
is in proportion to days.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["day_factors", "day_weight"]

Floats = NDArray[np.float64]
_LEAST = 11
"""Steps between months from which a weight is learned."""
_GRID = np.linspace(0.0, 2.0, 201)
_PRIOR = 0.5
"""How far from 1 the weight is taken to be, before anything is seen: one sd."""


def day_factors(counts: ArrayLike, weight: float | None) -> Floats:
    """What days alone make of each month against a usual one, of the shape (months,); 1 where weight is None.

    `counts` are working and other days, of the shape (2, months).

    >>> day_factors([[20.0, 22.0, 21.0], [8.0, 9.0, 10.0]], 0.5).round(3).tolist()
    [0.923, 1.019, 1.0]
    >>> day_factors([[20.0, 22.0], [8.0, 9.0]], None).tolist()
    [1.0, 1.0]
    """
    working, other = np.asarray(counts, dtype=np.float64)
    if weight is None:
        return np.ones_like(working)
    found: Floats = working + weight * other
    return found / np.median(found)


def day_weight(logs: ArrayLike, counts: ArrayLike) -> float | None:
    """The weight of a day off against a working day, 0..2; 1 of too few months, None where days tell nothing.

    `logs` are logarithms of amounts, of the shape (series, months), NaN where not known. Days tell nothing where
    earlier months go as steadily without them.

    >>> counts = np.array([[20.0, 23, 20, 21, 22, 21, 21, 23, 20, 22, 22, 20, 22], [8.0, 8, 10, 10, 8, 10, 10, 8, 10, 9,
    ...     8, 11, 9]])
    >>> round(day_weight(np.log(counts[:1] + 0.3 * counts[1:]), counts), 2)
    0.3
    >>> day_weight(np.zeros((1, 13)), counts), day_weight(np.zeros((1, 5)), counts[:, :5])
    (None, 1.0)
    """
    steps = np.diff(np.asarray(logs, dtype=np.float64), axis=-1)
    known = np.isfinite(steps).any(axis=0)
    if known.sum() < _LEAST:
        return 1.0
    common = np.nanmedian(steps[:, known], axis=0)
    working, other = np.asarray(counts, dtype=np.float64)
    told = np.diff(np.log(working + _GRID[:, None] * other), axis=-1)[:, known]
    missed = _missed(common - told)
    scale = max(float(missed.min()), _EXACT)
    cost = known.sum() * missed / scale + np.square((_GRID - 1.0) / _PRIOR) / 2.0
    best = int(np.argmin(cost))
    return float(_GRID[best]) if missed[best] < _missed(common[None, :])[0] else None


def _missed(steps: Floats) -> Floats:
    """Mean distance of steps from their middle one, which is the trend."""
    found: Floats = np.mean(np.abs(steps - np.median(steps, axis=-1, keepdims=True)), axis=-1)
    return found


_EXACT = 1e-6
"""Steps that are missed by less are met."""
