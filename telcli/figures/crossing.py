"""Cross tables of counts: which cells to hide so that no sum shown beside them gives a hidden one away."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from telcli.figures.base import hidden

__all__ = ["bridges", "hidden_cells", "tellable"]

Cell = tuple[int, int]
Mask = list[list[bool]]
Ways = dict[int, list[tuple[int, Cell]]]
_VAST = 5_000_000


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
    """A table whose sums are shown but for those of `down` rows and `along` columns; hidden sums are cells as well.

    Rows are nodes from 0, columns from height + 1 on, and a cell is the edge between its two: sums tell a hidden cell
    where no other way of hidden cells leads from its row to its column.
    """

    def __init__(
        self, counts: Sequence[Sequence[int]], least: int, down: Sequence[bool], along: Sequence[bool]
    ) -> None:
        self.counts, self.least = counts, least
        self.height, self.width = len(counts), len(along)
        self.free: set[Cell] = {(r, self.width) for r, one in enumerate(down) if one}
        self.free |= {(self.height, c) for c, one in enumerate(along) if one}
        self.cells = [(r, c) for r, row in enumerate(counts) for c, count in enumerate(row) if count > 0]
        lines: list[list[Cell]] = [[] for _ in range(self.height + self.width)]
        for r, c in self.cells:
            lines[r].append((r, c))
            lines[self.height + c].append((r, c))
        self.lines = lines
        self.beside = self._beside(self.cells)
        self.told = bridges(self.beside)  # whatever is hidden

    def close(self, mask: Mask) -> bool:
        """Hide the cheapest closed way through each hidden cell that is on none yet; False where none is added."""
        added = False
        for cell in sorted(self._bare(mask) - self.told, key=lambda cell: (-self._size(cell), cell)):
            for r, c in self._way(cell, mask):
                mask[r][c] = added = True
        return added

    def fill(self, mask: Mask) -> bool:
        """Hide the next smallest cell of each line that has too few people hidden."""
        added = False
        for line in self.lines:
            if self._few(line, mask):
                rest = [cell for cell in line if not mask[cell[0]][cell[1]]]
                r, c = min(rest, key=lambda cell: (self._size(cell), cell))
                mask[r][c] = added = True
        return added

    def shown_again(self, mask: Mask, first: Mask) -> Mask:
        """The mask without cells that nothing hangs on, the largest shown first; of vast tables as it is."""
        further = [cell for cell in self.cells if mask[cell[0]][cell[1]] and not first[cell[0]][cell[1]]]
        if len(further) * len(self.cells) > _VAST:
            return mask
        bare = self._bare(mask)
        for r, c in sorted(further, key=lambda cell: (-self._size(cell), cell)):
            mask[r][c] = False
            few = self._few(self.lines[r], mask) or self._few(self.lines[self.height + c], mask)
            mask[r][c] = few or not self._bare(mask) <= bare
        return mask

    def _bare(self, mask: Mask) -> set[Cell]:
        """Hidden cells that sums tell."""
        return bridges(self._beside([cell for cell in self.cells if mask[cell[0]][cell[1]]])) - self.free

    def _beside(self, cells: Sequence[Cell]) -> Ways:
        """By node, the nodes beside it and the cells between."""
        found: Ways = {}
        for r, c in (*cells, *sorted(self.free)):
            found.setdefault(r, []).append((self.height + 1 + c, (r, c)))
            found.setdefault(self.height + 1 + c, []).append((r, (r, c)))
        return found

    def _few(self, line: Sequence[Cell], mask: Mask) -> bool:
        lost = [self._size(cell) for cell in line if mask[cell[0]][cell[1]]]
        return bool(lost) and (len(lost) == 1 or sum(lost) < self.least) and len(lost) < len(line)

    def _size(self, cell: Cell) -> int:
        return self.counts[cell[0]][cell[1]]

    def _way(self, cell: Cell, mask: Mask) -> tuple[Cell, ...]:
        """Cells to hide for the cheapest way from a cell's row to its column without it; none where one is hidden."""
        goal = self.height + 1 + cell[1]
        heap: list[tuple[int, int, tuple[Cell, ...]]] = [(0, cell[0], ())]
        seen: set[int] = set()
        while heap:
            cost, node, added = heapq.heappop(heap)
            if node == goal:
                return added
            if node in seen:
                continue
            seen.add(node)
            for other, edge in self.beside[node]:
                if edge == cell or other in seen:
                    continue
                if edge in self.free or mask[edge[0]][edge[1]]:
                    heapq.heappush(heap, (cost, other, added))
                else:
                    heapq.heappush(heap, (cost + self._size(edge) + self.least, other, (*added, edge)))
        return ()


def bridges(beside: Ways) -> set[Cell]:
    """Edges that are on no closed way, of a graph given by node: the nodes beside it and the edges between.

    References
    ----------
    Tarjan (1974), A note on finding the bridges of a graph. Information Processing Letters 2.

    >>> bridges({0: [(5, (0, 0))], 5: [(0, (0, 0))]})
    {(0, 0)}
    """
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    found = set()
    for root in beside:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        stack: list[tuple[int, Cell | None, Iterator[tuple[int, Cell]]]] = [(root, None, iter(beside[root]))]
        while stack:
            node, by, rest = stack[-1]
            for other, edge in rest:
                if edge == by:
                    continue
                if other in order:
                    low[node] = min(low[node], order[other])
                    continue
                order[other] = low[other] = len(order)
                stack.append((other, edge, iter(beside[other])))
                break
            else:
                stack.pop()
                if by is not None:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[node])
                    if low[node] > order[above]:
                        found.add(by)
    return found


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
