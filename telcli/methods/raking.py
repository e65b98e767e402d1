"""Weights by which those who answered stand for all: raking to the margins of the base."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["rake"]

Floats = NDArray[np.float64]
_ROUNDS, _TRIMS, _CLOSE = 500, 30, 1e-9


def rake(groups: Sequence[ArrayLike], totals: Sequence[ArrayLike], limit: float = np.inf) -> tuple[Floats, float]:
    """Weights of respondents whose sums over each margin are those of the base, by iterative proportional fitting.

    One margin alone is post-stratification, ``N_h / n_h``. Weights above `limit` times their mean are cut to it and the
    margins fitted anew; what is then still missing of a margin is told.

    Parameters
    ----------
    groups : sequence of arrays of shape (respondents,)
        Of each margin the group of each respondent, numbered from 0; every group has a respondent.
    totals : sequence of arrays of shape (groups,)
        Of each margin the customers of the base in each group.
    limit : float
        The largest weight, in means; above 1.

    Returns
    -------
    weights : array of shape (respondents,)
        Customers each respondent speaks for.
    off : float
        The largest relative difference of a margin from the base, 0 or more.

    Source: Deming and Stephan (1940), Ann. Math. Statist. 11, 427-444.

    >>> weights, off = rake([[0, 0, 0, 1], [0, 0, 1, 1]], [[60, 40], [50, 50]])
    >>> weights.round(2).tolist(), off < 1e-6
    ([25.0, 25.0, 10.0, 40.0], True)
    """
    at = [np.asarray(margin, dtype=np.intp) for margin in groups]
    want = [np.asarray(margin, dtype=np.float64) for margin in totals]
    if not at:
        raise ValueError("no margin")
    weights = np.full(at[0].size, want[0].sum() / at[0].size)
    weights = _fitted(weights, at, want)
    for _ in range(_TRIMS if np.isfinite(limit) else 0):
        most = limit * weights.mean()
        if weights.max() <= most * (1 + 1e-6):
            break
        weights = _fitted(np.minimum(weights, most), at, want)
    most = limit * weights.mean()
    weights = np.minimum(weights, most)
    return weights, _off(weights, at, want)


def _fitted(weights: Floats, at: Sequence[NDArray[np.intp]], want: Sequence[Floats]) -> Floats:
    for _ in range(_ROUNDS):
        for margin, total in zip(at, want, strict=True):
            have = np.bincount(margin, weights, total.size)
            weights = weights * np.divide(total, have, out=np.ones_like(total), where=have > 0)[margin]
        if _off(weights, at, want) < _CLOSE:
            break
    return weights


def _off(weights: Floats, at: Sequence[NDArray[np.intp]], want: Sequence[Floats]) -> float:
    return max(
        float(np.max(np.abs(np.bincount(margin, weights, total.size) - total) / np.maximum(total, 1.0)))
        for margin, total in zip(at, want, strict=True)
    )
