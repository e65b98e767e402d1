"""How far probabilities are off their outcomes, and how far chance alone would put perfect ones.

The expected calibration error adds up gaps without their sign, so it is above 0 for a perfect model too, and the more
so the fewer the customers; resampling them adds chance to chance. Its interval is therefore that of the true errors
under which what was found is not unusual (Neyman's inversion of a test), by simulation.

References
----------
J. Broecker (2012), Estimating reliability and resolution of probability forecasts, Climate Dynamics 39, 655-667.
A. Kumar, P. Liang and T. Ma (2019), Verified Uncertainty Calibration, NeurIPS 32: the plug-in estimate is biased.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.churn_metrics import calibration_bins

__all__ = ["CalibrationError", "calibration_error"]

Floats = NDArray[np.float64]
_BINS = 10
_GROUPS = 400
_TAIL = 0.025
_HALVINGS = 14


class CalibrationError(NamedTuple):
    """All 0..1: the error found, that of a perfect model on these customers, and bounds (95%) of the true one."""

    found: float
    chance: float
    low: float
    high: float


def calibration_error(y: ArrayLike, p: ArrayLike, *, rounds: int = 500, seed: int = 0) -> CalibrationError:
    """Expected calibration error over tenths of predicted risk, what chance alone would make of it, and the true one.

    A true error belongs to the interval unless an error as high as found has less than 2.5% under it, or one as low.
    Which tenths are off is taken from what was found, as it is and drawn in by chance, whichever tells less.

    >>> rng = np.random.default_rng(1)
    >>> p = rng.beta(1, 5, 2000)
    >>> found = calibration_error(rng.random(2000) < p, p)
    >>> found.low, calibration_error(rng.random(2000) < p / 2, p).low > 0.05
    (0.0, True)
    """
    bins = _Bins.of(np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64))
    noise = bins.noise(rounds, seed)
    found = float(bins.error(bins.gap))
    bounds = [_bounds(bins, shape, noise, found) for shape in bins.shapes()]
    low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
    return CalibrationError(found, float(bins.error(noise).mean()), low, high)


class _Bins(NamedTuple):
    """Customers per tenth, churners expected, churners beyond them, and customers and mean chance per smaller group."""

    size: Floats
    expected: Floats
    gap: Floats
    group_size: NDArray[np.intp]
    group_p: Floats
    group_bin: NDArray[np.intp]

    @staticmethod
    def of(y: Floats, p: Floats) -> _Bins:
        tenth = calibration_bins(p, _BINS)
        place = np.empty(p.size, dtype=np.intp)
        place[np.argsort(p, kind="stable")] = np.arange(p.size) * _GROUPS // p.size
        names, group = np.unique(tenth * _GROUPS + place, return_inverse=True)
        many = np.bincount(group)
        size, expected, gap = (np.bincount(tenth, part, _BINS).astype(np.float64) for part in (0 * p + 1, p, y - p))
        return _Bins(size, expected, gap, many, np.clip(np.bincount(group, p) / many, 0.0, 1.0), names // _GROUPS)

    def error(self, gap: Floats) -> Floats:
        """Calibration error of churners beyond those expected, by tenth (last axis)."""
        found: Floats = np.abs(gap).sum(axis=-1) / self.size.sum()
        return found

    def noise(self, rounds: int, seed: int) -> Floats:
        """Churners beyond those expected, rounds x tenths, where the probabilities are right."""
        drawn = np.random.default_rng(seed).binomial(self.group_size, self.group_p, (rounds, self.group_size.size))
        found: Floats = (drawn - self.group_size * self.group_p) @ np.eye(_BINS)[self.group_bin]
        return found

    def spread(self, shift: Floats) -> Floats:
        """Variance by tenth where so many more leave than expected."""
        rate = np.clip((self.expected + shift) / np.maximum(self.size, 1.0), 0.0, 1.0)
        return np.maximum(self.size * rate * (1.0 - rate), 1e-12)

    def shapes(self) -> list[Floats]:
        """How true gaps may lie among the tenths: as found, and without what chance explains."""
        kept = np.maximum(1.0 - self.spread(0.0 * self.gap) / np.maximum(np.square(self.gap), 1e-12), 0.0)
        return [self.gap, self.gap * kept] if kept.any() else [self.gap]


def _bounds(bins: _Bins, shape: Floats, noise: Floats, found: float) -> tuple[float, float]:
    """Errors of gaps of this shape, the least and the largest, under which what was found is not unusual."""
    usual = bins.spread(0.0 * shape)

    def drawn(scale: float) -> Floats:
        shift = scale * shape
        return bins.error(shift + noise * np.sqrt(bins.spread(shift) / usual))

    one = float(bins.error(shape))
    low = _turn(lambda scale: bool(np.mean(drawn(scale) >= found - 1e-12) >= _TAIL))
    high = _turn(lambda scale: bool(np.mean(drawn(scale) <= found + 1e-12) < _TAIL))
    return low * one, min(high * one, 1.0)


def _turn(holds: Callable[[float], bool]) -> float:
    """The least scale from which on something holds that holds of large ones; 0 where it always does."""
    low, high = 0.0, 1.0
    if holds(0.0):
        return 0.0
    while not holds(high) and high < 1e3:
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
