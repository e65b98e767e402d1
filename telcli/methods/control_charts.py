"""Control charts: EWMA and CUSUM of a series against its target, and how long each runs before it calls.

Both add up small deviations that a look at one value would miss. Run lengths are counted by Markov chains over the
in-control or shifted values of a normal series, so that limits can be told by how often they call falsely.

References
----------
NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.3 (CUSUM) and 6.3.2.4 (EWMA).
D. Brook and D. A. Evans, An approach to the probability distribution of CUSUM run length, Biometrika 59, 1972, 539-549.
J. M. Lucas and M. S. Saccucci, Exponentially weighted moving average control schemes, Technometrics 32, 1990, 1-12.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

__all__ = ["Sums", "cusum", "cusum_chance", "cusum_run_length", "ewma", "ewma_limits", "ewma_run_length"]

Floats = NDArray[np.float64]
_STATES = 101
"""Cells that the values of a chart between its limits are cut into; odd, so that one lies about the middle."""
_FINE, _TOP = 0.02, 12.0
"""Width of a cell, and the highest value, of the chain that counts the chances of a CUSUM's height."""


class Sums(NamedTuple):
    """One-sided sums of deviations upward and downward, each of the shape of the values."""

    high: Floats
    low: Floats


def ewma(values: ArrayLike, start: float = 0.0, weight: float = 0.2) -> Floats:
    """z_t = weight x_t + (1 - weight) z_{t-1}, z_0 = start, along the last axis; a value not known leaves z as it is.

    `weight` is above 0 and 1 at most; 1 gives the values themselves.

    >>> ewma([52.0, 47.0, 53.0], 50.0, 0.3).round(2).tolist()
    [50.6, 49.52, 50.56]
    """
    told = np.asarray(values, dtype=np.float64)
    found = np.empty_like(told)
    last = np.full(told.shape[:-1], start, dtype=np.float64)
    for at in range(told.shape[-1]):
        value = told[..., at]
        last = np.where(np.isnan(value), last, weight * value + (1.0 - weight) * last)
        found[..., at] = last
    return found


def ewma_limits(
    steps: ArrayLike, target: float, sigma: float, weight: float = 0.2, width: float = 3.0
) -> tuple[Floats, Floats]:
    """Limits of an EWMA after `steps` values (1, 2, ...): target -+ width sigma sqrt(w/(2-w) (1 - (1-w)^(2 steps))).

    >>> [ends.round(4).tolist() for ends in ewma_limits([10000], 50.0, 2.0539, 0.3, 3.0)]
    [[47.4116], [52.5884]]
    """
    count = np.asarray(steps, dtype=np.float64)
    reach = width * sigma * np.sqrt(weight / (2.0 - weight) * (1.0 - (1.0 - weight) ** (2.0 * count)))
    return target - reach, target + reach


def cusum(values: ArrayLike, target: float = 0.0, slack: float = 0.5) -> Sums:
    """Sums of what lies beyond target -+ slack, never below 0, along the last axis; a value not known adds nothing.

    `slack` is in the unit of the values: half of the shift that is to be found.

    >>> cusum([325.35, 328.325, 327.25], 325.0, 0.3175).high.round(4).tolist()
    [0.0325, 3.04, 4.9725]
    """
    told = np.asarray(values, dtype=np.float64)
    found = Sums(np.empty_like(told), np.empty_like(told))
    last = [np.zeros(told.shape[:-1]), np.zeros(told.shape[:-1])]
    for at in range(told.shape[-1]):
        off = told[..., at] - target
        for side, sign in enumerate((1.0, -1.0)):
            grown = np.maximum(last[side] + sign * off - slack, 0.0)
            last[side] = np.where(np.isnan(off), last[side], grown)
            found[side][..., at] = last[side]
    return found


def cusum_run_length(slack: float, limit: float, shift: float = 0.0) -> float:
    """Mean values until a one-sided CUSUM exceeds its limit, of a normal series of sd 1 whose mean is off by `shift`.

    >>> [round(cusum_run_length(0.5, limit)) for limit in (4.0, 5.0)]
    [335, 930]
    """
    step = 2.0 * limit / (2 * _STATES - 1)
    return _mean_steps(_cusum_moves(slack, step, shift, _STATES), 0)


def _cusum_moves(slack: float, step: float, shift: float, states: int) -> Floats:
    """Chances to move between values of a one-sided CUSUM below its limit, in cells of width `step` around 0, 1, ..."""
    cells = np.arange(states)
    ends = (cells[None, :] - cells[:, None] + 0.5) * step + slack - shift
    below = ndtr(ends)
    return np.hstack([below[:, :1], np.diff(below, axis=1)])


def cusum_chance(heights: ArrayLike, slack: float, steps: ArrayLike) -> Floats:
    """The chance (0..1) that a one-sided CUSUM of a normal series on target is as high after so many values.

    Heights, in sd, and steps (1, 2, ...) are of one shape; a height above 12 counts as 12.

    >>> cusum_chance([0.0, 1.0, 2.0], 0.5, [3, 1, 8]).round(2).tolist()  # the second: one value above 1.5
    [1.0, 0.07, 0.06]
    """
    told, count = np.broadcast_arrays(np.asarray(heights, dtype=np.float64), np.asarray(steps))
    edges, tails = _cusum_tails(slack, int(count.max(initial=0)))
    found = np.ones(told.shape)
    for step in np.unique(count[told > 0.0]):
        here = (count == step) & (told > 0.0)
        found[here] = np.interp(told[here], edges, tails[step - 1])
    return np.minimum(found, 1.0)


@cache
def _cusum_tails(slack: float, steps: int) -> tuple[Floats, Floats]:
    """Lower edges of cells, and after 1, 2, ... values the chance of each cell and those above it."""
    moves = _cusum_moves(slack, _FINE, 0.0, round(_TOP / _FINE))
    moves[:, -1] += 1.0 - moves.sum(axis=1)  # what goes further stays at the top
    at = np.zeros(moves.shape[0])
    at[0] = 1.0
    found = np.empty((steps, at.size))
    for step in range(steps):
        at = at @ moves
        found[step] = np.cumsum(at[::-1])[::-1]
    edges: Floats = _FINE * (np.arange(at.size, dtype=np.float64) - 0.5)
    return edges, found


def ewma_run_length(weight: float, width: float, shift: float = 0.0) -> float:
    """Mean values until a two-sided EWMA leaves its limits at their full width; normal, sd 1, mean off by `shift`.

    >>> round(ewma_run_length(0.1, 2.814)), round(ewma_run_length(0.1, 2.814, 1.0), 1)
    (498, 10.3)
    """
    limit = width * np.sqrt(weight / (2.0 - weight))
    half = limit / _STATES
    middles = -limit + half * (2.0 * np.arange(_STATES) + 1.0)
    from_there = (1.0 - weight) * middles[:, None]
    upper, lower = ((middles[None, :] + side - from_there) / weight - shift for side in (half, -half))
    return _mean_steps(ndtr(upper) - ndtr(lower), _STATES // 2)


def _mean_steps(moves: Floats, start: int) -> float:
    """Mean steps until an absorbing chain ends, by what its transient states move to."""
    size = moves.shape[0]
    return float(np.linalg.solve(np.eye(size) - moves, np.ones(size))[start])
