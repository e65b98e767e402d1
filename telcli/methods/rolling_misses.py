"""What a rolling median misses from month to month: how misses hang together, and what that makes of sums of them.

A median of the months before is wrong by about the same in months that follow each other, and what a month adds to it
comes off the next ones; values that hang together by themselves (first-order autocorrelation) add to that.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from telcli.methods.damping import damped

__all__ = ["Inflation", "inflation"]

Floats = NDArray[np.float64]
_GRID = np.linspace(0.0, 0.9, 10)
_MEDIAN = np.pi / 2.0
"""Variance of a median of normal values over that of their mean."""
_CLIP = 3.0
_SUMMED = 6
"""Months that the sum of is looked at, for a CUSUM."""


class Inflation(NamedTuple):
    """Of each series: its first-order autocorrelation (0..0.9), the sd of its EWMA, and what its CUSUM is divided by.

    Both in the sd of what one month misses, of the shape (series,).
    """

    correlation: Floats
    ewma: Floats
    cusum: Floats


def inflation(z: Floats, steps: NDArray[np.int64], window: int, weight: float) -> Inflation:
    """How misses in their own sd, of the shape (series, months), hang together; the last month is not looked at.

    `steps` are the months that the charts add up, of the shape (series,). The correlation of each is drawn to that of
    the others, and taken to be that of chance where there are few.

    >>> still = np.random.default_rng(0).normal(size=(50, 24))
    >>> told = inflation(still, np.full(50, 12), 12, 0.2)
    >>> bool(np.median(told.correlation) < 0.1), told.ewma[0].round(2).item(), told.cusum[0].round(1).item()
    (True, 0.34, 1.1)
    """
    most = int(steps.max(initial=1))
    lags, ewmas, sums = (np.array(each) for each in zip(*_of_grid(most, window, weight), strict=True))
    held = np.clip(z[:, :-1], -_CLIP, _CLIP)
    pairs = np.isfinite(held[:, 1:]) & np.isfinite(held[:, :-1])
    count = pairs.sum(axis=1)
    products = np.nansum(np.where(pairs, held[:, 1:] * held[:, :-1], 0.0), axis=1)
    squares = np.nansum(np.square(held), axis=1) * count / np.maximum(np.isfinite(held).sum(axis=1), 1)
    some = (count >= _LEAST) & (squares > 0.0)
    seen = np.where(some, products / np.where(some, squares, 1.0), np.nan)
    error = np.where(some, 1.0 / np.sqrt(np.maximum(count, 1)), np.nan)
    real = damped(seen - lags[0], error) + lags[0]
    told = np.interp(real, lags, _GRID)
    place = np.maximum(steps, 1) - 1
    wide = np.array([np.interp(told, _GRID, column) for column in ewmas.T])
    return Inflation(told, wide[place, np.arange(len(told))], np.maximum(np.interp(told, _GRID, sums), 1.0))


_LEAST = 5
"""Pairs of months from which on their correlation is told."""


@cache
def _of_grid(most: int, window: int, weight: float) -> tuple[tuple[float, Floats, float], ...]:
    """For each correlation of the grid that of misses, the sd of an EWMA after 1, 2, ... months, and that of a sum."""
    months = window + most
    mean = np.zeros((most, months))
    for at in range(most):
        mean[at, at : at + window] = 1.0 / window
    now = np.eye(months)[window:]
    apart = np.abs(np.subtract.outer(np.arange(months), np.arange(months)))
    found = []
    for correlation in _GRID:
        hang = correlation**apart
        covariance = (now - mean) @ hang @ (now - mean).T + (_MEDIAN - 1.0) * mean @ hang @ mean.T
        covariance /= covariance[-1, -1]
        weights = [weight * (1.0 - weight) ** np.arange(steps - 1, -1, -1) for steps in range(1, most + 1)]
        sds = [np.sqrt(each @ covariance[: len(each), : len(each)] @ each) for each in weights]
        last = min(_SUMMED, most)
        lag = float(np.mean(np.diag(covariance, 1))) if most > 1 else correlation
        found.append((lag, np.array(sds), float(np.sqrt(covariance[:last, :last].sum() / last))))
    return tuple(found)
