"""What a customer usually brings in a month, and where money ranks customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "CHOOSABLE",
    "HALF_LIVES",
    "Usual",
    "choose_usual",
    "even_sample",
    "known_mean",
    "percentile_rank",
    "tier_places",
    "usual_margin",
]

Array = NDArray[np.float64]
HALF_LIVES = (1.5, 3.0, 6.0, 12.0)
"""Months after which a month may count half."""
CHOOSABLE = 7
"""Months it takes to choose among them: more than three to foretell from, and three held back."""


def even_sample(size: int, most: int = 100_000) -> slice:
    """Which of so many customers to try things on: every n-th, at least `most` of them where there are so many.

    >>> even_sample(99), even_sample(350_000)
    (slice(None, None, 1), slice(None, None, 3))
    """
    return slice(None, None, max(size // most, 1))


@dataclass(frozen=True)
class Usual:
    """How a usual month is told.

    Parameters
    ----------
    recent : int
        How many of the last months are averaged, >= 1.
    spike_limit : float
        How far a month may be from the customer's median, in usual margins; 0 leaves months as they are.
    half_life : float
        Months after which a month counts half, > 0; infinity where all count the same.
    """

    recent: int = 3
    spike_limit: float = 3.0
    half_life: float = np.inf


def usual_margin(months: ArrayLike, how: Usual = Usual(), fees: ArrayLike | None = None) -> Array:
    """What a customer usually brings in a month: the mean of the last months, odd ones pulled in (winsorised).

    Each recent month is first limited to the customer's own median month plus or minus `spike_limit` times the
    larger of that median's size and the typical one (the median of all customers). So one handset on the bill or one
    large credit does not count as if it came every month, while a customer who is large every month stays large.

    Where fees are known it is what months brought beyond the fee of their time that is averaged, and the present fee
    that it is added to: a plan changed last month tells what comes, the months before it do not.

    Parameters
    ----------
    months : array of shape (customers, months)
        Money, the oldest month first; NaN where not known.
    how : Usual
        Which months count, and for how much.
    fees : array of shape (customers, months) or None
        What of the money is due whatever a customer does; NaN where not known.

    Returns
    -------
    Money per month, one per customer. The mean of the recent months that are known; of all known ones where no
    recent month is; NaN where none is.

    Examples
    --------
    >>> usual_margin([[50.0, 50.0, 50.0, 950.0], [20.0, float("nan"), 22.0, 24.0]]).round(1).tolist()
    [100.0, 23.0]
    >>> usual_margin([[50.0, 54.0, 33.0]], fees=[[50.0, 50.0, 30.0]]).round(2).tolist()
    [32.33]
    """
    known = np.atleast_2d(np.asarray(months, dtype=float))
    level, rest = np.zeros(len(known)), known
    if fees is not None:
        due = np.atleast_2d(np.asarray(fees, dtype=float))
        told = ~np.isnan(due[:, -1]) & ~np.isnan((known - due)[:, -how.recent :]).all(axis=1)
        level, rest = np.where(told, due[:, -1], 0.0), np.where(told[:, None], known - due, known)
    last = rest[:, -how.recent :]
    if how.spike_limit > 0 and known.shape[1] > 1:
        size, middle = np.abs(_row_median(known)), _row_median(rest)
        typical = float(np.median(size[~np.isnan(size)])) if (~np.isnan(size)).any() else 0.0
        reach = how.spike_limit * np.maximum(size, typical)
        last = np.clip(last, (middle - reach)[:, None], (middle + reach)[:, None])
    mean = _weighted_mean(last, how.half_life)
    usual = level + np.where(np.isnan(mean), known_mean(rest), mean)
    # Discounts of a dear plan do not make a cheap one cost less than nothing.
    least = np.minimum(np.fmin.reduce(known, axis=1), 0.0)
    found: Array = np.where(usual < least, least, usual)
    return found


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float | None:
    """Spearman's rank correlation, ties averaged, -1..1; None where it is not defined.

    >>> rank_correlation([1.0, 2.0, 3.0], [10.0, 30.0, 20.0])
    0.5
    """
    from scipy.stats import rankdata

    if len(np.asarray(first)) == 0:
        return None
    ranks = [rankdata(side, method="average") for side in (np.asarray(first, float), np.asarray(second, float))]
    left, right = (side - side.mean() for side in ranks)
    scale = float(np.sqrt((left @ left) * (right @ right)))
    return round(float(left @ right) / scale, 10) if scale > 0 else None


def choose_usual(months: ArrayLike, spike_limit: float = 3.0, fees: ArrayLike | None = None) -> Usual:
    """How to tell the usual month: the way that foretells best what customers bring next.

    Of all months, those of HALF_LIVES ago counting half, with odd months pulled in or not. The later half of the
    months, 3 to 6 of them, is held back and foretold from the earlier ones; the smallest squared error of their mean
    wins, of those within a thousandth the longest half-life. Where there are fewer than CHOOSABLE months it is the
    mean of the last 3. Of many customers an even sample of about 100,000 is enough.

    Parameters
    ----------
    months : array of shape (customers, months)
        Money, the oldest month first; NaN where not known.
    spike_limit : float
        As in `Usual`; 0 never pulls months in.
    fees : array of shape (customers, months) or None
        As in `usual_margin`.

    Examples
    --------
    >>> odd = [[10.0 + 300.0 * (place == month) for month in range(12)] for place in range(12)]
    >>> choose_usual(odd), choose_usual([[5.0] * 6])
    (Usual(recent=12, spike_limit=3.0, half_life=12.0), Usual(recent=3, spike_limit=3.0, half_life=inf))
    """
    rows = np.atleast_2d(np.asarray(months, dtype=float))
    sampled = even_sample(len(rows))
    rows = rows[sampled]
    if rows.shape[1] < CHOOSABLE:
        return Usual(spike_limit=spike_limit)
    held_back = min(max(rows.shape[1] // 2, 3), 6)
    before, after = rows[:, :-held_back], known_mean(rows[:, -held_back:])
    both = ~np.isnan(after) & ~np.isnan(known_mean(before))
    due = None if fees is None else np.atleast_2d(np.asarray(fees, dtype=float))[sampled][both, :-held_back]
    limits = (0.0, spike_limit) if spike_limit else (0.0,)
    errors = {}
    for how in (Usual(12, limit, half_life) for half_life in HALF_LIVES for limit in limits):
        errors[how] = float(((usual_margin(before[both], how, due) - after[both]) ** 2).sum())
    enough = 1.002 * min(errors.values())
    return max((how for how in errors if errors[how] <= enough), key=lambda how: (how.half_life, how.spike_limit))


def known_mean(months: ArrayLike) -> Array:
    """The mean of the known values of each row; NaN where a row has none.

    >>> known_mean([[1.0, float("nan"), 3.0]]).tolist()
    [2.0]
    """
    rows = np.atleast_2d(np.asarray(months, dtype=float))
    count = (~np.isnan(rows)).sum(axis=1)
    total = np.nansum(rows, axis=1)
    mean: Array = np.divide(total, count, out=np.full(len(rows), np.nan), where=count > 0)
    return mean


def percentile_rank(values: ArrayLike) -> Array:
    """Where each value stands among all, 0..100: the share below it and half of those equal to it.

    Equal values get equal ranks; the mean rank is always 50.

    >>> percentile_rank([10.0, 20.0, 20.0, 30.0]).tolist()
    [12.5, 50.0, 50.0, 87.5]
    """
    from scipy.stats import rankdata

    found = np.asarray(values, dtype=float)
    return np.asarray(100.0 * (rankdata(found, method="average") - 0.5) / max(len(found), 1), dtype=float)


def tier_places(rank: ArrayLike, shares: Sequence[float]) -> NDArray[np.int64]:
    """Cut percentile ranks into tiers, the best first: 0 for the top `shares[0]` of customers, and so on.

    Whoever is in none of them gets len(shares). Equal ranks share a tier, so a tier can miss its share.

    >>> tier_places([99.0, 85.0, 20.0], [0.05, 0.15]).tolist()
    [0, 1, 2]
    """
    floors = 100.0 * (1.0 - np.cumsum(shares))
    below: NDArray[np.int64] = (np.asarray(rank, dtype=float)[:, None] < floors - 1e-9).sum(axis=1)
    return below


def _weighted_mean(rows: Array, half_life: float) -> Array:
    """The mean of the known values of each row, the last counting most; NaN where a row has none."""
    weight = np.where(np.isnan(rows), 0.0, 0.5 ** (np.arange(rows.shape[1])[::-1] / half_life))
    whole = weight.sum(axis=1)
    mean: Array = np.divide(
        (np.nan_to_num(rows) * weight).sum(axis=1), whole, out=np.full(len(rows), np.nan), where=whole > 0
    )
    return mean


def _row_median(rows: Array) -> Array:
    """numpy.nanmedian along rows, without its Python loop: sorting puts NaN last."""
    ordered = np.sort(rows, axis=1)
    count = (~np.isnan(rows)).sum(axis=1)
    place = np.arange(len(rows))
    low = ordered[place, np.maximum((count - 1) // 2, 0)]
    high = ordered[place, np.minimum(count // 2, rows.shape[1] - 1)]
    middle: Array = np.where(count > 0, (low + high) / 2.0, np.nan)
    return middle
