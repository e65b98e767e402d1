"""A model that is a sum of tables of one or two columns: its scores, and exactly what each column adds to them.

The attributions are Shapley values of the game "these columns are the customer's, the others those of a customer who
stays, drawn at random" (interventional, Lundberg & Lee 2017; Janzing, Minorics & Bloebaum 2020). With no term of more
than two columns they need no sampling. A table of one column gives `f(x) - mean f`. A table of two gives its first
column `(r(a) - m + T(a, c) - s(c)) / 2` where r is T's mean over stayers' second column, s over their first, and m
over both; and its second the mirror of that. They add up to the score less stayers' mean score.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telcli.methods.churn_bins import encode

__all__ = ["ChurnTerms", "centred"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
Codes = NDArray[np.uint8]
_CHUNK = 20_000


@dataclass
class ChurnTerms:
    """Log-odds as tables: plain arrays, so a saved model is read by any version of any library.

    columns : positions of the columns used, in the order of the tables.
    edges, categorical : how those columns are cut, see `churn_bins`; `categorical` are places in `columns`.
    level : log-odds where all tables are 0.
    tables : log-odds by code, one per column.
    groups : the coarser code of each code, one array per column.
    pairs, pair_tables : places of two columns, and log-odds by group of the one and of the other.
    shares, pair_shares : how stayers are spread over the codes of a column, and over the cells of a pair.
    """

    columns: NDArray[np.intp]
    edges: list[Matrix]
    categorical: tuple[int, ...]
    level: float
    tables: list[Floats]
    groups: list[NDArray[np.intp]]
    pairs: list[tuple[int, int]]
    pair_tables: list[Floats]
    shares: list[Floats]
    pair_shares: list[Floats]

    def decision_function(self, X: Matrix) -> Floats:
        """Log-odds by row, added in one order whatever the batch."""
        found = np.empty(len(X))
        for rows, codes in self._chunks(X):
            total = np.full(len(codes), self.level)
            for j, table in enumerate(self.tables):
                total += table[codes[:, j]]
            for (j, k), table in zip(self.pairs, self.pair_tables, strict=True):
                total += table[self.groups[j][codes[:, j]], self.groups[k][codes[:, k]]]
            found[rows] = total
        return found

    def attributions(self, X: Matrix) -> Matrix:
        """What each column adds to each row's log-odds: exact Shapley values, in the shape of X."""
        alone, first, second = self._split()
        found = np.zeros(X.shape, dtype=np.float32, order="F")
        for rows, codes in self._chunks(X):
            for j, column in enumerate(self.columns):
                found[rows, column] = alone[j][codes[:, j]]
            for (j, k), one, other in zip(self.pairs, first, second, strict=True):
                cells = self.groups[j][codes[:, j]] * one.shape[1] + self.groups[k][codes[:, k]]
                found[rows, self.columns[j]] += one.ravel()[cells]
                found[rows, self.columns[k]] += other.ravel()[cells]
        return found

    def effects(self, X: Matrix) -> Matrix:
        """The mean effect of each value on stayers' log-odds, less their mean, in the shape of X."""
        curves = [self._curve(place).astype(np.float32) for place in range(len(self.tables))]
        found = np.zeros(X.shape, dtype=np.float32, order="F")
        for rows, codes in self._chunks(X):
            for j, column in enumerate(self.columns):
                found[rows, column] = curves[j][codes[:, j]]
        return found

    def interactions(self, X: Matrix) -> Iterator[tuple[tuple[int, int], Floats]]:
        """Pairs of columns of X, and what each adds to each row beyond what both do alone."""
        codes = encode(X[:, self.columns], self.edges, self.categorical)
        for (j, k), table, share in zip(self.pairs, self.pair_tables, self.pair_shares, strict=True):
            alone = centred(table, share)[3]
            places = int(self.columns[j]), int(self.columns[k])
            yield places, alone[self.groups[j][codes[:, j]], self.groups[k][codes[:, k]]]

    def _curve(self, place: int) -> Floats:
        """The mean effect of each code of a column on the log-odds of stayers, less their mean."""
        found = self.tables[place] - self.shares[place] @ self.tables[place]
        for (j, k), table, share in zip(self.pairs, self.pair_tables, self.pair_shares, strict=True):
            if place in (j, k):
                by_first, by_second, mean, _ = centred(table, share)
                found = found + ((by_first if place == j else by_second) - mean)[self.groups[place]]
        return found

    def _split(self) -> tuple[list[Matrix], list[Matrix], list[Matrix]]:
        """Attributions of all codes: of each single table, and of the pairs' first and second columns."""
        alone = [table - share @ table for table, share in zip(self.tables, self.shares, strict=True)]
        first, second = [], []
        for table, share in zip(self.pair_tables, self.pair_shares, strict=True):
            by_first, by_second, mean, _ = centred(table, share)
            first.append(((by_first[:, None] - mean + table - by_second) / 2).astype(np.float32))
            second.append(((by_second - mean + table - by_first[:, None]) / 2).astype(np.float32))
        return [table.astype(np.float32) for table in alone], first, second

    def _chunks(self, X: Matrix) -> Iterator[tuple[slice, Codes]]:
        """Few enough rows at a time that their codes stay in the processor's own memory."""
        for start in range(0, len(X), _CHUNK):
            rows = slice(start, start + _CHUNK)
            yield rows, encode(X[rows][:, self.columns], self.edges, self.categorical)


def centred(table: Floats, share: Floats) -> tuple[Floats, Floats, float, Floats]:
    """Means of a pair's table by its first and second column, over all, and what is left: the interaction alone.

    `share` is how stayers are spread over its cells; each column's mean is over the other's own spread.

    >>> by_first, by_second, mean, alone = centred(np.array([[0.0, 0], [0, 4]]), np.full((2, 2), 0.25))
    >>> by_first.tolist(), by_second.tolist(), mean, alone.tolist()
    ([0.0, 2.0], [0.0, 2.0], 1.0, [[1.0, -1.0], [-1.0, 1.0]])
    """
    by_first, by_second = table @ share.sum(axis=0), share.sum(axis=1) @ table
    mean = float((table * share).sum())
    return by_first, by_second, mean, table - by_first[:, None] - by_second + mean
