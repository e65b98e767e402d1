"""Effects of many small cells put together: each cell is believed as far as its own trials go, else its like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from telcli.errors import DataError

__all__ = ["NOT_SEEN", "NO_PART", "CellPool", "Expected", "pool_cells"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

NO_PART, NOT_SEEN = -1, -2
"""Code of a factor that has no part in a row, and, where an effect is asked for, of a level that no trial had."""
_LEAST, _MOST = 1e-5, 0.5
"""Standard deviations between levels that can be found."""


class Expected(NamedTuple):
    """Effects and their standard errors, of shape (rows asked for,)."""

    effect: Floats
    error: Floats


@dataclass(frozen=True)
class CellPool:
    """Effects pooled over crossed factors: mean + one random effect for each level of each factor + noise.

    Parameters
    ----------
    mean : over all levels.
    spreads : standard deviation between the levels of each factor.
    groups : codes of the rows learned from, rows x factors.
    """

    mean: float
    spreads: Floats
    groups: Codes
    weighed: Floats
    inverse: Floats

    def expected(self, groups: ArrayLike) -> Expected:
        """Best linear unbiased predictions of rows x factors; a factor that has `NO_PART` is left at its mean."""
        asked = np.asarray(groups, dtype=np.int64)
        mixes = []
        for factor, own in enumerate(asked.T):
            mix = np.zeros((len(asked), max(int(self.groups[:, factor].max()), int(own.max()), 0) + 1))
            mix[np.flatnonzero(own >= 0), own[own >= 0]] = 1.0
            mixes.append(mix)
        return self.averaged(mixes, (asked == NOT_SEEN).astype(np.float64))

    def averaged(self, mixes: Sequence[Floats], unseen: Floats) -> Expected:
        """Predictions of means over levels: of each factor rows x levels, the share of each level (0..1).

        `unseen`, rows x factors, is the share of a level that no trial had. Shares of a factor that add up to less than
        1 leave the rest at its mean.
        """
        variance = self.spreads**2
        shared = np.zeros((len(unseen), len(self.groups)))
        prior = (variance * unseen**2).sum(axis=1)
        for factor, mix in enumerate(mixes):
            own = self.groups[:, factor]
            shared += variance[factor] * np.where(own >= 0, mix[:, np.maximum(own, 0)], 0.0)
            prior += variance[factor] * (mix**2).sum(axis=1)
        effect = self.mean + shared @ self.weighed
        rows = shared @ self.inverse
        left = prior - (rows * shared).sum(axis=1) + (1.0 - rows.sum(axis=1)) ** 2 / self.inverse.sum()
        return Expected(np.asarray(effect), np.sqrt(np.maximum(left, 0.0)))


def pool_cells(
    effects: ArrayLike, variances: ArrayLike, groups: ArrayLike, scales: ArrayLike, *, spreads: ArrayLike | None = None
) -> CellPool:
    """Partial pooling of independent estimates with known variances over crossed factors (a normal mixed model).

    Standard deviations between levels have the prior density t exp(-t^2 / (2 scale^2)), whose mode is `scale`; they
    maximise the restricted likelihood times their prior. The prior keeps them off 0, where few levels
    would else be taken for alike, and matters less the more levels there are.

    Parameters
    ----------
    effects, variances : arrays of shape (rows,)
        One estimate per cell and period, and its variance, above 0.
    groups : array of shape (rows, factors)
        Level of each factor, 0 or more; `NO_PART` where a row is not of one level.
    scales : array of shape (factors,)
        Standard deviations between levels to begin with, above 0.
    spreads : array of shape (factors,)
        Those deviations, where they are known; then nothing is looked for.

    Raises
    ------
    DataError
        No estimate, or a variance that is not above 0.

    Source: Robinson (1991), That BLUP is a good thing, Stat. Sci. 6; Chung and others (2013), Psychometrika 78 (prior).

    >>> pool = pool_cells([0.0, 0.2], [0.01, 0.01], [[0], [1]], [0.1], spreads=[0.1])
    >>> pool.expected([[0], [1], [NO_PART]]).effect.round(3).tolist()
    [0.05, 0.15, 0.1]
    """
    own, noise = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    level, scale = np.asarray(groups, dtype=np.int64), np.asarray(scales, dtype=np.float64)
    if not own.size or level.shape != (own.size, scale.size) or noise.shape != own.shape:
        raise DataError("shape-mismatch", "Labels and decisions differ in length.")
    if not (np.isfinite(own).all() and np.isfinite(noise).all() and (noise > 0).all()):
        raise DataError(
            "pooling-variance", "An estimate without a variance above 0 cannot be put together with others."
        )
    alike = [((column[:, None] == column) & (column >= 0)[:, None]).astype(np.float64) for column in level.T]
    found = _spreads(own, noise, alike, scale) if spreads is None else np.asarray(spreads, dtype=np.float64)
    inverse = _inverse(noise, alike, found**2)
    mean = float((inverse @ own).sum() / inverse.sum())
    return CellPool(mean, found, level, inverse @ (own - mean), inverse)


def _inverse(noise: Floats, alike: list[Floats], variance: Floats) -> Floats:
    whole = np.diag(noise)
    for part, matrix in zip(variance, alike, strict=True):
        whole += part * matrix
    return np.asarray(cho_solve(cho_factor(whole, lower=True), np.eye(len(noise))))


def _spreads(own: Floats, noise: Floats, alike: list[Floats], scale: Floats) -> Floats:
    """Where the restricted likelihood times the prior is highest, by its gradient in log standard deviations."""

    def loss(logs: Floats) -> tuple[float, Floats]:
        variance = np.exp(2.0 * logs)
        whole = np.diag(noise)
        for part, matrix in zip(variance, alike, strict=True):
            whole += part * matrix
        factor = cho_factor(whole, lower=True)
        inverse = np.asarray(cho_solve(factor, np.eye(len(noise))))
        ones = inverse.sum(axis=1)
        total = float(ones.sum())
        projected = inverse - np.outer(ones, ones) / total
        told = projected @ own
        size = 2.0 * float(np.log(np.diag(factor[0])).sum()) + float(np.log(total)) + float(own @ told)
        prior = float((logs - variance / (2.0 * scale**2)).sum())
        slope = [float((projected * matrix).sum()) - float(told @ matrix @ told) for matrix in alike]
        return 0.5 * size - prior, variance * np.array(slope) - (1.0 - variance / scale**2)

    limits = [(np.log(_LEAST), np.log(_MOST))] * scale.size
    found = minimize(loss, np.log(scale), jac=True, method="L-BFGS-B", bounds=limits)
    return np.asarray(np.exp(found.x))
