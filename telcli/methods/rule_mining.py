"""Which of very many rules are more than chance, and stand in the months after.

Rules are mined on one period: each that is told of enough customers is tested (Fisher's exact test, one-sided), and a
rule of two products also against each of them alone, since what one of them does alone is no finding of both (Webb's
productive rules). The share of false ones among those found is held by Benjamini and Hochberg over all rules tested.
Then the same rules are counted in the next period, of which mining knows nothing.

References
----------
R. A. Fisher, Statistical Methods for Research Workers (1934), section 21.02.
Y. Benjamini and Y. Hochberg (1995), J. R. Statist. Soc. B 57, 289-300.
G. Webb (2007), "Discovering significant patterns", Machine Learning 68, 1-33.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, ndtri

from telcli.methods.association import Tally
from telcli.methods.rates import found_among

__all__ = ["Mined", "as_many", "lift_interval", "mined", "stands"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
_CHANCE = 0.025
"""One side of 95%."""
_ENOUGH = 1e-14
"""A term so small beside the sum changes it no more."""


@dataclass(frozen=True)
class Mined:
    """The rules tested, in order of antecedent and consequent.

    Parameters
    ----------
    rule : array of shape (rules, 2)
        Place of the antecedent and of the consequent in the counts.
    counts : Tally
        Arrays of shape (rules,).
    p : array of shape (rules,)
        The chance of as many by chance alone: the largest of the tests of the rule.
    q : array of shape (rules,)
        The same as it counts among all rules tested.
    """

    rule: NDArray[np.intp]
    counts: Tally
    p: Floats
    q: Floats

    def found(self, share: float) -> NDArray[np.intp]:
        """Which rules are found where so many (0..1) of those found may be false."""
        return np.flatnonzero(self.q <= share)


def mined(begins: Whole, counts: Tally, least: int, apart: Flags) -> Mined:
    """Test each rule of which there are enough customers on both sides, whatever they did.

    Parameters
    ----------
    begins : array of shape (antecedents, 2)
        See `association.antecedents`; ones stand before the twos they are part of.
    counts : Tally
        Arrays of shape (antecedents, items).
    least : int
        Customers needed who hold the antecedent, and who take the consequent; 1 or more.
    apart : array of shape (items, items)
        Whether a rule from one item to another is not asked about.

    >>> counts = Tally(*(np.array([[0, each]]) for each in (100, 40, 20, 15)))
    >>> found = mined(np.array([[0, -1]]), counts, 10, np.eye(2, dtype=bool))
    >>> found.rule.tolist(), round(float(found.p[0]), 6)
    ([[0, 1]], 0.000473)
    """
    first, second = begins[:, 0], begins[:, 1]
    barred = apart[first] | np.where((second >= 0)[:, None], apart[second], False)
    rows, items = np.nonzero(~barred & (counts.left >= least) & (counts.right >= least) & (counts.n > 0))
    own = counts.at(rows, items)
    p = as_many(own.both, own.left, own.right, own.n)
    place = {(one, two): at for at, (one, two) in enumerate(begins.tolist())}
    for part in (first, second):
        alone = np.array([place.get((one, -1), -1) for one in part.tolist()], dtype=np.intp)
        two = np.flatnonzero((second[rows] >= 0) & (alone[rows] >= 0))
        of = counts.at(alone[rows[two]], items[two])
        p[two] = np.maximum(p[two], as_many(own.both[two], own.left[two], of.both, of.left))
    return Mined(np.stack([rows, items], axis=1), own, p, found_among(p))


def as_many(both: ArrayLike, left: ArrayLike, right: ArrayLike, n: ArrayLike) -> Floats:
    """The chance (0..1) that `left` of `n`, drawn blindly, hold `both` or more of the `right` marked ones.

    Fisher's exact test, one-sided: the upper tail of the hypergeometric distribution, added up term by term from its
    first, each the one before times (K - k)(m - k) / ((k + 1)(N - K - m + k + 1)); exact to eight digits or more for
    a million customers, and for all rules at once, where scipy's takes each for itself.

    Parameters
    ----------
    both, left, right, n : arrays of one shape
        Whole numbers, 0 <= both <= left, right <= n.

    >>> as_many([3, 0, 15], [4, 4, 40], [4, 4, 20], [8, 8, 100]).round(6).tolist()
    [0.242857, 1.0, 0.000473]
    """
    k, drawn, marked, of = (np.asarray(part, dtype=np.float64) for part in np.broadcast_arrays(both, left, right, n))
    upper = k * of > drawn * marked  # beyond the mean the terms fall from the first on; below it those before it do
    lowest = np.maximum(0.0, drawn + marked - of)
    start = np.where(upper, k, k - 1.0)
    found = _summed(start, drawn, marked, of, np.where(upper, 1.0, -1.0))
    found = np.where(upper, found, 1.0 - found)
    return np.clip(np.where(k <= lowest, 1.0, found), 0.0, 1.0)


def _summed(start: Floats, drawn: Floats, marked: Floats, of: Floats, way: Floats) -> Floats:
    """The chance of `start`, and of all that lie beyond it on the way up (1) or down (-1)."""
    inside = (start >= np.maximum(0.0, drawn + marked - of)) & (start <= np.minimum(drawn, marked))
    at = np.flatnonzero(inside)
    k, m, big, n, up = start[at], drawn[at], marked[at], of[at], way[at] > 0
    term = np.exp(_ways(big, k) + _ways(n - big, m - k) - _ways(n, m))
    total = term.copy()
    going = np.flatnonzero(term > 0)
    while going.size:
        here, rises = k[going], up[going]
        free = n[going] - big[going] - m[going]
        more = (big[going] - here) * (m[going] - here) / ((here + 1.0) * (free + here + 1.0))
        less = here * (free + here) / ((big[going] - here + 1.0) * (m[going] - here + 1.0))
        term[going] *= np.where(rises, more, less)
        total[going] += term[going]
        k[going] += np.where(rises, 1.0, -1.0)
        going = going[term[going] > _ENOUGH * total[going]]
    found = np.zeros(start.shape)
    found[at] = total
    return found


def _ways(of_all: Floats, taken: Floats) -> Floats:
    """The logarithm of how many ways there are to take so many of all."""
    found: Floats = gammaln(of_all + 1.0) - gammaln(taken + 1.0) - gammaln(of_all - taken + 1.0)
    return found


def lift_interval(counts: Tally, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Lift and the ends of its interval, on the logarithm's scale; NaN where nobody does both.

    With s, a and c the shares of both, left and right, the variance of log lift is by the delta method
    (1 / s - 1 / a - 1 / c + 2 s / (a c) - 1) / n.

    >>> one = Tally(*(np.array([each]) for each in (1000, 200, 100, 40)))
    >>> [float(part[0].round(3)) for part in lift_interval(one)]
    [2.0, 1.599, 2.501]
    """
    n, left, right, both = (np.asarray(part, dtype=np.float64) for part in vars(counts).values())
    known = [np.where((n > 0) & (part > 0), part, np.nan) for part in (both, left, right)]
    s, a, c = (part / np.where(n > 0, n, np.nan) for part in known)
    lift = s / (a * c)
    spread = np.sqrt(np.maximum(1.0 / s - 1.0 / a - 1.0 / c + 2.0 * lift - 1.0, 0.0) / n)
    reach = np.exp(float(ndtri((1.0 + level) / 2.0)) * spread)
    return lift, lift / reach, lift * reach


def stands(counts: Tally, parts: tuple[Floats, Floats]) -> Flags:
    """Whether rules stand in the period they were not mined on.

    As many by chance alone have a chance of 2.5% at most (Fisher's exact test, one-sided: the interval of lift is too
    narrow where few take the consequent), and who holds both of two products takes it more often than who holds either.

    Parameters
    ----------
    counts : Tally
        Of the next period, arrays of shape (rules,).
    parts : pair of arrays of shape (rules,)
        Confidence there of the rule's first and second product alone; NaN where the rule has one product.

    >>> one = Tally(*(np.array([each, each]) for each in (1000, 200, 100, 40)))
    >>> stands(one, (np.array([0.1, 0.3]), np.array([0.1, 0.1]))).tolist()
    [True, False]
    """
    surely = as_many(counts.both, counts.left, counts.right, counts.n) <= _CHANCE
    left = counts.left.astype(np.float64)
    own = np.divide(counts.both, left, out=np.zeros(left.shape), where=left > 0)
    better = np.all([np.isnan(part) | (own > part) for part in parts], axis=0)
    found: Flags = surely & better
    return found
