"""What of debts is paid within a month, by their age and by what else may tell: shares of small cells, shrunk.

Of the debts d of an age a with a key k (whether payments came lately, say) s_d is the share that was paid and o_d what
was owed:

    p[a, k] = c_a m[a, k],  m the empirical Bayes mean of s_d over the debts of a and k, shrunk to that of all of a
    c_a     = sum over a of o_d s_d / sum over a of o_d m[a, k_d]         money comes out as it came in
    error   = sum of o_d (s_d - p_d)^2 / sum of o_d                       on months after those learned from

With one key for all that is the ratio of sums of money. Ways are compared on months that each was foretold for by those
before it; errors of differences are over customers.

Source: shrinkage as in `shrinking`; weighted squared error of a mean is least at the mean (Brier, 1950).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.shrinking import shrunk_means

__all__ = ["FIRST", "Ways", "best_way", "share_ends", "shrunk_shares", "tried"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FIRST = 2
"""Months learned from before the first one is foretold."""
_ROUNDS, _GROUPS = 200, 500


@dataclass(frozen=True)
class Ways:
    """What each way foretold of debts of later months, by name of the way; arrays of one length."""

    month: Ints
    who: Ints
    owed: Floats
    share: Floats
    found: Mapping[str, Floats]

    def error(self, way: str, rows: NDArray[np.bool_]) -> float:
        """The error of a way on some of the debts, 0..1; NaN of none."""
        weight = self.owed[rows]
        miss = weight * (self.share[rows] - self.found[way][rows]) ** 2
        return float(miss.sum() / weight.sum()) if weight.sum() > 0 else float("nan")


def shrunk_shares(age: ArrayLike, key: ArrayLike, owed: ArrayLike, share: ArrayLike, size: tuple[int, int]) -> Floats:
    """The share paid within a month by age and key, of shape `size`, 0..1; NaN of ages without a debt.

    Parameters
    ----------
    age, key : arrays of shape (debts,)
        Places, 0 or more.
    owed, share : arrays of shape (debts,)
        Money, above 0, and what of it was paid, 0..1.
    size : tuple of int
        How many ages and keys there are.

    >>> shrunk_shares([0, 0, 0], [0, 0, 0], [10.0, 10.0, 20.0], [1.0, 0.0, 0.5], (2, 1)).tolist()
    [[0.5], [nan]]
    """
    whole = np.zeros(np.shape(share), dtype=np.int64)
    return _of_sums(_sums(age, key, owed, share, whole, (1, *size))[:, 0])


def _sums(
    age: ArrayLike, key: ArrayLike, owed: ArrayLike, share: ArrayLike, group: Ints, size: tuple[int, int, int]
) -> Floats:
    """By group, age and key (`size`): debts, shares, squares of these, money, and money paid; of shape (5, *size)."""
    money, paid = np.asarray(owed, dtype=np.float64), np.asarray(share, dtype=np.float64)
    cell = (group * size[1] + np.asarray(age, dtype=np.int64)) * size[2] + np.asarray(key, dtype=np.int64)
    parts = (np.ones_like(paid), paid, paid**2, money, money * paid)
    return np.stack([np.bincount(cell, part, int(np.prod(size))).reshape(size) for part in parts])


def _of_sums(sums: Floats) -> Floats:
    count, total, squares, there, came = sums
    found = np.full(count.shape, np.nan)
    for row in np.flatnonzero(count.sum(axis=1) > 0):
        mean = shrunk_means(count[row], total[row], squares[row])
        expected = float(there[row] @ mean)
        scale = float(came[row].sum()) / expected if expected > 0 else 0.0
        found[row] = np.clip(mean * scale, 0.0, 1.0)
    return found


def share_ends(
    age: ArrayLike, key: ArrayLike, owed: ArrayLike, share: ArrayLike, who: ArrayLike, size: tuple[int, int], seed: int
) -> tuple[Floats, Floats]:
    """Ends of the 95% intervals of `shrunk_shares`: customers (`who`, 0 or more) resampled with weights.

    Of more customers than 500 each so many-th shares a weight. So that all or nothing paid by a few is not taken for
    certain, two more take part: of either each cell has one debt of its mean size, paid by the one and not by the
    other, half a customer's weight each.

    Source: Rubin (1981), The Bayesian bootstrap, Ann. Statist. 9.

    >>> low, high = share_ends([0] * 40, [0] * 40, [1.0] * 40, [0.0, 1.0] * 20, range(40), (1, 1), 0)
    >>> bool(0.3 < low[0, 0] < 0.45), bool(0.55 < high[0, 0] < 0.7)
    (True, True)
    """
    group = np.unique(np.asarray(who, dtype=np.int64), return_inverse=True)[1] % _GROUPS
    groups = int(group.max()) + 1
    sums = _sums(age, key, owed, share, group, (groups, *size))
    whole = sums.sum(axis=1)
    some = whole[0] > 0
    mean = np.divide(whole[3], whole[0], out=np.zeros(size), where=some)
    both = [np.stack([some, paid * some, paid * some, mean, paid * mean]) / 2.0 for paid in (0.0, 1.0)]
    sums = np.concatenate([sums, np.stack(both, axis=1)], axis=1)
    weights = np.random.default_rng(seed).exponential(size=(_ROUNDS, groups + len(both)))
    drawn = np.stack([_of_sums(np.tensordot(weight, sums, (0, 1))) for weight in weights])
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    found = _of_sums(whole)
    return np.fmin(low, found), np.fmax(high, found)


def tried(
    month: ArrayLike,
    age: ArrayLike,
    keys: Mapping[str, tuple[Ints, int]],
    owed: ArrayLike,
    share: ArrayLike,
    who: ArrayLike,
    ages: int,
) -> Ways:
    """Foretell the debts of each month from the third on by those of the months before it, in every way.

    `keys` has by way the key of each debt and how many keys there are. Ages not seen before count as never paid.
    """
    months, place = np.asarray(month, dtype=np.int64), np.asarray(age, dtype=np.int64)
    money, paid = np.asarray(owed, dtype=np.float64), np.asarray(share, dtype=np.float64)
    later = np.zeros(months.size, dtype=bool)
    found = {way: np.zeros(months.size) for way in keys}
    for at in np.unique(months)[FIRST:]:
        learn, test = months < at, months == at
        later |= test
        for way, (key, count) in keys.items():
            rates = shrunk_shares(place[learn], key[learn], money[learn], paid[learn], (ages, count))
            found[way][test] = np.nan_to_num(rates[place[test], key[test]])
    whose = np.asarray(who, dtype=np.int64)
    return Ways(
        months[later], whose[later], money[later], paid[later], {way: told[later] for way, told in found.items()}
    )


def best_way(ways: Ways, plain: str) -> str:
    """The way with the least error on all months but the last, where that is below `plain` by over a standard error.

    The last month is left to measure what was chosen; without any month before it `plain` is taken.

    >>> one = np.array([1, 1, 2])
    >>> best_way(Ways(one, one, one * 1.0, one * 0.5, {"age": one * 0.5, "paid": one * 0.4}), "age")
    'age'
    """
    rows = ways.month < ways.month.max() if ways.month.size else np.zeros(0, dtype=bool)
    if not rows.any():
        return plain
    weight = ways.owed[rows] / ways.owed[rows].sum()
    missed = {way: weight * (ways.share[rows] - told[rows]) ** 2 for way, told in ways.found.items()}
    best = min(ways.found, key=lambda way: (float(missed[way].sum()), way != plain))
    gain = np.bincount(ways.who[rows], missed[plain] - missed[best])
    error = float(np.sqrt((gain**2).sum()))
    return best if gain.sum() > error else plain
