"""Fitting the sum of tables within a stated work: what that allows, rows as codes, both stages of the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from telcli.methods.churn_bins import cuts, encode, sizes_of
from telcli.methods.churn_terms import ChurnTerms
from telcli.methods.pair_terms import PairTerms, fit_pairs, groups_of, pair_sum
from telcli.methods.smooth_terms import SmoothTerms, fit_smooth, table_sum

__all__ = ["Fitted", "Grid", "Plan", "fit_terms", "planned"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
Codes = NDArray[np.uint8]
Labels = NDArray[np.int64]


class Plan(NamedTuple):
    """Steps of a number's table, columns and pairs at most, seconds of one processor, and whether a line is tried."""

    bins: int
    columns: int
    pairs: int
    seconds: float
    line: bool = True


class Fitted(NamedTuple):
    """Tables of one column, and those of two on top."""

    smooth: SmoothTerms
    pairs: PairTerms | None


_WAYS = ((64, 60), (48, 60), (32, 60), (24, 60), (24, 30), (16, 30), (16, 0), (8, 0), (4, 0))
_LINE_ROWS = 40_000
"""Of more rows a line is no candidate: tables find lines by themselves."""
_MOST_CODES, _ONE_PART_ROWS, _STANDS_OUT = 2_000, 40_000, 2.0
"""Values of all tables, whose curvature is a square of it solved at every step; rows above which one part checks."""


def planned(rows: int, columns: int, seconds: float) -> Plan:
    """The finest tables that the rows and the seconds allow: first pairs go, then steps, last columns that tell least.

    A number has no more steps than half as many again as the root of the rows: of few rows more would tell nothing. A
    line may take half of the seconds.

    Seconds are reckoned by what a step took on one processor of the 2020s, per row, column and value of a table, never
    by the clock, so that the same rows always give the same model.

    >>> planned(200, 19, 120.0)[:3], planned(1_000_000, 60, 60.0)[:3], planned(300_000, 60, 1.0)[:3]
    ((21, 19, 60), (24, 60, 60), (4, 45, 0))
    """
    room, by_line = max(int(1.5 * rows**0.5), 4), _line_seconds(rows, columns)
    line = rows <= _LINE_ROWS and by_line <= seconds / 2
    spent = by_line if line else 0.0
    for way, pairs in _WAYS:
        bins = min(way, room)
        found = Plan(bins, columns, pairs, spent + _seconds(rows, columns, bins, pairs), line)
        if columns * (bins + 2) <= _MOST_CODES and found.seconds <= seconds:
            return found
    kept = min(columns, _MOST_CODES // 6)
    while kept > 1 and spent + _seconds(rows, kept, 4, 0) > seconds:
        kept = kept * 3 // 4
    return Plan(4, kept, 0, spent + _seconds(rows, kept, 4, 0), line)


def _line_seconds(rows: int, columns: int) -> float:
    """All fits of the regression: of numbers that bend where they are few, of as many cells as it reads at most.

    Newton's steps take the square of the width, beyond 400 columns others serve.
    """
    width = columns * (4 if columns <= 200 else 1)
    return 4.0 * min(rows * width, 3e7) * min(width, 400) * 9e-10


def _seconds(rows: int, columns: int, bins: int, pairs: int) -> float:
    """All fits of one model: on each inner part, and on every row; of many rows one part, and a start from its fit."""
    part, values = min(rows, 10_000), columns * (bins + 2)
    look = columns**2 * 1.4e-9
    smooth = 3 * part * look / 2 + 6 * values**3 * 2e-11 + 6 * rows * columns * 6e-9
    on_top = 2 * rows * look + 9 * rows * pairs * 1.7e-8 if pairs else 0.0
    return (1.5 if rows > _ONE_PART_ROWS else 4.0) * (smooth + on_top)


@dataclass(frozen=True)
class Grid:
    """Training rows as codes: what the tables are fitted to."""

    columns: NDArray[np.intp]
    edges: list[Matrix]
    categorical: tuple[int, ...]
    codes: Codes
    sizes: NDArray[np.intp]
    groups: Sequence[NDArray[np.intp]]

    @classmethod
    def of(cls, X: Matrix, categorical: Sequence[int], bins: int, edges: list[Matrix] | None = None) -> Grid:
        """Cut rows x columns, where they are given at `edges`."""
        edges = cuts(X, categorical, bins) if edges is None else edges
        codes, sizes = encode(X, edges, categorical), sizes_of(edges)
        return cls(np.arange(X.shape[1]), edges, tuple(categorical), codes, sizes, groups_of(codes, sizes, categorical))

    def strongest(self, y: Labels, rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
        """Places of the columns that tell most alone about the labels `y` of some rows, in order.

        Where not all may be had, none that stands out less than the strongest of nothing but chance would.
        """
        places = np.arange(self.columns.size)
        if most >= places.size:
            return places
        told = [_told(self.codes[rows, j], int(size), y) for j, size in enumerate(self.sizes)]
        found = np.argsort(-np.array(told), kind="stable")
        return np.sort(found[: max(1, min(most, int((np.array(told) > _STANDS_OUT).sum())))])

    def part(self, rows: NDArray[np.intp], places: NDArray[np.intp]) -> Grid:
        """The same of some rows and some columns."""
        codes = np.empty((rows.size, places.size), dtype=np.uint8, order="F")
        for j, place in enumerate(places):
            codes[:, j] = self.codes[rows, place]
        kinds = tuple(np.flatnonzero(np.isin(places, list(self.categorical))).tolist())
        edges, groups = [self.edges[j] for j in places], [self.groups[j] for j in places]
        return Grid(self.columns[places], edges, kinds, codes, self.sizes[places], groups)

    def score(self, fitted: Fitted, *, pairs: bool) -> Floats:
        """Log-odds of the rows, with the tables of pairs or without."""
        alone = table_sum(self.codes, fitted.smooth.tables, fitted.smooth.intercept)
        return pair_sum(self.codes, self.groups, fitted.pairs, alone) if pairs and fitted.pairs else alone

    def terms(self, fitted: Fitted, y: Labels, alone: float = 1.0, together: float = 1.0) -> ChurnTerms:
        """The fitted tables by themselves, those of one column times `alone`, those of pairs times `together`.

        What stayers look like is taken from the rows.
        """
        stayers = self.part(np.flatnonzero(y == 0), np.arange(self.columns.size)).codes
        shares = [np.bincount(c, minlength=n) / len(stayers) for c, n in zip(stayers.T, self.sizes, strict=True)]
        found = fitted.pairs or PairTerms([], [], [])
        spread = []
        for (j, k), table in zip(found.pairs, found.tables, strict=True):
            cells = self.groups[j][stayers[:, j]] * table.shape[1] + self.groups[k][stayers[:, k]]
            spread.append((np.bincount(cells, minlength=table.size) / len(stayers)).reshape(table.shape))
        return ChurnTerms(
            columns=self.columns,
            edges=self.edges,
            categorical=self.categorical,
            level=alone * fitted.smooth.intercept,
            tables=[alone * table for table in fitted.smooth.tables],
            groups=list(self.groups),
            pairs=found.pairs,
            pair_tables=[together * table for table in found.tables],
            shares=shares,
            pair_shares=spread,
        )


def fit_terms(grid: Grid, y: Labels, plan: Plan, *, pairs: bool = True, start: Fitted | None = None) -> Fitted:
    """Fit single tables, then pairs on top; `start`, fitted to nearly the same rows, saves most of the rounds."""
    left = y.astype(np.float64)
    smooth = fit_smooth(grid.codes, grid.sizes, grid.categorical, left, start.smooth if start else None)
    if not pairs or not plan.pairs:
        return Fitted(smooth, None)
    alone = table_sum(grid.codes, smooth.tables, smooth.intercept)
    known = start.pairs if start else None
    found = fit_pairs(grid.codes, grid.sizes, grid.categorical, left, alone, grid.groups, most=plan.pairs, start=known)
    return Fitted(smooth, found)


def _told(codes: NDArray[np.uint8], size: int, y: Labels) -> float:
    """How far churn by code stands out of chance: the score test of a table against one rate."""
    rows, left, rate = np.bincount(codes, minlength=size), np.bincount(codes, y, size), float(y.mean())
    held = rows > 0
    excess = np.square(left - rows * rate)[held] / (rows[held] * rate * (1 - rate))
    free = max(int(held.sum()) - 1, 1)
    return (float(excess.sum()) - free) / float(np.sqrt(2 * free))
