"""Means of small groups pulled towards the mean of all, as far as groups differ by no more than chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["shrunk_means"]

Array = NDArray[np.float64]


def shrunk_means(count: ArrayLike, total: ArrayLike, squares: ArrayLike) -> Array:
    """Empirical Bayes means of groups: m_g = m + B_g (y_g - m), B_g = tau^2 / (tau^2 + sigma^2 / n_g), 0..1.

    sigma^2 is the variance within groups, pooled; tau^2 that between them, by moments (DerSimonian and Laird 1986),
    0 where groups differ by less than chance would have it; m the mean with weights 1 / (tau^2 + sigma^2 / n_g).

    Parameters
    ----------
    count, total, squares : arrays of shape (groups,)
        Observations, their sum and the sum of their squares; a group without observations takes the mean of all.

    Returns
    -------
    One mean per group, each between its own mean and the mean of all; 0 where nothing was observed at all.

    Source: Efron and Morris (1975), J. Amer. Statist. Assoc. 70; DerSimonian and Laird (1986), Controlled Clinical
    Trials 7.

    >>> shrunk_means([100, 100, 1], [100.0, 300.0, 9.0], [200.0, 1000.0, 81.0]).round(2).tolist()
    [1.01, 3.0, 7.48]
    """
    seen, sums, power = (np.asarray(each, dtype=np.float64) for each in (count, total, squares))
    some = seen > 0
    if not some.any():
        return np.zeros(len(seen))
    size, mean = seen[some], sums[some] / seen[some]
    spare = float(size.sum()) - len(size)
    within = max(float((power[some] - size * mean**2).sum()), 0.0) / spare if spare > 0 else 0.0
    centre, between = _between(size, mean, within)
    found = np.full(len(seen), centre)
    own = between + within / size
    share = np.divide(between, own, out=np.ones_like(own), where=own > 0)
    found[some] = centre + share * (mean - centre)
    return found


def _between(size: Array, mean: Array, within: float) -> tuple[float, float]:
    """The mean of all groups, and the variance between them."""
    if within <= 0:
        return float(size @ mean / size.sum()), float(np.var(mean, ddof=1)) if len(mean) > 1 else 0.0
    weight = size / within
    centre = float(weight @ mean / weight.sum())
    spread = float(weight @ (mean - centre) ** 2)
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max((spread - (len(size) - 1)) / room, 0.0) if room > 0 else 0.0
    weight = 1.0 / (between + within / size)
    return float(weight @ mean / weight.sum()), between
