"""Columns under each other, as wide as their longest word; on a terminal as many of them as it has room for."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence

from telcli.cli._fitted import cut
from telcli.cli._help import wide, wrap
from telcli.cli._words import comma, tr

__all__ = ["aligned"]

_BETWEEN, _LEAST = 2, 12


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int], indent: int = 4) -> Iterator[str]:
    """Lines of rows of cells; those of columns `right` stand to the right.

    Where a terminal has no room for all, long texts are cut, then the last columns are left out and named below by
    their first cells. Files and pipes get everything.

    >>> list(aligned([["7", "a.csv"], ["12", "b"]], [0], indent=0))
    [' 7  a.csv', '12  b']
    """
    sizes = [max(map(wide, cells)) for cells in zip(*rows, strict=True)]
    shown = len(sizes)
    if sys.stdout.isatty():
        width = shutil.get_terminal_size((80, 24)).columns
        sizes, shown = _squeezed(sizes, right, width - indent)
    for row in rows:
        words = []
        for at, (size, cell) in enumerate(zip(sizes[:shown], row, strict=False)):
            kept = cell if at in right else cut(cell, size)
            gap = " " * (size - wide(kept))
            words.append(gap + kept if at in right else kept + gap)
        yield (" " * indent + (" " * _BETWEEN).join(words)).rstrip()
    if shown < len(sizes):
        names = comma().join(name for name in rows[0][shown:] if name)
        told = tr("Columns that did not fit (a wider terminal or a pipe has them): {names}", names=names)
        yield from (" " * indent + line for line in wrap(told, width - indent))


def _squeezed(sizes: Sequence[int], right: Sequence[int], room: int) -> tuple[list[int], int]:
    """Sizes of columns that fit, and how many of the columns do.

    >>> _squeezed([4, 30, 6], [2], 30), _squeezed([4, 10, 6], [1, 2], 18)
    (([4, 16, 6], 3), ([4, 10, 6], 2))
    """
    kept = list(sizes)
    texts = [at for at in range(len(kept)) if at not in right]
    while _taken(kept) > room:
        widest = max(texts, key=lambda at: kept[at], default=None)
        if widest is None or kept[widest] <= _LEAST:
            return list(sizes), next((n for n in range(len(sizes), 1, -1) if _taken(sizes[:n]) <= room), 1)
        kept[widest] -= 1
    return kept, len(kept)


def _taken(sizes: Sequence[int]) -> int:
    return sum(sizes) + _BETWEEN * (len(sizes) - 1)
