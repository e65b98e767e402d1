"""Population stability index: how far a distribution has moved from an earlier one.

PSI = sum over bins of (a - e) ln(a / e), where e and a are a bin's shares before and now: the sum of both
Kullback-Leibler divergences. Every term is 0 or more, and all are 0 where the shares are the same. An empty bin counts
as `EPSILON`,
so that the index stays finite; shares are not scaled again after that, so that no term turns negative.
Bins of numbers are bounded by quantiles of the earlier values; values not known are a bin of their own.

References
----------
N. Siddiqi, Credit Risk Scorecards, Wiley 2006, p. 136: below 0.1 no change, to 0.25 some, above 0.25 a major shift.
B. Yurdakul and J. Naranjo, Statistical properties of the population stability index, Journal of Risk Model Validation
14(4), 2020: those bounds say nothing where rows are few, when the index is large by chance alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

__all__ = [
    "BANDS",
    "EPSILON",
    "Shift",
    "band",
    "beyond_chance",
    "bin_counts",
    "days_alike",
    "quantile_edges",
    "stability_index",
]

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


class Shift(NamedTuple):
    """A PSI, how likely chance alone is to move the shares so (0..1), and whether that is ruled out."""

    psi: float
    p_value: float
    real: bool

    @property
    def band(self) -> str:
        """Name of the index; what chance may explain is stable."""
        return band(self.psi) if self.real else "stable"


_LEAST_EXPECTED = 5.0


def beyond_chance(
    before: Any, now: Any, rows: tuple[float, float] | None = None, *, among: int = 1, alpha: float = 0.01
) -> Shift:
    """PSI beside Pearson's test that both are of one distribution: with few rows a large index means nothing.

    `rows` are the customers that each side tells of, where the counts are weighted. Of `among` comparisons any is
    called real by chance with probability `alpha` at most (Bonferroni). Bins of which fewer than five customers would
    be expected by the earlier shares are taken together, so that the test holds.

    >>> few, many = beyond_chance([5, 5], [8, 2]), beyond_chance([500, 500], [800, 200])
    >>> round(few.psi, 3) == round(many.psi, 3), few.band, many.band
    (True, 'stable', 'shifted')
    """
    counts = np.array([np.asarray(found, dtype=float) for found in (before, now)])
    total = counts.sum(axis=1, keepdims=True)
    size = total if rows is None else np.array(rows, dtype=float)[:, None]
    if min(total.min(), size.min()) <= 0:
        return Shift(0.0, 1.0, real=False)
    share = counts / total
    thin = share[0] * size.min() < _LEAST_EXPECTED * (1 - 1e-9)
    bins = np.column_stack([share[:, ~thin], share[:, thin].sum(axis=1)]) if thin.any() else share
    bins = bins[:, bins.sum(axis=0) > 0]
    if bins.shape[1] < 2:
        return Shift(0.0, 1.0, real=False)
    expected = (bins * size).sum(axis=0) / size.sum()
    statistic = float((size * np.square(bins - expected) / expected).sum())
    p_value = float(chi2.sf(statistic, bins.shape[1] - 1))
    return Shift(stability_index(bins[0], bins[1]), p_value, real=p_value < alpha / among)


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
