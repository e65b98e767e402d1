"""Leaving for one of several reasons: the chance of each by tenure, where leaving for another ends the wait for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.survival import raw_hazard

__all__ = ["cumulative_incidence"]

Array = NDArray[np.float64]


def cumulative_incidence(at_risk: ArrayLike, left: ArrayLike) -> tuple[Array, Array]:
    """Share of joiners who have left for each reason by the end of each tenure, and share still here.

    I_k(t) = sum over j <= t of S(j - 1) d_kj / n_j, with S(t) = product over j <= t of (1 - d_j / n_j) of leaving for
    whichever reason, so that S(t) and all I_k(t) add up to 1. One less a life table of one reason alone would be too
    high: it takes those who left for another to be still able to leave for this one.

    Parameters
    ----------
    at_risk : array of shape (tenures,)
        Customer-months seen at tenure 0, 1, ...
    left : array of shape (reasons, tenures)
        Those of them that ended in leaving, by reason; together no more than were at risk.

    Returns
    -------
    Incidence of shape (reasons, tenures), 0..1, never falling, and survival of shape (tenures,), never rising.

    Source: Aalen and Johansen (1978), Scand. J. Statist. 5, 141-150.

    >>> incidence, here = cumulative_incidence([10, 8, 5], [[1, 1, 0], [1, 0, 1]])
    >>> incidence.round(4).tolist(), here.round(4).tolist()
    ([[0.1, 0.2, 0.2], [0.1, 0.1, 0.24]], [0.8, 0.7, 0.56])
    """
    risk, gone = np.asarray(at_risk, dtype=np.float64), np.atleast_2d(np.asarray(left, dtype=np.float64))
    if gone.shape[1:] != risk.shape or (gone < 0).any() or (gone.sum(axis=0) > risk).any():
        raise ValueError("each cell needs 0 <= left, all reasons together <= at_risk")
    here: Array = np.cumprod(1.0 - raw_hazard(risk, gone.sum(axis=0)), dtype=np.float64)
    before = np.concatenate([[1.0], here[:-1]])
    share = np.divide(gone, risk, out=np.zeros_like(gone), where=risk > 0)
    return np.cumsum(before * share, axis=1), here
