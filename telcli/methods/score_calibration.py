"""How far predicted scores are off what was answered, by tenth of the prediction, and how far chance would put them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.satisfaction_index import weighted_mean

__all__ = ["ScoreCalibration", "score_calibration", "tenths_of"]

Floats = NDArray[np.float64]
_TENTHS = 10


class ScoreCalibration(NamedTuple):
    """By tenth, the lowest predictions first: rows, mean predicted, mean found and ends of its 95% interval.

    `error` is the mean of their distances over all rows, and `chance` what it would be of right predictions.
    """

    rows: NDArray[np.intp]
    expected: Floats
    found: Floats
    low: Floats
    high: Floats
    error: float
    chance: float


def score_calibration(said: ArrayLike, answered: ArrayLike) -> ScoreCalibration:
    """Hold predictions of rows that the model had not seen against what was answered.

    Chance alone puts the mean of n answers off by ``sqrt(2 / pi) s / sqrt(n)`` in the mean, which is the level that
    `error` is to be judged by.

    >>> rng = np.random.default_rng(0)
    >>> said = rng.uniform(40, 90, 2000)
    >>> right, off = (score_calibration(said, wrong + said + rng.normal(0, 10, 2000)) for wrong in (0.0, 5.0))
    >>> right.error < 2 * right.chance, off.error > 4
    (True, True)
    """
    guess, truth = np.asarray(said, dtype=np.float64), np.asarray(answered, dtype=np.float64)
    tenth = tenths_of(guess)
    parts = [tenth == place for place in range(_TENTHS) if (tenth == place).any()]
    rows = np.array([int(part.sum()) for part in parts], dtype=np.intp)
    means = np.array([weighted_mean(truth[part])[:3] for part in parts])
    expected = np.array([guess[part].mean() for part in parts])
    spread = np.array([truth[part].std(ddof=1) if part.sum() > 1 else 0.0 for part in parts])
    off = float(rows @ np.abs(expected - means[:, 0]) / rows.sum())
    chance = float(rows @ (np.sqrt(2.0 / np.pi) * spread / np.sqrt(rows)) / rows.sum())
    return ScoreCalibration(rows, expected, means[:, 0], means[:, 1], means[:, 2], off, chance)


def tenths_of(said: ArrayLike) -> NDArray[np.intp]:
    """The tenth (0..9) of each prediction, by its rank; equal ones share the tenth of the first of them.

    >>> tenths_of([5.0, 1.0, 1.0, 9.0]).tolist()
    [5, 0, 0, 7]
    """
    values = np.asarray(said, dtype=np.float64)
    place = np.searchsorted(np.sort(values), values, side="left")
    found: NDArray[np.intp] = (place * _TENTHS // max(values.size, 1)).astype(np.intp)
    return found
