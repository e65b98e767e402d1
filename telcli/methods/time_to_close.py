"""How long things take to be done, where some are not done yet: quantiles of the product-limit estimate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from telcli.methods.survival import life_table

__all__ = ["time_quantiles"]


def time_quantiles(
    spent: ArrayLike, done: ArrayLike, shares: Sequence[float] = (0.5, 0.9)
) -> list[tuple[float | None, float | None, float | None]]:
    """For each share the time within which so many are done, and the ends of its 95% interval; None where not reached.

    Kaplan and Meier's estimate: what is still open counts as open for as long as it was. The quantile is the first time
    at which the share still open is at most 1 - share; its ends are where the interval of that share (on the scale of
    ln(-ln S)) is.

    Parameters
    ----------
    spent : array of shape (things,)
        Time until done, or so far; any unit, 0 or more.
    done : array of shape (things,)
        Whether it is done.
    shares : sequence of float
        0..1.

    Source: Kaplan and Meier (1958); Brookmeyer and Crowley (1982), Biometrics 38, 29-41.

    >>> time_quantiles([1.0, 2.0, 3.0, 4.0], [True, True, True, False], (0.5,))[0][0]
    2.0
    """
    times, ended = np.asarray(spent, dtype=np.float64), np.asarray(done, dtype=bool)
    if not times.size or not ended.any():
        return [(None, None, None) for _ in shares]
    points, place = np.unique(times, return_inverse=True)
    left = np.bincount(place[ended], minlength=len(points)).astype(float)
    risk = len(times) - np.searchsorted(np.sort(times), points)
    table = life_table(risk.astype(float), left)
    low, high = table.interval()

    def first(curve: np.ndarray, share: float) -> float | None:
        below = np.flatnonzero(curve <= 1.0 - share + 1e-12)
        return float(points[below[0]]) if below.size else None

    return [(first(table.survival, share), first(low, share), first(high, share)) for share in shares]
