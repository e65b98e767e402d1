"""Means of small groups from few observations each: drawn to what all have in common, with an error that tells so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.partial_pooling import paule_mandel

__all__ = ["SmallAreas", "small_areas"]

Floats = NDArray[np.float64]


class SmallAreas(NamedTuple):
    """By group the estimate and its mean squared error, NaN of groups without observations; variance between groups."""

    estimate: Floats
    error: Floats
    between: float


def small_areas(mean: ArrayLike, size: ArrayLike, within: float) -> SmallAreas:
    """Fay and Herriot's estimates of group means, without covariates, with their mean squared error.

    ``m + tau^2 / (tau^2 + D_g) (y_g - m)`` with ``D_g = within / size_g``; tau^2 solves ``sum w (y - m)^2 =
    groups - 1`` with ``w = 1 / (tau^2 + D)``, which stands groups of very unlike sizes, and is 0 where groups differ by
    less than chance would have it. No group is drawn further than one standard error of its own mean. The error is
    ``g1 + g2 + 2 g3``: of the group, of the common mean, and of tau^2 being estimated, whose variance is
    ``2 groups / (sum w)^2``, and no more than ``2 D_g``, which such a limit ensures. Intervals of 1.96 errors cover
    90 to 98% (tests, six to twelve groups).

    Parameters
    ----------
    mean, size : arrays of shape (groups,)
        Mean of what was observed in each group, and of how many; 0 where of none.
    within : float
        Variance of single observations within groups, above 0.

    Source: Fay and Herriot (1979), J. Amer. Statist. Assoc. 74, 269-277; Datta, Rao and Smith (2005), Biometrika 92,
    183-196, for the error; Efron and Morris (1972), J. Amer. Statist. Assoc. 67, 130-139, for the limit.

    >>> found = small_areas([10.0, 20.0, 30.0], [4, 4, 4], 16.0)
    >>> found.estimate.round(2).tolist(), found.error.round(2).tolist(), round(found.between, 6)
    ([10.4, 20.0, 29.6], [4.11, 4.11, 4.11], 96.0)
    """
    said, count = np.asarray(mean, dtype=np.float64), np.asarray(size, dtype=np.float64)
    some = count > 0
    estimate, error = np.full(count.size, np.nan), np.full(count.size, np.nan)
    if not some.any():
        return SmallAreas(estimate, error, 0.0)
    y, noise, groups = said[some], within / count[some], int(some.sum())
    between = paule_mandel(y, noise)
    whole = between + noise
    total = float((1.0 / whole).sum())
    centre = float((y / whole).sum()) / total
    unsure = 2.0 * groups / total**2
    if groups == 1:  # nothing to tell how groups differ: its own mean
        estimate[some], error[some] = y, noise
        return SmallAreas(estimate, error, between)
    drawn = noise / whole * (centre - y)
    estimate[some] = y + np.clip(drawn, -np.sqrt(noise), np.sqrt(noise))
    own = between * noise / whole + np.square(noise / whole) / total + 2.0 * noise**2 / whole**3 * unsure
    error[some] = np.minimum(own, 2.0 * noise)
    return SmallAreas(estimate, error, between)
