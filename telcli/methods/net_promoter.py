"""The net promoter score and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from telcli.methods.intervals import Z95

__all__ = ["NetPromoter", "net_promoter"]


@dataclass(frozen=True)
class NetPromoter:
    """The score (-100..100) with its standard error and 95% interval; shares 0..1 of promoters and detractors."""

    score: float
    error: float
    low: float
    high: float
    promoters: float
    detractors: float
    answers: int


def net_promoter(answers: ArrayLike, weights: ArrayLike | None = None) -> NetPromoter | None:
    """Promoters (9 and 10) less detractors (0 to 6), in percentage points; None where nobody answered.

    ``SE = sqrt((p_P + p_D - (p_P - p_D)^2) / n)``; with weights n is the effective number ``(sum w)^2 / sum w^2``.
    The interval lies within -100..100; where all answered alike the error is 0 and says nothing, so the interval is
    then that of a share of nobody by the rule of three, ``3 / n``.

    Parameters
    ----------
    answers : array of shape (n,)
        Willingness to recommend, 0..10; NaN is left out.
    weights : array of shape (n,), optional
        Customers that each speaks for.

    Source: Reichheld (2003), Harvard Business Review 81(12); the error is that of a difference of multinomial shares.

    >>> found = net_promoter([10] * 50 + [8] * 30 + [3] * 20)
    >>> round(found.score, 1), round(found.error, 3), round(found.low, 1), round(found.high, 1)
    (30.0, 7.81, 14.7, 45.3)
    """
    told = np.asarray(answers, dtype=np.float64)
    w = np.ones_like(told) if weights is None else np.asarray(weights, dtype=np.float64)
    kept = ~np.isnan(told) & (w > 0)
    told, w = told[kept], w[kept]
    if not told.size:
        return None
    whole = float(w.sum())
    for_it, against = float(w[told >= 9].sum()) / whole, float(w[told <= 6].sum()) / whole
    worth = whole**2 / float(w @ w)
    for_it, against = min(for_it, 1.0), min(against, 1.0)  # sums of weights round
    net = for_it - against
    error = float(np.sqrt(max(for_it + against - net**2, 0.0) / worth))
    reach = Z95 * error if error > 0 else min(3.0 / worth, 2.0)
    low, high = max(net - reach, -1.0), min(net + reach, 1.0)
    return NetPromoter(100 * net, 100 * error, 100 * low, 100 * high, for_it, against, int(told.size))
