"""How sure uplift curves are: bands and coefficients over resamples of the customers, arm by arm.

Each arm is drawn anew with as many customers as it has, and several scores are read on the same draws, so that what one
of them is better than another is as sure as it can be told (a paired comparison). A score that knows nothing has a Qini
coefficient other than 0 by chance alone: without its interval it says nothing.

References
----------
B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.uplift_curve import Qini, UpliftCurve, area_under, arms, qini, ranked

__all__ = ["DRAWS", "Banded", "banded", "better"]

Floats = NDArray[np.float64]
DRAWS = 300
"""Resamples: the ends of a 95% interval lie on 7 or 8 of them each."""


@dataclass(frozen=True)
class Banded:
    """One score: its coefficients, its curves at even shares of customers, and how far they may be off.

    Parameters
    ----------
    found : areas and coefficients.
    low, high : ends of the interval of the coefficient `to_random`.
    draws : that coefficient in each resample.
    share : 0..1, evenly.
    qini, gain, lift : curves there (customers kept; lift NaN where an arm has nobody yet).
    qini_low, qini_high, gain_low, gain_high : ends of the band at each share.
    """

    found: Qini
    low: float
    high: float
    draws: Floats
    share: Floats
    qini: Floats
    qini_low: Floats
    qini_high: Floats
    gain: Floats
    gain_low: Floats
    gain_high: Floats
    lift: Floats


def banded(
    stayed: ArrayLike,
    treated: ArrayLike,
    scores: Mapping[str, ArrayLike],
    *,
    weight: ArrayLike | None = None,
    points: int = 20,
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Banded]:
    """Curves of several scores of the same customers with their bands; parameters and errors as `uplift_curve`.

    `points` is how many steps the curves are told in; the same seed draws the same resamples.

    >>> found = banded([1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0, 0, 1], {"a": range(8, 0, -1)}, points=4)["a"]
    >>> found.found.to_random, found.low <= 0.25 <= found.high, found.qini.tolist()
    (0.25, True, [0.0, 2.0, 1.0, 1.0, 0.0])
    """
    y, t, w = arms(stayed, treated, weight)
    orders = {name: ranked(score) for name, score in scores.items()}
    share = np.linspace(0.0, 1.0, points + 1)
    many = np.zeros((len(orders), draws, 2, points + 1))
    coefficients = np.zeros((len(orders), draws))
    rng = np.random.default_rng(seed)
    both = [np.flatnonzero(t == arm) for arm in (1.0, 0.0)]
    for draw in range(draws):
        times = np.zeros(y.size)
        for rows in both:
            times[rows] = np.bincount(rng.integers(0, rows.size, rows.size), minlength=rows.size)
        for at, order in enumerate(orders.values()):
            curve = order.curve(y, t, w, times)
            many[at, draw] = [np.interp(share, curve.share, part) for part in (curve.qini, curve.gain)]
            coefficients[at, draw] = _to_random(curve, float((w * t * times).sum()))
    ends = (0.5 - level / 2.0, 0.5 + level / 2.0)
    found = {}
    for at, (name, order) in enumerate(orders.items()):
        bands = np.quantile(many[at], ends, axis=0)
        found[name] = _told(order.curve(y, t, w), qini(y, t, scores[name], w), share, bands, coefficients[at], ends)
    return found


def better(one: Banded, other: Banded, level: float = 0.95) -> tuple[float, float, float]:
    """By how much the Qini coefficient of one score is above another's on the same customers, and its interval.

    >>> y, t = [1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0, 0, 1]
    >>> found = banded(y, t, {"a": range(8, 0, -1), "b": [0] * 8})
    >>> better(found["a"], found["b"])[0], better(found["a"], found["a"])
    (0.25, (0.0, 0.0, 0.0))
    """
    gap = one.found.to_random - other.found.to_random
    low, high = np.quantile(one.draws - other.draws, (0.5 - level / 2.0, 0.5 + level / 2.0))
    return gap, min(float(low), gap), max(float(high), gap)


def _to_random(curve: UpliftCurve, treated: float) -> float:
    size = float(curve.customers[-1])
    return (area_under(curve.customers, curve.qini) - size * float(curve.qini[-1]) / 2.0) / (size * treated)


def _told(
    curve: UpliftCurve, found: Qini, share: Floats, bands: Floats, draws: Floats, ends: tuple[float, float]
) -> Banded:
    """A band always holds its curve, though resamples may all lie on one side of it."""
    low, high = np.quantile(draws, ends)
    qini_at, gain_at, lift_at = (np.interp(share, curve.share, part) for part in (curve.qini, curve.gain, curve.lift))
    return Banded(
        found=found,
        low=min(float(low), found.to_random),
        high=max(float(high), found.to_random),
        draws=draws,
        share=share,
        qini=qini_at,
        qini_low=np.minimum(bands[0, 0], qini_at),
        qini_high=np.maximum(bands[1, 0], qini_at),
        gain=gain_at,
        gain_low=np.minimum(bands[0, 1], gain_at),
        gain_high=np.maximum(bands[1, 1], gain_at),
        lift=lift_at,
    )
