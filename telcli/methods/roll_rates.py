"""Roll rates: what of a debt grows older, and by their product what of it is never paid, with intervals.

Of debts of ages k = 0..K-1, O_k is the money there at the beginning of the months looked at, M_k what of it moved on to
an older age within its month, and P_k what was paid; the rest stayed as old as it was.

    reach_k = M_k / (M_k + P_k)                    of an age that lasts a month
    reach_k = (1 - P_k / O_k) ^ months             of one that lasts longer: most of what is in it had no time to leave
    loss_k  = reach_k reach_k+1 ... reach_K-2 last  what is never paid; `last` of the oldest age

Errors are those of sums over customers, by linearisation, x_ik being what customer i adds to X_k:

    d_ik = m_ik / M_k - (m_ik + p_ik) / (M_k + P_k)    or    -months (p_ik - o_ik P_k / O_k) / (O_k - P_k)
    var(log loss_k) = n / (n - 1) sum_i (sum over j >= k of d_ij)^2

Where all of an age was paid, or none, that is 0; there the interval of a share of so many customers (Wilson) is taken.

Source: the provision matrix of IFRS 9 B5.5.35; roll rates as an absorbing chain, Cyert, Davidson and Thompson (1962),
Management Science 8, 287-303; linearised variances of ratios of cluster totals, Saerndal, Swensson and Wretman (1992).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.intervals import Z95
from telcli.methods.rates import wilson

__all__ = ["LossRates", "loss_rates", "ratio_of_sums"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LossRates:
    """By age, all 0..1; `reach` is NaN where nothing of an age was seen to move or be paid, and counts as 1 then."""

    reach: Floats
    loss: Floats
    low: Floats
    high: Floats
    influence: Floats
    spare: Floats

    def provided(self, balance: ArrayLike) -> tuple[float, float, float]:
        """Of balances by age, what is never paid, and the ends of its interval (95%)."""
        owed = np.asarray(balance, dtype=np.float64)
        each = owed * self.loss
        total = float(each.sum())
        if total <= 0:
            return 0.0, 0.0, float((owed * self.high).sum())
        spread = float(np.sqrt(((self.influence @ each) ** 2).sum() * _scale(len(self.influence)))) / total
        low, high = total * np.exp(-Z95 * spread), total * np.exp(Z95 * spread)
        # Ages without any spread of their own have that of a share of so many customers.
        flat = self.spare > 0
        low = min(low, float((owed * np.where(flat, self.low, self.loss)).sum()))
        high = max(high, float((owed * np.where(flat, self.high, self.loss)).sum()))
        return total, low, min(high, float(owed.sum()))


def loss_rates(
    moved: ArrayLike, paid: ArrayLike, opening: ArrayLike, months: ArrayLike, last: float = 1.0
) -> LossRates:
    """What of debts of each age is never paid.

    Parameters
    ----------
    moved, paid, opening : arrays of shape (customers, ages)
        Money of each customer that grew older, that was paid, and that was there; >= 0, summed over months.
    months : array of shape (ages,)
        How many months a debt is of an age; not looked at for the oldest.
    last : float
        Share of debts of the oldest age that is never paid, 0..1.

    >>> moved, paid = [[10.0, 4.0, 0.0], [10.0, 6.0, 0.0]], [[70.0, 5.0, 0.0], [110.0, 5.0, 0.0]]
    >>> found = loss_rates(moved, paid, [[90.0, 20.0, 0.0], [120.0, 20.0, 0.0]], [1, 3, 0])
    >>> found.reach.round(3).tolist(), found.loss.round(3).tolist()
    ([0.1, 0.422, nan], [0.042, 0.422, 1.0])
    """
    on, there = np.asarray(moved, dtype=np.float64), np.asarray(opening, dtype=np.float64)
    off, wide = np.clip(np.asarray(paid, dtype=np.float64), 0.0, None), np.asarray(months, dtype=np.float64)
    short = wide <= 1.0
    whole = np.where(short, (on + off).sum(axis=0), there.sum(axis=0))
    grown = np.where(short, on.sum(axis=0), np.maximum((there - off).sum(axis=0), 0.0))
    share = np.divide(grown, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    reach = np.where(short, share, share**wide)
    reach[-1] = np.nan
    factor = np.where(np.isnan(reach), 1.0, reach)
    factor[-1] = last
    loss: Floats = np.cumprod(factor[::-1], dtype=np.float64)[::-1]
    some = (grown > 0) & (whole > 0)
    top, below = np.where(short, on, there - off), np.where(short, on + off, there)
    first = np.divide(top, grown, out=np.zeros_like(on), where=some)
    own = (first - np.divide(below, whole, out=np.zeros_like(on), where=some)) * np.maximum(wide, 1.0)
    own[:, -1] = 0.0
    influence: Floats = np.cumsum(own[:, ::-1], axis=1, dtype=np.float64)[:, ::-1]
    spread = np.sqrt((influence**2).sum(axis=0) * _scale(len(on)))
    low, high = loss * np.exp(-Z95 * spread), loss * np.exp(Z95 * spread)
    lower, upper, spare = _of_customers(factor, (below > 0).sum(axis=0), np.isnan(reach), low, high)
    return LossRates(reach, loss, lower, np.minimum(upper, 1.0), influence, spare)


def _of_customers(
    factor: Floats, seen: NDArray[np.int64], unseen: NDArray[np.bool_], low: Floats, high: Floats
) -> tuple[Floats, Floats, Floats]:
    """Widen intervals by ages of which all was paid, or nothing: to the share of so many customers; and which are."""
    below, above = np.ones_like(factor), factor.copy()
    for age in range(len(factor) - 1):
        flat = factor[age] in (0.0, 1.0)
        if unseen[age]:
            below[age] = 0.0
        elif flat:
            ends = wilson([seen[age] * factor[age]], [seen[age]])
            below[age], above[age] = (ends[0][0] or 1.0, ends[1][0]) if factor[age] else (0.0, ends[1][0])
    widest = np.cumprod(above[::-1])[::-1]
    narrow = np.cumprod(below[::-1])[::-1]
    spare: Floats = np.where((widest > np.cumprod(factor[::-1])[::-1]) | (narrow < 1.0), 1.0, 0.0)
    return low * narrow, np.maximum(high, widest), spare


def ratio_of_sums(top: ArrayLike, below: ArrayLike) -> tuple[float, float, float]:
    """The sum of one over that of the other, and its interval (95%) over customers; NaN where there is nothing below.

    >>> tuple(round(part, 3) for part in ratio_of_sums([1.0, 0.0, 2.0, 1.0], [2.0, 1.0, 4.0, 1.0]))
    (0.5, 0.3, 0.7)
    """
    one, other = np.asarray(top, dtype=np.float64), np.asarray(below, dtype=np.float64)
    whole = float(other.sum())
    if whole <= 0:
        return float("nan"), float("nan"), float("nan")
    share = float(one.sum()) / whole
    spread = float(np.sqrt((((one - share * other) / whole) ** 2).sum() * _scale(int((other > 0).sum()))))
    ends = wilson([share * (other > 0).sum()], [(other > 0).sum()]) if spread == 0 else None
    if ends is not None:
        return share, float(ends[0][0]), float(ends[1][0])
    return share, max(share - Z95 * spread, 0.0), min(share + Z95 * spread, 1.0)


def _scale(count: int) -> float:
    return count / (count - 1) if count > 1 else 1.0
