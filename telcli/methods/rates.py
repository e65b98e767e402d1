"""Rates of groups of customers: their intervals, and which of them differ from the rest by more than chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

__all__ = ["apart_from_rest", "found_among", "wilson"]

Floats = NDArray[np.float64]


def wilson(found: ArrayLike, of: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Between what the share of all such customers lies with the chance `level`; 0..1, NaN of nobody.

    Source: Wilson (1927), J. Amer. Statist. Assoc. 22, 209-212, the score interval.

    >>> [end.round(4).tolist() for end in wilson([3, 0], [10, 10])]
    [[0.1078, 0.0], [0.6032, 0.2775]]
    """
    hits, size = np.asarray(found, dtype=np.float64), np.asarray(of, dtype=np.float64)
    known = np.where(size > 0, size, np.nan)
    z = ndtri((1.0 + level) / 2.0)
    share, square = hits / known, z * z / known
    middle = (share + square / 2.0) / (1.0 + square)
    reach = z * np.sqrt(share * (1.0 - share) / known + square / (4.0 * known)) / (1.0 + square)
    low, high = np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)
    # At the ends the formula is exact, its floating point numbers are not.
    return np.where(hits == 0, low * 0.0, low), np.where(hits == known, 1.0, high)


def apart_from_rest(found: ArrayLike, size: ArrayLike, marked: int, of: int) -> Floats:
    """The chance (0..1) that a group drawn blindly from all has as many of the marked, or as few, as it has.

    Twice the smaller tail of the hypergeometric distribution, 1 at most: Fisher's exact test of the group against
    the rest, two-sided.

    Parameters
    ----------
    found, size : arrays of shape (groups,)
        Marked customers of each group, and customers.
    marked, of : int
        Those of all.

    >>> apart_from_rest([3, 2], [4, 4], 4, 8).round(4).tolist()
    [0.4857, 1.0]
    """
    from scipy.stats import hypergeom  # costly to load, and needed by few

    hits, drawn = np.asarray(found, dtype=np.int64), np.asarray(size, dtype=np.int64)
    few, many = hypergeom.cdf(hits, of, marked, drawn), hypergeom.sf(hits - 1, of, marked, drawn)
    chance: Floats = np.minimum(2.0 * np.minimum(few, many), 1.0)
    return chance


def found_among(chances: ArrayLike) -> Floats:
    """Chances of many findings as they count when all of them were looked for: 0..1, none below its own.

    Of those at 0.05 or less one in twenty is expected to be chance.

    Source: Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57, 289-300, as scipy has it.

    >>> found_among([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    from scipy.stats import false_discovery_control

    told = np.clip(np.asarray(chances, dtype=np.float64), 0.0, 1.0)
    found: Floats = false_discovery_control(told) if told.size else told
    return found
