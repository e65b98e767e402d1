"""Columns under each other, as wide as their longest word, whatever the width of the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telcli.cli._help import wide

__all__ = ["aligned"]


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int], indent: int = 4) -> Iterator[str]:
    """Lines of rows of cells; those of columns `right` stand to the right.

    >>> list(aligned([["7", "a.csv"], ["12", "b"]], [0], indent=0))
    [' 7  a.csv', '12  b']
    """
    sizes = [max(map(wide, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        words = []
        for at, (size, cell) in enumerate(zip(sizes, row, strict=True)):
            gap = " " * (size - wide(cell))
            words.append(gap + cell if at in right else cell + gap)
        yield (" " * indent + "  ".join(words)).rstrip()
