"""How well money was predicted: its order, its size and its range, beside the plainest forecast there is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.lifetime_value import known_mean, rank_correlation

__all__ = [
    "MONTHS_NEEDED",
    "NOISES",
    "Band",
    "Verdict",
    "backtest",
    "held_back",
    "month_noise",
    "naive_forecast",
    "squared_error",
    "tenths",
]

Array = NDArray[np.float64]
NOISES = 41
"""Values that stand for what mean months were over usual ones."""
MONTHS_NEEDED, MOST = 9, 12


@dataclass(frozen=True)
class Verdict:
    """Predicted against realised money of the same customers and months.

    Parameters
    ----------
    rank_correlation, naive_rank_correlation : float or None
        Spearman's, -1..1; None where all values on a side are equal.
    calibration, naive_calibration : float or None
        Predicted over realised total, 1 when right; None where nothing was realised.
    error, naive_error : float
        Mean absolute difference from what was realised, in money per customer; smallest for a forecast of medians.
    squared_error, naive_squared_error : float
        Root of the mean squared difference, in money; smallest for a forecast of means.
    customers : int
        How many were compared.
    """

    rank_correlation: float | None
    naive_rank_correlation: float | None
    calibration: float | None
    naive_calibration: float | None
    error: float
    naive_error: float
    squared_error: float
    naive_squared_error: float
    customers: int


@dataclass(frozen=True)
class Band:
    """A tenth of customers by predicted money, 1 the highest; means per customer.

    Parameters
    ----------
    decile : 1..10.
    customers : how many.
    predicted, naive, realised : money per customer.
    """

    decile: int
    customers: int
    predicted: float
    naive: float
    realised: float


def held_back(months: int) -> int:
    """Months held back for the back-test: a third, 3 to 12; 0 where history is too short.

    >>> held_back(8), held_back(12), held_back(60)
    (0, 4, 12)
    """
    return 0 if months < MONTHS_NEEDED else min(max(months // 3, 3), MOST)


def naive_forecast(past: ArrayLike, months: int) -> Array:
    """The mean of the known months of the last year times the months to come, as if nobody left.

    >>> naive_forecast([[10.0, float("nan"), 14.0]], 2).tolist()
    [24.0]
    """
    found: Array = np.nan_to_num(known_mean(past)) * months
    return found


def backtest(predicted: ArrayLike, naive: ArrayLike, realised: ArrayLike) -> Verdict:
    """Compare what was predicted with what came, beside a naive prediction.

    Parameters
    ----------
    predicted, naive, realised : arrays of shape (customers,)
        Money of the same months; not discounted, because what came is not.

    Examples
    --------
    >>> verdict = backtest([18.0, 36.0], [20.0, 40.0], [20.0, 20.0])
    >>> verdict.calibration, verdict.naive_calibration, verdict.error
    (1.35, 1.5, 9.0)
    """
    told, plain, came = (np.asarray(side, dtype=float) for side in (predicted, naive, realised))
    total = float(came.sum())
    shares = [round(float(side.sum()) / total, 6) if total > 0 else None for side in (told, plain)]
    ranks = [rank_correlation(side, came) for side in (told, plain)]
    errors = [round(float(np.abs(side - came).mean()), 4) if len(came) else 0.0 for side in (told, plain)]
    squared = [squared_error(side, came) for side in (told, plain)]
    return Verdict(ranks[0], ranks[1], shares[0], shares[1], errors[0], errors[1], squared[0], squared[1], len(came))


def squared_error(predicted: ArrayLike, realised: ArrayLike) -> float:
    """Root of the mean squared difference, in money, to four decimals; 0 of nobody.

    >>> squared_error([18.0, 36.0], [20.0, 20.0])
    11.4018
    """
    told, came = np.asarray(predicted, dtype=float), np.asarray(realised, dtype=float)
    return round(float(np.sqrt(((told - came) ** 2).mean())), 4) if len(came) else 0.0


def tenths(predicted: ArrayLike, naive: ArrayLike, realised: ArrayLike) -> list[Band]:
    """Means by tenth of predicted money, the highest first; equal predictions keep their order.

    Fewer than ten customers make as many bands as there are.

    >>> [(band.decile, band.realised) for band in tenths([1.0, 3.0, 2.0], [0.0] * 3, [5.0, 7.0, 6.0])]
    [(1, 7.0), (2, 6.0), (3, 5.0)]
    """
    told, plain, came = (np.asarray(side, dtype=float) for side in (predicted, naive, realised))
    order = np.argsort(-told, kind="stable")
    parts = [rows for rows in np.array_split(order, min(10, len(order))) if len(rows)] if len(order) else []
    return [
        Band(place, len(rows), *(round(float(side[rows].mean()), 4) for side in (told, plain, came)))
        for place, rows in enumerate(parts, start=1)
    ]


def month_noise(usual: ArrayLike, future: ArrayLike, values: int = NOISES) -> Array:
    """What mean months of those who stayed came to, over their usual ones: equally likely values.

    Taken from customers every one of whose later months is known and whose usual month is at least a tenth of the
    typical one, since ratios to nearly nothing tell nothing.

    Parameters
    ----------
    usual : array of shape (customers,)
        Money a month, as foreseen.
    future : array of shape (customers, months)
        Money as it came, NaN where not known or after leaving.
    values : int
        How many are returned, >= 1.

    Returns
    -------
    Quantiles at (i + 1/2) / values; a single 1 where fewer than 30 customers tell.

    >>> month_noise([10.0] * 40, [[9.0, 11.0]] * 20 + [[12.0, 12.0]] * 20, 4).round(2).tolist()
    [1.0, 1.0, 1.2, 1.2]
    """
    base, later = np.asarray(usual, dtype=float), np.asarray(future, dtype=float)
    stayed = ~np.isnan(later).any(axis=1) & ~np.isnan(base)
    sizes = base[stayed & (base > 0)]
    if not len(sizes):
        return np.ones(1)
    telling = stayed & (base >= 0.1 * float(np.median(sizes)))
    if telling.sum() < 30:
        return np.ones(1)
    ratios = later[telling].mean(axis=1) / base[telling]
    found: Array = np.quantile(ratios, (np.arange(values) + 0.5) / values).round(6)
    return found
