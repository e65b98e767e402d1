"""Population stability index: how far a distribution has moved from an earlier one.

PSI = sum over bins of (a - e) ln(a / e), where e and a are a bin's shares before and now: the sum of both
Kullback-Leibler divergences. Every term is 0 or more, and all are 0 where the shares are the same. An empty bin counts
as `EPSILON`,
so that the index stays finite; shares are not scaled again after that, so that no term turns negative.
Bins of numbers are bounded by quantiles of the earlier values; values not known are a bin of their own.

References
----------
N. Siddiqi, Credit Risk Scorecards, Wiley 2006, p. 136: below 0.1 no change, to 0.25 some, above 0.25 a major shift.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS", "EPSILON", "band", "bin_counts", "days_alike", "quantile_edges", "stability_index"]

EPSILON = 1e-4
"""Least share of a bin."""

BANDS = {"stable": 0.0, "moved": 0.1, "shifted": 0.25}
"""Names of the index, each from its least value on."""


def stability_index(before: Any, now: Any) -> float:
    """PSI of two sets of counts over the same bins, none negative; not a number where one of them is empty.

    >>> round(stability_index([50, 50], [60, 40]), 6)
    0.040547
    >>> stability_index([3, 4, 5], [30, 40, 50])
    0.0
    """
    counts = [np.asarray(found, dtype=float) for found in (before, now)]
    if min(found.sum() for found in counts) <= 0:
        return float("nan")
    e, a = (np.maximum(found / found.sum(), EPSILON) for found in counts)
    return float(np.sum((a - e) * np.log(a / e)))


def band(index: float) -> str:
    """Name of a PSI.

    >>> band(0.04), band(0.1), band(3.0)
    ('stable', 'moved', 'shifted')
    """
    return max((least, name) for name, least in BANDS.items() if index >= least)[1]


def quantile_edges(values: Any, bins: int = 10) -> NDArray[np.float64]:
    """Inner bounds of at most `bins` bins of about as many values each; equal bounds are one.

    >>> quantile_edges([1, 2, 3, 4], 2).tolist(), quantile_edges([0, 0, 0, 0, 0, 0, 5], 4).tolist()
    ([2.5], [0.0])
    """
    found = np.asarray(values, dtype=float)
    found = found[np.isfinite(found)]
    if not found.size:
        return np.empty(0)
    return np.unique(np.quantile(found, np.arange(1, bins) / bins))


def days_alike(days: Any, of: int, length: int) -> NDArray[np.float64]:
    """Days of a month of `of` days as so many of a month of `length` days, whole ones.

    Who is there on every day of a month is so of a longer one too, which is no shift.

    >>> days_alike([31, 30, 1, 0], 31, 30).tolist(), days_alike([28, 27], 28, 28).tolist()
    ([30.0, 29.0, 1.0, 0.0], [28.0, 27.0])
    """
    found = np.asarray(days, dtype=float)
    return found if of == length else np.round(found * length / of)


def bin_counts(values: Any, edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Values per bin; a bin holds its upper bound. The last count is of values not known.

    >>> bin_counts([1.0, 2.5, 4.0, float("nan")], np.array([2.5])).tolist()
    [2, 1, 1]
    """
    found = np.asarray(values, dtype=float)
    known = found[~np.isnan(found)]
    counts = np.bincount(np.searchsorted(edges, known, side="left"), minlength=edges.size + 1)
    return np.append(counts, found.size - known.size)
