"""The numbers that uplift learners weigh: ranks, gaps flagged, and what is particular to each offer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

__all__ = ["UpliftBasis"]

Floats = NDArray[np.float64]

_NODES = np.array([0.0, 0.01, *np.arange(0.05, 0.96, 0.05), 0.99, 1.0])
_FARTHEST = 3.0
"""Standard deviations: what few have would else weigh next to nothing against the ridge."""
_MOST_OWN, _OWN_ROWS = 320, 200
"""Columns of the offers' own at most, and rows of an offer that has any."""


class UpliftBasis(BaseEstimator):  # type: ignore[misc]
    """A matrix of numbers with gaps and an offer per row, as columns without gaps of like spread.

    A number is its rank among the rows learned from (a line between some 20 quantiles, flat outside them), centred and
    scaled, so that no unit or outlier moves it. A gap counts as the mean; where gaps were seen a column says so, one
    for all numbers that lack together. The offers with the most rows have parts of their own; others have none.

    Attributes
    ----------
    nodes_, tables_ : of each number, ascending values and what stands for them; empty where it tells nothing.
    gaps_ : numbers whose gaps have a column, with mean and spread of the gaps, a row each.
    offers_ : codes of the offers with parts of their own, ascending.
    width_ : columns that `transform` gives, gaps last.

    >>> basis = UpliftBasis().fit(np.array([[1.0], [2.0], [np.nan], [4.0]]), np.array([0, 0, 1, 1]))
    >>> basis.transform(np.array([[2.0], [np.nan]])).round(2).tolist()
    [[0.0, -0.58], [0.0, 1.73]]
    """

    def fit(self, X: Floats, offers: NDArray[np.int64]) -> UpliftBasis:
        """Learn ranks, gaps and offers from rows x columns and an offer's code per row."""
        learned = [_table(column) for column in X.T]
        self.nodes_, self.tables_ = [nodes for nodes, _ in learned], [table for _, table in learned]
        gap = np.isnan(X)
        share = gap.mean(axis=0)
        some = np.flatnonzero((share > 0) & (share < 1))
        _, first = np.unique(gap[:, some], axis=1, return_index=True)
        kept = some[np.sort(first)]
        self.gaps_ = np.column_stack([kept, share[kept], np.sqrt(share[kept] * (1.0 - share[kept]))])
        self.width_ = sum(table.size > 0 for table in self.tables_) + len(kept)
        codes, rows = np.unique(offers, return_counts=True)
        most = _MOST_OWN // (self.width_ + 1) if codes.size > 1 else 0
        large = np.argsort(-rows, kind="stable")[:most]
        self.offers_ = np.sort(codes[large[rows[large] >= _OWN_ROWS]])
        return self

    def transform(self, X: Floats) -> Floats:
        """Rows x `width_`."""
        found = np.zeros((len(X), self.width_))
        place = 0
        for column, nodes, table in zip(X.T, self.nodes_, self.tables_, strict=True):
            if table.size:
                known = ~np.isnan(column)
                found[known, place] = np.interp(column[known], nodes, table)
                place += 1
        for number, share, spread in self.gaps_:
            gap = np.isnan(X[:, int(number)])
            found[:, place] = np.clip((gap - share) / spread, -_FARTHEST, _FARTHEST)
            place += 1
        return found

    def own(self, parts: Floats, offers: NDArray[np.int64]) -> Floats:
        """Rows x (offers and offers x parts): what each offer may do differently; nothing where there is one offer."""
        here = (offers[:, None] == self.offers_).astype(np.float64)
        return np.concatenate([here, *(parts * mark[:, None] for mark in here.T)], axis=1, dtype=np.float64)


def _table(column: Floats) -> tuple[Floats, Floats]:
    """Ascending values of a number, and their ranks, centred and scaled; no ranks where all values are one."""
    known = column[~np.isnan(column)]
    nodes = np.unique(np.quantile(known, _NODES)) if known.size else np.zeros(1)
    if nodes.size < 2:
        return nodes, np.zeros(0)
    rank = np.linspace(0.0, 1.0, nodes.size)
    here = np.interp(known, nodes, rank)
    spread = float(here.std()) or 1.0
    return nodes, np.clip((rank - here.mean()) / spread, -_FARTHEST, _FARTHEST)
