"""Estimates of many things drawn to the middle one, by how much they differ beyond what their errors alone make.

Many tell together how much they differ beyond chance (empirical Bayes); one that stands far out keeps most of its own
(limited translation). Of few each is drawn to nothing by its own standard error alone.

References
----------
B. Efron and C. Morris, Limiting the risk of Bayes and empirical Bayes estimators, J. Amer. Statist. Assoc. 67, 1972.
R. Paule and J. Mandel, Consensus values and weighting factors, J. Res. Natl. Bur. Stand. 87, 1982: here by medians.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MANY", "damped"]

Floats = NDArray[np.float64]
MANY = 10
"""Estimates from which on they tell of each other."""
_FAR, _ALONE = 4.0, 1.0
"""Squared standard errors up to which one that stands out, or one alone, is taken for chance."""
_MEDIAN_SQUARE = 0.4549364
"""Median of the square of a normal variable."""
_NOTHING = 1e-18


def damped(values: ArrayLike, errors: ArrayLike) -> Floats:
    """Estimates less what may be chance, of the shape of both; of those not known the middle one, 0 of few.

    >>> damped(np.linspace(-1.1, -0.9, 11), [0.1] * 11).round(2).tolist() == [-1.0] * 11  # no more than by chance
    True
    >>> damped([0.5, 2.0, np.nan], [1.0, 1.0, np.nan]).tolist()
    [0.0, 1.5, 0.0]
    """
    told, error = np.asarray(values, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    known = np.isfinite(told) & np.isfinite(error)
    many = bool(known.sum() >= MANY)
    middle = float(np.median(told[known])) if many else 0.0
    found = np.full(told.shape, middle)
    square = np.maximum(np.square(error[known]), _NOTHING)
    off = np.square(told[known] - middle)
    beyond = _beyond(off, square) if many else 0.0
    own = 1.0 - (_FAR if many else _ALONE) * square / np.maximum(off, _NOTHING)
    found[known] += np.clip(np.maximum(beyond / (beyond + square), own), 0.0, 1.0) * (told[known] - middle)
    return found


def _beyond(off: Floats, square: Floats) -> float:
    """Variance beyond chance: where the median of off / (it + square) is that of a chi-square of one degree."""
    if np.median(off / square) <= _MEDIAN_SQUARE:
        return 0.0
    low, high = 0.0, float(off.max()) / _MEDIAN_SQUARE
    for _ in range(40):
        middle = (low + high) / 2.0
        if np.median(off / (middle + square)) > _MEDIAN_SQUARE:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
