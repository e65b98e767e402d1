"""How well money was predicted: its order and its total, beside the plainest forecast there is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from telcli.methods.lifetime_value import known_mean, rank_correlation, usual_margin

__all__ = ["Verdict", "backtest"]


@dataclass(frozen=True)
class Verdict:
    """Predicted against realised money of the same customers and months.

    Parameters
    ----------
    rank_correlation, naive_rank_correlation : float or None
        Spearman's, -1..1; None where all values on a side are equal.
    calibration, naive_calibration : float or None
        Predicted over realised total, 1 when right; None where nothing was realised.
    customers : int
        How many were compared.
    """

    rank_correlation: float | None
    naive_rank_correlation: float | None
    calibration: float | None
    naive_calibration: float | None
    customers: int


def backtest(
    past: ArrayLike, future: ArrayLike, ahead: ArrayLike, recent: int = 3, spike_limit: float = 3.0
) -> Verdict:
    """Predict later months from earlier ones and compare with what came.

    The prediction is the usual margin times the months still to be expected; the naive one the mean of the known
    months times all of the later months, as if nobody left. Months not known count as nothing earned.

    Parameters
    ----------
    past, future : arrays of shape (customers, months)
        Money, the oldest month first; NaN where not known or after leaving.
    ahead : array of shape (customers,)
        Expected months within `future`, not discounted, because what came is not.
    recent : int
        As in `usual_margin`.
    spike_limit : float
        As in `usual_margin`.

    Examples
    --------
    >>> backtest([[10.0, 10.0], [20.0, 20.0]], [[10.0, 10.0], [20.0, float("nan")]], [1.8, 1.8]).calibration
    1.35
    """
    before, after = np.asarray(past, dtype=float), np.asarray(future, dtype=float)
    realised = np.nansum(after, axis=1)
    predicted = np.nan_to_num(usual_margin(before, recent, spike_limit)) * np.asarray(ahead, dtype=float)
    naive = np.nan_to_num(known_mean(before)) * after.shape[1]
    total = float(realised.sum())
    shares = [round(float(side.sum()) / total, 6) if total > 0 else None for side in (predicted, naive)]
    ranks = [rank_correlation(side, realised) for side in (predicted, naive)]
    return Verdict(ranks[0], ranks[1], shares[0], shares[1], len(realised))
