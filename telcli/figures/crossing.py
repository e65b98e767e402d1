"""Cross tables of counts: which cells to hide so that no sum shown beside them gives a hidden one away."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from telcli.figures.base import hidden

__all__ = ["hidden_cells", "tellable"]

Cell = tuple[int, int]
Mask = list[list[bool]]


def hidden_cells(
    counts: Sequence[Sequence[int]],
    least: int,
    rows: Sequence[bool] = (),
    columns: Sequence[bool] = (),
    also: Sequence[Sequence[bool]] = (),
) -> Mask:
    """Tell which cells of a cross table to hide, given that the sums of its rows and columns are shown elsewhere.

    Cells of 1 to ``least - 1`` people are hidden. A hidden cell can be computed from sums unless it is on a closed way
    of hidden cells that turns from row to column and back: the way that needs the fewest and smallest further cells is
    hidden (counting each as `least` people more than it has). Nor may the hidden cells of a line have fewer than
    `least` people together: its next smallest goes too. What proves needless in the end is shown again.

    Parameters
    ----------
    counts : sequence of sequences of int
        People by row and column.
    least : int
        The smallest number that is shown.
    rows, columns : sequences of bool
        Those whose sum is hidden; all their cells are.
    also : sequence of sequences of bool
        Cells to hide for other reasons.

    References
    ----------
    Kelly, Golden, Assad (1992), Cell suppression: disclosure protection for sensitive tabular data. Networks 22.

    >>> hidden_cells([[3, 40], [50, 60]], 10)
    [[True, True], [True, True]]
    >>> hidden_cells([[1, 2, 60]], 10), hidden_cells([[50, 60, 70]], 10, also=[[True, False, False]])
    ([[True, True, True]], [[True, True, False]])
    >>> hidden_cells([[30, 40], [50, 60], [70, 80]], 10, rows=[True, False, False])
    [[True, True], [True, True], [False, False]]
    >>> hidden_cells([[3, 40, 300], [50, 60, 400], [70, 80, 900]], 10)[2]
    [False, False, False]
    """
    down, along = rows or [False] * len(counts), columns or [False] * max(map(len, counts), default=0)
    told = also or [[False] * len(row) for row in counts]
    first = [
        [0 < count < least or (count > 0 and (down[r] or along[c] or told[r][c])) for c, count in enumerate(row)]
        for r, row in enumerate(counts)
    ]
    grid = _Grid(counts, least, down, along)
    mask = [list(row) for row in first]
    while grid.close(mask) or grid.fill(mask):
        pass
    return grid.shown_again(mask, first)


class _Grid:
    """A table whose sums are shown but for those of `down` rows and `along` columns; hidden sums are cells as well."""

    def __init__(
        self, counts: Sequence[Sequence[int]], least: int, down: Sequence[bool], along: Sequence[bool]
    ) -> None:
        self.counts, self.least = counts, least
        self.height, self.width = len(counts), len(along)
        self.free: set[Cell] = {(r, self.width) for r, one in enumerate(down) if one}
        self.free |= {(self.height, c) for c, one in enumerate(along) if one}
        self.cells = [(r, c) for r, row in enumerate(counts) for c, count in enumerate(row) if count > 0]
        self.lines = [[cell for cell in self.cells if cell[0] == r] for r in range(self.height)]
        self.lines += [[cell for cell in self.cells if cell[1] == c] for c in range(self.width)]

    def close(self, mask: Mask) -> bool:
        """Hide the cheapest closed way through a hidden cell that is on none yet; False where there is none to add."""
        for r, c in sorted((cell for cell in self.cells if mask[cell[0]][cell[1]]), key=self._size, reverse=True):
            added = self._way((r, c), mask, self.cells)
            if added:
                for one, other in added:
                    mask[one][other] = True
                return True
        return False

    def fill(self, mask: Mask) -> bool:
        """Hide the next smallest cell of the first line that has too few people hidden."""
        for line in self.lines:
            rest = [cell for cell in line if not mask[cell[0]][cell[1]]]
            if self._few(line, mask) and rest:
                r, c = min(rest, key=lambda cell: (self._size(cell), cell))
                mask[r][c] = True
                return True
        return False

    def shown_again(self, mask: Mask, first: Mask) -> Mask:
        """The mask without cells that nothing hangs on, the largest shown first."""
        for r, c in sorted((cell for cell in self.cells), key=self._size, reverse=True):
            if mask[r][c] and not first[r][c]:
                faults = self._faults(mask)
                mask[r][c] = False
                mask[r][c] = not self._faults(mask) <= faults
        return mask

    def _faults(self, mask: Mask) -> set[tuple[str, int, int]]:
        """Hidden cells that sums tell, and lines with too few people hidden."""
        gone = [cell for cell in self.cells if mask[cell[0]][cell[1]]]
        told = {("cell", *cell) for cell in gone if self._way(cell, mask, gone) is None}
        return told | {("line", place, 0) for place, line in enumerate(self.lines) if self._few(line, mask)}

    def _few(self, line: Sequence[Cell], mask: Mask) -> bool:
        lost = [self._size(cell) for cell in line if mask[cell[0]][cell[1]]]
        return bool(lost) and (len(lost) == 1 or sum(lost) < self.least) and len(lost) < len(line)

    def _size(self, cell: Cell) -> int:
        return self.counts[cell[0]][cell[1]]

    def _way(self, cell: Cell, mask: Mask, usable: Sequence[Cell]) -> list[Cell] | None:
        """Cells to hide for the cheapest way from a cell's row to its column without it; None where there is no way.

        Rows are nodes from 0, columns from height + 1 on; a cell is the edge between its two.
        """
        start, goal = cell[0], self.height + 1 + cell[1]
        beside: dict[int, list[tuple[int, Cell]]] = {}
        for r, c in (*usable, *self.free):
            if (r, c) != cell:
                beside.setdefault(r, []).append((self.height + 1 + c, (r, c)))
                beside.setdefault(self.height + 1 + c, []).append((r, (r, c)))
        heap: list[tuple[int, int, tuple[Cell, ...]]] = [(0, start, ())]
        seen: set[int] = set()
        while heap:
            cost, node, added = heapq.heappop(heap)
            if node == goal:
                return list(added)
            if node in seen:
                continue
            seen.add(node)
            for other, edge in beside.get(node, ()):
                if edge in self.free or mask[edge[0]][edge[1]]:
                    heapq.heappush(heap, (cost, other, added))
                else:
                    heapq.heappush(heap, (cost + self._size(edge) + self.least, other, (*added, edge)))
        return None


def tellable(
    counts: Sequence[Sequence[int]],
    mask: Mask,
    least: int,
    parts: Sequence[Collection[Cell]],
    rows: Sequence[bool] = (),
    columns: Sequence[bool] = (),
) -> list[bool]:
    """Which sums over parts of a cross table may stand beside it, once `hidden_cells` has hidden what it must.

    A sum may not tell a hidden cell, alone or with the sums of lines and those of the parts before it; nor may what it
    adds to the cells shown be of 1 to ``least - 1`` people, or be left over as the only part that is not told.

    >>> mask = [[True, True, False], [True, True, False], [False, False, False]]
    >>> tellable([[3, 40, 300], [50, 60, 400], [70, 80, 900]], mask, 10, [[(0, 0), (0, 1)], [(0, 1), (2, 2)]])
    [True, False]
    """
    lost = [sum(counts[r][c] for r, c in part if mask[r][c]) for part in parts]
    kept = [not gone for gone in hidden(lost, least)] if any(0 < one < least for one in lost) else [True] * len(parts)
    places = {cell: at for at, cell in enumerate(_unknown(mask, rows, columns))}
    known = [[places[cell] for cell in line if cell in places] for line in _sums(mask)]
    still = _open(known, len(places))
    for at, part in enumerate(parts):
        wanted = [places[cell] for cell in part if cell in places]
        if kept[at] and wanted:
            kept[at] = _open([*known, wanted], len(places)) == still
            known += [wanted] if kept[at] else []
    return kept


def _unknown(mask: Mask, rows: Sequence[bool], columns: Sequence[bool]) -> Iterator[Cell]:
    """Hidden cells, then hidden sums."""
    yield from ((r, c) for r, row in enumerate(mask) for c, one in enumerate(row) if one)
    yield from ((r, -1) for r, one in enumerate(rows) if one)
    yield from ((-1, c) for c, one in enumerate(columns) if one)


def _sums(mask: Mask) -> Iterator[list[Cell]]:
    """Lines of which the sum, or what is left once hidden sums are taken off, is known."""
    height, width = len(mask), max(map(len, mask), default=0)
    yield from ([(r, c) for c in range(-1, width)] for r in range(height))
    yield from ([(r, c) for r in range(-1, height)] for c in range(width))
    yield [(r, -1) for r in range(height)]
    yield [(-1, c) for c in range(width)]


def _open(lines: Sequence[Sequence[int]], size: int) -> list[bool]:
    """Which of the unknown numbers their sums leave open."""
    system = np.zeros((len(lines) + 1, size))
    for row, line in enumerate(lines):
        system[row, line] = 1.0
    _, weights, turned = np.linalg.svd(system)
    rank = int((weights > _ROUND).sum())
    return [bool(one) for one in (np.abs(turned[rank:]) > _ROUND).any(axis=0)] if size else []


_ROUND = 1e-9
