"""Tables of two columns on top of a sum of single ones: which pairs, and how much of each.

Pairs are ranked by the score test of their coarse cells against what the single tables leave (Lou, Caruana, Gehrke &
Hooker 2013, "Accurate intelligible models with pairwise interactions": the FAST screen). The strongest are fitted
one after the other, round and round, each table pulled flat and towards 0 as strongly as its own data ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from telcli.methods.churn_bins import coarser
from telcli.methods.smooth_terms import strengthened

__all__ = ["PairTerms", "fit_pairs", "groups_of", "pair_sum"]

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]
Groups = Sequence[NDArray[np.intp]]
_SCREEN_CELLS, _CELLS, _SWEEPS, _SETTLED = 6, 8, 6, 0.02
_LEAST = 3.0
"""Standard deviations by which a pair must stand out of chance to be tried."""


@dataclass(frozen=True)
class PairTerms:
    """Pairs of columns, log-odds by group of the one and of the other, and the strengths of their penalties."""

    pairs: list[tuple[int, int]]
    tables: list[Floats]
    strengths: list[Floats]


def groups_of(codes: Codes, sizes: NDArray[np.intp], categorical: Sequence[int], most: int = _CELLS) -> Groups:
    """The group of each code of each column, at most `most` of known values and one of gaps."""
    counts = (np.bincount(column, minlength=size) for column, size in zip(codes.T, sizes, strict=True))
    return [coarser(count, most, category=j in categorical) for j, count in enumerate(counts)]


def pair_sum(codes: Codes, groups: Groups, found: PairTerms, level: Floats) -> Floats:
    """`level` and the looked-up values of all pairs by row, added in their order."""
    total = level.copy()
    for (j, k), table in zip(found.pairs, found.tables, strict=True):
        total += table[groups[j][codes[:, j]], groups[k][codes[:, k]]]
    return total


def fit_pairs(
    codes: Codes,
    sizes: NDArray[np.intp],
    categorical: Sequence[int],
    y: Floats,
    score: Floats,
    groups: Groups,
    *,
    most: int = 40,
    start: PairTerms | None = None,
) -> PairTerms:
    """Find and fit at most `most` pairs on top of `score`, log-odds by row; those of `start` are only fitted again."""
    if start is not None:
        fit = _Fit(codes, categorical, y, score.copy(), groups)
        fit.add(start.pairs, start)
        fit.settle()
        return fit.found()
    fit = _Fit(codes, categorical, y, score.copy(), groups)
    screen = groups_of(codes, sizes, categorical, _SCREEN_CELLS)
    for _ in range(2):  # a second look, at what the first pairs leave: two columns alike stand in for one another
        p = expit(fit.score)
        ranked = _ranked(codes, screen, y - p, p * (1 - p), set(fit.pairs))
        fit.add(ranked[: most // 2])
        fit.settle()
    return fit.found()


def _ranked(
    codes: Codes, groups: Groups, gap: Floats, weight: Floats, known: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pairs that stand out of chance, strongest first."""
    rows = [group[column] for group, column in zip(groups, codes.T, strict=True)]
    width = [int(group.max()) + 1 for group in groups]
    found = []
    for j in range(len(rows)):
        for k in range(j + 1, len(rows)):
            if (j, k) in known:
                continue
            cells, size = rows[j] * width[k] + rows[k], width[j] * width[k]
            slope, bend = np.bincount(cells, gap, size), np.bincount(cells, weight, size)
            held = bend > 1.0
            free = max(int(held.sum()) - width[j] - width[k] + 1, 1)
            excess = (float((slope[held] ** 2 / bend[held]).sum()) - free) / np.sqrt(2 * free)
            found.append((-excess, j, k))
    return [(j, k) for excess, j, k in sorted(found) if -excess > _LEAST]


class _Fit:
    """Newton steps of one pair after another."""

    def __init__(self, codes: Codes, categorical: Sequence[int], y: Floats, score: Floats, groups: Groups) -> None:
        self.codes, self.categorical, self.y, self.score, self.groups = codes, set(categorical), y, score, groups
        self.pairs: list[tuple[int, int]] = []
        self.tables: list[Floats] = []
        self.strengths: list[Floats] = []
        self.penalties: list[tuple[Floats, Floats]] = []

    def add(self, pairs: Sequence[tuple[int, int]], start: PairTerms | None = None) -> None:
        """Take pairs in, flat or as they were."""
        for place, (j, k) in enumerate(pairs):
            width = int(self.groups[j].max()) + 1, int(self.groups[k].max()) + 1
            self.pairs.append((j, k))
            self.tables.append(start.tables[place].ravel() if start else np.zeros(width[0] * width[1]))
            self.strengths.append(start.strengths[place] if start else np.array([5.0, 1.0]))
            sides = _rough(width[0], j in self.categorical), _rough(width[1], k in self.categorical)
            rough = np.kron(sides[0], np.eye(width[1])) + np.kron(np.eye(width[0]), sides[1])
            self.penalties.append((np.eye(width[0] * width[1]), rough))
            if start:
                self.score = self.score + self.tables[-1][self._cells(place)]

    def settle(self) -> None:
        """Go round until no table moves."""
        for _ in range(_SWEEPS):
            if max((self._step(place) for place in range(len(self.pairs))), default=0.0) < _SETTLED:
                break

    def found(self) -> PairTerms:
        """What was fitted, each table as groups x groups."""
        shapes = [(int(self.groups[j].max()) + 1, -1) for j, _ in self.pairs]
        tables = [table.reshape(shape) for table, shape in zip(self.tables, shapes, strict=True)]
        return PairTerms(list(self.pairs), tables, self.strengths)

    def _cells(self, place: int) -> NDArray[np.intp]:
        j, k = self.pairs[place]
        first = self.groups[j] * (int(self.groups[k].max()) + 1)
        return first[self.codes[:, j]] + self.groups[k][self.codes[:, k]]

    def _step(self, place: int) -> float:
        cells, table = self._cells(place), self.tables[place]
        p = expit(self.score)
        slope, bend = np.bincount(cells, self.y - p, table.size), np.bincount(cells, p * (1 - p), table.size)
        penalties, strength = self.penalties[place], self.strengths[place]
        whole = strength[0] * penalties[0] + strength[1] * penalties[1]
        spread = np.linalg.inv(np.diag(bend) + whole)
        move = spread @ (slope - whole @ table)
        move /= max(1.0, float(np.abs(move).max()))  # a rare cell's first step could be huge
        self.tables[place] = table + move
        self.score = self.score + move[cells]
        inside = np.linalg.inv(whole)
        self.strengths[place] = strengthened(strength, penalties, inside, spread, self.tables[place])
        return float(np.abs(move).max())


def _rough(width: int, category: bool) -> Floats:
    """The penalty on how much neighbours differ; levels of a category have none."""
    known = width - 1
    if category or known < 2:
        return np.eye(width) * 0.5
    found = np.zeros((width, width))
    step = np.diff(np.eye(known), axis=0)
    found[:known, :known] = step.T @ step * (known / 4)
    return found
