"""What a customer usually brings in a month, and where money ranks customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "RECENT",
    "choose_recent",
    "known_mean",
    "percentile_rank",
    "tier_places",
    "usual_margin",
]

Array = NDArray[np.float64]
RECENT = (3, 6, 12)
"""Months that may be averaged; one alone is never robust."""
CHOOSABLE = 7
"""Months it takes to choose among them: more than three to foretell from, and three held back."""
_SAMPLE = 100_000


def usual_margin(months: ArrayLike, recent: int = 3, spike_limit: float = 3.0) -> Array:
    """What a customer usually brings in a month: the mean of the last months, odd ones pulled in (winsorised).

    Each recent month is first limited to the customer's own median month plus or minus `spike_limit` times the
    larger of that median's size and the typical one (the median of all customers). So one handset on the bill or one
    large credit does not count as if it came every month, while a customer who is large every month stays large.

    Parameters
    ----------
    months : array of shape (customers, months)
        Money, the oldest month first; NaN where not known.
    recent : int
        How many of the last months are averaged, >= 1.
    spike_limit : float
        In usual margins; 0 leaves months as they are.

    Returns
    -------
    Money per month, one per customer. The mean of the recent months that are known; of all known ones where no
    recent month is; NaN where none is.

    Examples
    --------
    >>> usual_margin([[50.0, 50.0, 50.0, 950.0], [20.0, float("nan"), 22.0, 24.0]]).round(1).tolist()
    [100.0, 23.0]
    """
    known = np.atleast_2d(np.asarray(months, dtype=float))
    last = known[:, -recent:]
    if spike_limit > 0 and known.shape[1] > 1:
        middle = _row_median(known)
        sizes = np.abs(middle[~np.isnan(middle)])
        typical = float(np.median(sizes)) if sizes.size else 0.0
        reach = spike_limit * np.maximum(np.abs(middle), typical)
        last = np.clip(last, (middle - reach)[:, None], (middle + reach)[:, None])
    mean = known_mean(last)
    usual: Array = np.where(np.isnan(mean), known_mean(known), mean)
    return usual


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


def choose_recent(months: ArrayLike, spike_limit: float = 3.0) -> int:
    """How many last months to average: the number of RECENT that ranks customers best by what they bring next.

    The later half of the months, 3 to 6 of them, is held back and foretold from the earlier ones; the highest rank
    correlation, to four decimals, wins, on a tie the longer. It is 3 where there are fewer than CHOOSABLE
    months, or they tell nothing. Of many customers an even sample of about 100,000 is enough.

    Parameters
    ----------
    months : array of shape (customers, months)
        Money, the oldest month first; NaN where not known.
    spike_limit : float
        As in `usual_margin`.

    Examples
    --------
    >>> odd, plain = [10.0, 10.0, 10.0, 50.0, 40.0, 10.0, 10.0, 10.0, 10.0], [21.0] * 9
    >>> choose_recent([odd, plain]), choose_recent([[5.0] * 9, [5.0] * 9])
    (12, 3)
    """
    rows = np.atleast_2d(np.asarray(months, dtype=float))
    rows = rows[:: max(len(rows) // _SAMPLE, 1)]
    held_back = min(max(rows.shape[1] // 2, RECENT[0]), RECENT[1])
    before, after = rows[:, :-held_back], known_mean(rows[:, -held_back:])
    both = ~np.isnan(after) & ~np.isnan(known_mean(before))
    best, found = -2.0, RECENT[0]
    for recent in RECENT if rows.shape[1] >= CHOOSABLE else ():
        score = rank_correlation(usual_margin(before[both], recent, spike_limit), after[both])
        if score is not None and round(score, 4) >= best:
            best, found = round(score, 4), recent
    return found


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


def _row_median(rows: Array) -> Array:
    """numpy.nanmedian along rows, without its Python loop: sorting puts NaN last."""
    ordered = np.sort(rows, axis=1)
    count = (~np.isnan(rows)).sum(axis=1)
    place = np.arange(len(rows))
    low = ordered[place, np.maximum((count - 1) // 2, 0)]
    high = ordered[place, np.minimum(count // 2, rows.shape[1] - 1)]
    middle: Array = np.where(count > 0, (low + high) / 2.0, np.nan)
    return middle
