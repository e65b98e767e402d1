"""How likely chance alone deals a group as many of a kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["chance_as_far", "chance_of_as_many", "chances_of_as_many", "holm"]


def chance_of_as_many(found: int, drawn: int, marked: int, of: int) -> float:
    """The probability (0..1) that `drawn` of `of` things, drawn blindly, hold `found` or more of the `marked` ones.

    The upper tail of the hypergeometric distribution, sum over k >= found of C(marked, k) C(of - marked, drawn - k) /
    C(of, drawn): Fisher's exact test, one-sided (R. A. Fisher, Statistical Methods for Research Workers, 1934).

    >>> round(chance_of_as_many(3, 4, 4, 8), 4)
    0.2429
    """
    from scipy.stats import hypergeom  # costly to load, and needed by few

    return float(hypergeom.sf(found - 1, of, marked, drawn))


def chances_of_as_many(found: ArrayLike, drawn: ArrayLike, marked: int, of: int) -> NDArray[np.float64]:
    """`chance_of_as_many` of several draws, each of the same things; added up term by term, to eight digits or more.

    >>> chances_of_as_many([3, 0], [4, 4], 4, 8).round(4).tolist()
    [0.2429, 1.0]
    """
    from scipy.special import gammaln  # scipy.stats takes far longer to load

    def ways(of_all: NDArray[np.float64] | float, taken: NDArray[np.float64]) -> NDArray[np.float64]:
        """The logarithm of how many ways there are to take so many of all."""
        found: NDArray[np.float64] = gammaln(of_all + 1.0) - gammaln(taken + 1.0) - gammaln(of_all - taken + 1.0)
        return found

    def tail(least: int, size: int) -> float:
        first = max(least, size - (of - marked))
        counts = np.arange(first, min(size, marked) + 1.0)
        whole = ways(float(of), np.array([float(size)]))
        logs = ways(float(marked), counts) + ways(float(of - marked), size - counts) - whole
        return min(float(np.exp(logs).sum()), 1.0) if first > max(0, size - (of - marked)) else 1.0

    pairs = zip(np.asarray(found).tolist(), np.asarray(drawn).tolist(), strict=True)
    return np.array([tail(least, size) for least, size in pairs], dtype=np.float64)


def chance_as_far(found: int, of: int, share: float) -> float:
    """The probability (0..1) that of so many independent trials, each true with chance `share`, as few or as many are.

    Twice the smaller tail of the binomial distribution, 1 at most: the exact test, two-sided.

    Source: Clopper and Pearson (1934), Biometrika 26, 404-413.

    >>> round(chance_as_far(2, 10, 0.5), 4), chance_as_far(5, 10, 0.5)
    (0.1094, 1.0)
    """
    from scipy.special import bdtr, bdtrc  # scipy.stats takes far longer to load

    few = float(bdtr(found, of, share))
    many = float(bdtrc(found - 1, of, share)) if found else 1.0
    return min(2.0 * min(few, many), 1.0)


def holm(chances: ArrayLike) -> NDArray[np.float64]:
    """Chances of several findings, each as it counts when all of them were looked for: 0..1, none below its own.

    The k-th smallest of n times n - k + 1, and no less than those before it.

    Source: Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6, 65-70.

    >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    told = np.asarray(chances, dtype=np.float64)
    order = np.argsort(told, kind="stable")
    scaled = told[order] * np.arange(len(told), 0, -1)
    found = np.empty(len(told))
    found[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return found
