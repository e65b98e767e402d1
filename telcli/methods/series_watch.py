"""Whether the last month of many series is off what was expected: one look, EWMA and CUSUM, as one chance.

Every month is held against what earlier ones foretell. What was missed before gives the spread, which short series
borrow from the others; the charts add up what was missed in the last months. Their chances are put together by the
Cauchy combination, which holds for charts that depend on each other.

References
----------
Y. Liu and J. Xie, Cauchy combination test, J. Amer. Statist. Assoc. 115, 2020, 393-402.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr, stdtrit

from telcli.methods.control_charts import cusum, cusum_chance, ewma
from telcli.methods.robust_scale import MAD_EFFICIENCY, borrowed, spread
from telcli.methods.rolling_misses import inflation

__all__ = ["CHARTS", "Watched", "Watching", "combined", "reach", "watched"]

Floats = NDArray[np.float64]
CHARTS = ("z", "ewma", "cusum")


@dataclass(frozen=True)
class Watching:
    """How series are watched.

    Parameters
    ----------
    side : -1 for falls, 1 for rises, 0 for both.
    least : least spread, in the unit of the series.
    weight : of the last value in the EWMA, 0..1.
    slack, limit : of the CUSUM, in sd.
    months : last months that the charts add up.
    window : months that a baseline is of.
    """

    side: int = -1
    least: float = 0.01
    weight: float = 0.2
    slack: float = 0.5
    limit: float = 5.0
    months: int = 12
    window: int = 12


class Watched(NamedTuple):
    """What came of it; `z`, `ewma`, `cusum` of the shape (series, months), the others of (series,) or (3, series).

    `chances` are those of CHARTS, `chance` that of all; NaN where nothing was expected. `ewma` is in its own sd.
    """

    z: Floats
    ewma: Floats
    cusum: Floats
    sd: Floats
    freedom: Floats
    chances: Floats
    chance: Floats


def watched(series: ArrayLike, expected: ArrayLike, how: Watching = Watching()) -> Watched:
    """Watch the last month of series of the shape (series, months), by what was expected of each month.

    >>> noise = np.random.default_rng(0).normal(0.0, 0.1, (3, 24))
    >>> noise[1, -1] -= 1.0
    >>> found = watched(noise, np.zeros((3, 24)))
    >>> (found.chance < 0.001).tolist()
    [False, True, False]
    """
    off = np.asarray(series, dtype=np.float64) - np.asarray(expected, dtype=np.float64)
    earlier = np.isfinite(off[:, :-1])
    count = earlier.sum(axis=1)
    told = borrowed(spread(off[:, :-1]), np.maximum(MAD_EFFICIENCY * count, 1.0), how.least)
    z = off / told.sd[:, None]
    recent = z[:, -how.months :]
    steps = np.maximum(np.isfinite(recent).sum(axis=1), 1)
    hang = inflation(z, steps, how.window, how.weight)
    smooth = ewma(np.clip(recent, -_CLIP, _CLIP), 0.0, how.weight) / hang.ewma[:, None]
    sums, heights = _sums(recent, told.freedom, hang.cusum, how)
    looks = np.stack([z[:, -1], smooth[:, -1]])
    tails = np.stack([_tail(look, told.freedom, how.side) for look in looks])
    last = _last_sums(heights, how, steps)
    known = np.isfinite(z[:, -1])
    chances = np.where(known, np.vstack([tails, last[None, :]]), np.nan)
    return Watched(
        z, _wide(smooth, z.shape), _wide(sums, z.shape), told.sd, told.freedom, chances, combined(chances, known)
    )


_CLIP = 3.0
"""Beyond so many sd a month adds no more to EWMA and CUSUM: one odd month is no trend."""


def _sums(recent: Floats, freedom: Floats, wide: Floats, how: Watching) -> tuple[Floats, list[Floats]]:
    """The CUSUM to be drawn, and those of the sides that are watched; of values made normal by their t-like law.

    They are divided by `wide`, by which months that hang together add up to more.
    """
    normal = np.where(np.isfinite(recent), ndtri(np.clip(stdtr(freedom[:, None], recent), 1e-12, 1 - 1e-12)), np.nan)
    normal = np.clip(normal, -_CLIP, _CLIP) / wide[:, None]
    both = cusum(normal, 0.0, how.slack)
    sides = {-1: [both.low], 1: [both.high], 0: [both.low, both.high]}[how.side]
    return np.maximum.reduce(sides), sides


def _last_sums(sides: list[Floats], how: Watching, steps: NDArray[np.int64]) -> Floats:
    """The chance of the highest sum of the last month."""
    highest = np.maximum.reduce([side[:, -1] for side in sides])
    found: Floats = np.minimum(cusum_chance(highest, how.slack, steps) * len(sides), 1.0)
    return found


def _tail(z: Floats, freedom: Floats, side: int) -> Floats:
    """Chance of a value as far to the side, or to either."""
    found: Floats = stdtr(freedom, -np.abs(z) if side == 0 else -side * z)
    return np.minimum(2.0 * found, 1.0) if side == 0 else found


def _wide(recent: Floats, shape: tuple[int, ...]) -> Floats:
    """The last months, with those before them not known."""
    found = np.full(shape, np.nan)
    found[:, shape[1] - recent.shape[1] :] = recent
    return found


def combined(chances: Floats, known: NDArray[np.bool_]) -> Floats:
    """One chance of several looks at the same series, of the shape (looks, series): the Cauchy combination.

    >>> combined(np.array([[0.01, 0.5], [0.01, 0.5]]), np.array([True, True])).round(4).tolist()
    [0.01, 0.5]
    """
    held = np.clip(np.where(known, chances, 0.5), 1e-15, 1.0 - 1e-9)
    mean = np.mean(1.0 / np.tan(np.pi * held), axis=0)
    found = np.arctan2(1.0, mean) / np.pi
    whole: Floats = np.where(known, found, np.nan)
    return whole


def reach(sd: Floats, freedom: Floats, level: float = 0.95) -> Floats:
    """How far around the expected a month lies with the chance `level`.

    >>> reach(np.array([1.0]), np.array([1000.0])).round(2).tolist()
    [1.96]
    """
    found: Floats = sd * stdtrit(freedom, (1.0 + level) / 2.0)
    return found
