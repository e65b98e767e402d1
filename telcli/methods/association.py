"""Association rules of products: who holds A takes C, told of one snapshot or in time order.

A rule's four counts are the customers it could be true of (n), those of them who hold A (left), who have or take C
(right), and both. In time order n are those who do not hold C at the beginning, and right those who hold it by the end.

References
----------
R. Agrawal, T. Imielinski and A. Swami (1993), "Mining association rules between sets of items in large databases".
S. Brin, R. Motwani, J. Ullman and S. Tsur (1997), "Dynamic itemset counting": conviction.
G. Piatetsky-Shapiro (1991), "Discovery, analysis and presentation of strong rules": leverage.
X. Yan, C. Zhang and S. Zhang (2009), "Genetic algorithm-based strategy for identifying association rules": Zhang.
G. Webb (2007), "Discovering significant patterns", Machine Learning 68: productive rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

__all__ = ["Measures", "Tally", "antecedents", "indicator", "measures", "tally", "together"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
_BLOCK = 20_000_000
"""Entries of antecedents that are looked at at a time: what a block of them takes in memory."""


@dataclass(frozen=True)
class Tally:
    """The counts of rules, antecedents by consequents: all of one shape, integers.

    Parameters
    ----------
    n : whom the rule could be true of.
    left : of them, who hold the antecedent.
    right : of them, who have or take the consequent.
    both : of them, who do both.
    """

    n: Whole
    left: Whole
    right: Whole
    both: Whole

    def at(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Tally:
        """The counts of some rules, as arrays of one dimension."""
        return Tally(*(part[rows, columns] for part in (self.n, self.left, self.right, self.both)))


@dataclass(frozen=True)
class Measures:
    """What is told of rules, each an array of the shape of the counts; NaN where it is not defined.

    Parameters
    ----------
    support : share of all who do both, 0..1.
    confidence : share of those who hold A that have or take C, 0..1.
    lift : confidence over the share of all that have or take C; 1 where A tells nothing.
    leverage : support less what it would be by chance, -0.25..0.25.
    conviction : how many times as often the rule would be wrong by chance; infinite where it never is.
    zhang : leverage over the most it could be, -1..1.
    """

    support: Floats
    confidence: Floats
    lift: Floats
    leverage: Floats
    conviction: Floats
    zhang: Floats


def measures(counts: Tally) -> Measures:
    """Support, confidence, lift, leverage, conviction and Zhang's metric of rules.

    With supports a, c and s of A, C and both: confidence s / a, lift s / (a c), leverage s - a c, conviction
    (1 - c) / (1 - confidence), Zhang's (s - a c) / max(s (1 - a), a (c - s)).

    >>> one = np.array([4]), np.array([3]), np.array([3])
    >>> found = measures(Tally(np.array([5]), *one))
    >>> [round(float(part[0]), 4) for part in (found.support, found.confidence, found.lift, found.leverage)]
    [0.6, 0.75, 1.25, 0.12]
    >>> round(float(found.conviction[0]), 4), round(float(found.zhang[0]), 4)
    (1.6, 1.0)
    """
    n = counts.n.astype(np.float64)
    left, right, both = counts.left.astype(np.float64), counts.right.astype(np.float64), counts.both.astype(np.float64)
    chance = left * right  # of what n * both is measured by; whole numbers, so that nothing is lost where they are even
    gain = n * both - chance
    most = np.maximum(both * (n - left), left * (right - both))
    wrong = left - both
    conviction = _over((n - right) * left, n * wrong)
    conviction = np.where((wrong == 0) & (left > 0) & (n > 0), np.inf, conviction)
    zhang = np.where((most == 0) & (left > 0) & (n > 0), 0.0, _over(gain, most))
    parts = (_over(both, n), _over(both, left), _over(n * both, chance), _over(gain, n * n))
    return Measures(*parts, conviction, zhang)


def indicator(rows: ArrayLike, items: ArrayLike, shape: tuple[int, int]) -> sparse.csr_array:
    """Which row has which item, as a sparse array of ones (int32); a pair told twice counts once.

    Raises
    ------
    ValueError
        A row or an item is beyond the shape.

    >>> indicator([0, 0, 1, 1], [0, 2, 2, 2], (2, 3)).toarray().tolist()
    [[1, 0, 1], [0, 0, 1]]
    """
    where = (np.asarray(rows, dtype=np.int64), np.asarray(items, dtype=np.int64))
    found = sparse.csr_array((np.ones(len(where[0]), dtype=np.int32), where), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1
    return found


def together(baskets: sparse.csr_array) -> Whole:
    """How many rows have each two items, and in the diagonal each one: array of shape (items, items).

    >>> together(indicator([0, 0, 1], [0, 1, 1], (2, 2))).tolist()
    [[1, 1], [1, 2]]
    """
    found: Whole = (baskets.T @ baskets).toarray().astype(np.int64)
    return found


def antecedents(held: sparse.csr_array, least: int, most: int) -> Whole:
    """What rules may begin with: every item that so many rows have, and the two of them that most rows have.

    Parameters
    ----------
    held : sparse array of shape (rows, items)
        Of ones; see `indicator`.
    least : int
        Rows needed, of an item as of two items.
    most : int
        How many twos there may be; of as many rows the first items come first.

    Returns
    -------
    Array of shape (antecedents, 2): the item and -1, or two items, the lower first. Ones come before twos.

    >>> antecedents(indicator([0, 0, 1, 1, 2], [0, 1, 0, 1, 2], (3, 3)), 2, 9).tolist()
    [[0, -1], [1, -1], [0, 1]]
    """
    counts = together(held)
    ones = np.flatnonzero(np.diag(counts) >= least)
    first, second = np.triu_indices(len(counts), 1)
    often = counts[first, second]
    kept = np.flatnonzero(often >= max(least, 1))
    kept = np.sort(kept[np.argsort(-often[kept], kind="stable")[:most]])
    single = np.stack([ones, np.full(len(ones), -1)], axis=1)
    return np.concatenate([single, np.stack([first[kept], second[kept]], axis=1)]).astype(np.int64)


def tally(
    held: sparse.csr_array,
    begins: Whole,
    added: sparse.csr_array | None = None,
    *,
    group: ArrayLike | None = None,
    fits: Flags | None = None,
) -> Tally:
    """Count the rules that begin with each of `begins` and end with each item.

    Memory goes with what is held, not with rows times items: a million rows of 200 items, eight a row, take some
    hundred megabytes.

    Parameters
    ----------
    held : sparse array of shape (rows, items)
        What each row has at the beginning.
    begins : array of shape (antecedents, 2)
        See `antecedents`.
    added : sparse array of shape (rows, items) or None
        What each row has by the end and had not at the beginning; without it rules are told of what is held at once.
    group : array of shape (rows,) or None
        A kind of row, 0..kinds - 1.
    fits : array of shape (items, kinds) or None
        Whether a row of that kind could have the item at all: rows that could not are none of the rule's.

    Returns
    -------
    Tally
        Arrays of shape (antecedents, items).

    >>> held, added = indicator([0, 1, 2], [0, 0, 1], (4, 2)), indicator([0, 3], [1, 1], (4, 2))
    >>> found = tally(held, np.array([[0, -1]]), added)
    >>> [part[0, 1].item() for part in (found.n, found.left, found.right, found.both)]
    [3, 2, 2, 1]
    """
    size, items = len(begins), held.shape[1]
    total = np.zeros((4, size, items), dtype=np.int64)
    for rows, fit in _kinds(held.shape[0], items, group, fits):
        now = held if rows is None else held[rows]
        then = added if rows is None or added is None else added[rows]
        for place, found in enumerate(_counted(now, begins, then)):
            total[place] += found * fit
    return Tally(*total)


def _kinds(
    rows: int, items: int, group: ArrayLike | None, fits: Flags | None
) -> Iterator[tuple[NDArray[np.intp] | None, Whole]]:
    """The rows that the same items fit, and which do; None for all rows."""
    if group is None or fits is None:
        yield None, np.ones(items, dtype=np.int64)
        return
    kinds, which = np.unique(fits, axis=1, return_inverse=True)
    of_row = which.reshape(-1)[np.asarray(group, dtype=np.int64)]
    for kind in range(kinds.shape[1]):
        own = np.flatnonzero(of_row == kind)
        if own.size and kinds[:, kind].any():
            yield (None if own.size == rows else own), kinds[:, kind].astype(np.int64)


def _counted(held: sparse.csr_array, begins: Whole, added: sparse.csr_array | None) -> tuple[Whole, ...]:
    """n, left, right and both, of rows that every item fits."""
    rows, items = held.shape
    have = np.asarray(held.sum(axis=0)).ravel().astype(np.int64)
    blocks = [
        (np.diff(block.indptr), (block @ held).toarray(), None if added is None else (block @ added).toarray())
        for block in _holding(held, begins)
    ]
    left = np.concatenate([found[0] for found in blocks] or [np.zeros(0)]).astype(np.int64)[:, None]
    inside = np.concatenate([found[1] for found in blocks] or [np.zeros((0, items))]).astype(np.int64)
    shape = (len(begins), items)
    if added is None:
        return np.full(shape, rows), np.broadcast_to(left, shape), np.broadcast_to(have, shape), inside
    took = np.concatenate([found[2] for found in blocks] or [np.zeros((0, items))]).astype(np.int64)
    right = np.asarray(added.sum(axis=0)).ravel().astype(np.int64)
    return np.broadcast_to(rows - have, shape), left - inside, np.broadcast_to(right, shape), took


def _holding(held: sparse.csr_array, begins: Whole) -> Iterator[sparse.csr_array]:
    """Which rows have each antecedent: arrays of shape (some antecedents, rows), all of them in their order."""
    columns = held.tocsc()
    mark = np.zeros(held.shape[0], dtype=bool)
    parts: list[NDArray[np.int32]] = []
    size = 0
    for first, second in begins.tolist():
        rows = columns.indices[columns.indptr[first] : columns.indptr[first + 1]]
        if second >= 0:
            mark[rows] = True
            other = columns.indices[columns.indptr[second] : columns.indptr[second + 1]]
            both = other[mark[other]]
            mark[rows] = False
            rows = both
        parts.append(rows)
        size += len(rows)
        if size >= _BLOCK:
            yield _block(parts, held.shape[0])
            parts, size = [], 0
    if parts:
        yield _block(parts, held.shape[0])


def _block(parts: list[NDArray[np.int32]], rows: int) -> sparse.csr_array:
    ends = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    ones = np.ones(int(ends[-1]), dtype=np.int32)
    return sparse.csr_array((ones, np.concatenate(parts), ends), shape=(len(parts), rows))


def _over(above: Floats, below: Floats) -> Floats:
    """The quotient; NaN where there is nothing below."""
    found: Floats = np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below != 0)
    return found
