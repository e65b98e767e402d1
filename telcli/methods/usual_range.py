"""Between what two values the next of a series is expected, judged by the ones before it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import stdtrit

__all__ = ["usual_range"]


def usual_range(past: Sequence[float], share: float, *, counts: bool = False) -> tuple[float, float]:
    """The prediction interval of one further value of a steady normal series.

    Parameters
    ----------
    past : sequence of float
        At least three values, in any unit.
    share : float
        Chance that the next one is outside, 0..1; half of it at either end.
    counts : bool
        Whether they are counts, whose variance is taken to be their mean at least (Poisson).

    Returns
    -------
    Low and high end: mean -+ t(n - 1) s sqrt(1 + 1 / n), t at 1 - share / 2.

    Source: Hahn and Meeker, Statistical Intervals (1991), section 4.7.

    Raises
    ------
    ValueError
        Fewer than three values, which tell too little of how they vary.

    >>> [round(end, 3) for end in usual_range([8.0, 10.0, 12.0], 0.05)]
    [0.063, 19.937]
    """
    if len(past) < 3:
        raise ValueError("three values at least")
    size = len(past)
    mean = math.fsum(past) / size
    variance = math.fsum((one - mean) ** 2 for one in past) / (size - 1)
    if counts:
        variance = max(variance, mean)
    reach = float(stdtrit(size - 1, 1.0 - share / 2.0)) * math.sqrt(variance * (1.0 + 1.0 / size))
    return mean - reach, mean + reach
