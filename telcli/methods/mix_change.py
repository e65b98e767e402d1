"""Whether a mix, such as the kinds of revenue, is another than in the months before, beyond how much it always moves.

Each month is held against the mean shares of the months before it: G = 2 sum p ln(p / q), and the total variation
distance 1/2 sum |p - q| as its size. How much a mix moves from month to month by itself is told by G of the earlier
months (overdispersion): G over their mean is compared with F of k and n k degrees of freedom, k by Satterthwaite's
match of their mean and variance. So amounts of money may be used as well as counts.

References
----------
R. Sokal and F. Rohlf, Biometry, 1995, ch. 17 (G). P. McCullagh and J. Nelder, Generalized Linear Models, 1989, 4.5
(overdispersion by the mean of earlier statistics).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import f as f_law

__all__ = ["mix_chance", "mix_moves", "mix_reach"]

Floats = NDArray[np.float64]
_LEAST_SHARE = 1e-4


def mix_moves(amounts: ArrayLike, window: int = 6, least: int = 4) -> tuple[Floats, Floats]:
    """G and total variation distance (0..1) of each month against up to `window` months before, of the shape (months,).

    `amounts` has the shape (months, kinds), none negative; months of nothing are not known.

    >>> g, distance = mix_moves([[6.0, 4.0]] * 4 + [[3.0, 7.0]])
    >>> float(distance[4].round(3)), float(g[4].round(3)), bool(np.isnan(g[3]))
    (0.3, 0.368, True)
    """
    told = np.maximum(np.asarray(amounts, dtype=np.float64), 0.0)
    total = told.sum(axis=1, keepdims=True)
    shares = np.divide(told, total, out=np.full_like(told, np.nan), where=total > 0)
    g, distance = np.full(len(told), np.nan), np.full(len(told), np.nan)
    for at in range(len(told)):
        before = shares[max(0, at - window) : at]
        known = before[np.isfinite(before).all(axis=1)]
        if len(known) >= least and np.isfinite(shares[at]).all():
            usual = known.mean(axis=0)
            p, q = (np.maximum(each, _LEAST_SHARE) for each in (shares[at], usual))
            p, q = p / p.sum(), q / q.sum()
            g[at], distance[at] = 2.0 * np.sum(p * np.log(p / q)), 0.5 * np.abs(shares[at] - usual).sum()
    return g, distance


def mix_chance(g: ArrayLike, kinds: int) -> float:
    """The chance (0..1) of a last G as large where the mix moves as it did before; NaN of fewer than three before.

    >>> [round(mix_chance([1.0, 2.0, 1.5, 0.5, 1.2, last], 4), 4) for last in (20.0, 1.24)]
    [0.0001, 0.4199]
    """
    told = np.asarray(g, dtype=np.float64)
    law = _law(told, kinds)
    return float("nan") if law is None or not np.isfinite(told[-1]) else float(f_law.sf(told[-1] / law[0], *law[1:]))


def mix_reach(g: ArrayLike, distance: ArrayLike, kinds: int, level: float = 0.95) -> float:
    """The distance (0..1) that a last month stays below with the chance `level` where the mix moves as it did before.

    Distances grow as the root of G does. NaN of fewer than three months before.

    >>> round(mix_reach([1.0, 1.0, 1.0, 1.0, 9.0], [0.1, 0.1, 0.1, 0.1, 0.4], 2), 2)
    0.28
    """
    far = np.asarray(distance, dtype=np.float64)[:-1]
    law = _law(np.asarray(g, dtype=np.float64), kinds)
    if law is None:
        return float("nan")
    usual = float(np.sqrt(np.mean(np.square(far[np.isfinite(far)]))))
    return min(usual * float(np.sqrt(f_law.ppf(level, *law[1:]))), 1.0)


def _law(g: Floats, kinds: int) -> tuple[float, float, float] | None:
    """Mean of G in earlier months, and the degrees of freedom that G of a month over it follows F by."""
    before = g[:-1][np.isfinite(g[:-1])]
    if len(before) < 3 or before.mean() <= 0.0:
        return None
    variance = float(before.var(ddof=1))
    matched = 2.0 * before.mean() ** 2 / variance if variance > 0.0 else np.inf
    freedom = float(np.clip(matched, 1.0, max(kinds - 1, 1)))
    return float(before.mean()), freedom, len(before) * freedom
