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


def aligned(
    rows: Sequence[Sequence[str]], right: Sequence[int], indent: int = 4, keep: Sequence[int] = ()
) -> Iterator[str]:
    """Lines of rows of cells; those of columns `right` stand to the right.

    Where a terminal has no room for all, long texts are cut, then the last columns are left out and named below by
    their first cells. With `keep` it is the others that are left out, from the left where counts stand, and the last
    column is wrapped, not cut.
    Files and pipes get everything.

    >>> list(aligned([["7", "a.csv"], ["12", "b"]], [0], indent=0))
    [' 7  a.csv', '12  b']
    """
    sizes = [max(map(wide, cells)) for cells in zip(*rows, strict=True)]
    shown, width = list(range(len(sizes))), 0
    if sys.stdout.isatty():
        width = shutil.get_terminal_size((80, 24)).columns
        room = width - indent
        sizes, shown = _kept(sizes, keep, room) if keep else _squeezed(sizes, right, room)
    for row in rows:
        folds = bool(keep) and wide(row[-1]) > sizes[-1]
        *most, last = [row[at] if folds and at == len(row) - 1 else cut(row[at], sizes[at]) for at in shown]
        for nth, line in enumerate(wrap(last, sizes[-1]) if folds else [last]):
            cells = [*(most if nth == 0 else [""] * len(most)), line]
            words = [_placed(cell, sizes[at], at in right) for at, cell in zip(shown, cells, strict=True)]
            yield (" " * indent + (" " * _BETWEEN).join(words)).rstrip()
    if len(shown) < len(sizes):
        names = comma().join(name for at, name in enumerate(rows[0]) if name and at not in shown)
        told = tr("Columns that did not fit (a wider terminal or a pipe has them): {names}", names=names)
        yield from (" " * indent + line for line in wrap(told, width - indent))


def _placed(cell: str, size: int, to_right: bool) -> str:
    gap = " " * (size - wide(cell))
    return gap + cell if to_right else cell + gap


def _kept(sizes: Sequence[int], keep: Sequence[int], room: int) -> tuple[list[int], list[int]]:
    """Sizes of columns that fit and which they are: the first and those of `keep` stay, the last takes what is left.

    >>> _kept([10, 5, 5, 12, 30], [3, 4], 60), _kept([10, 5, 5, 12, 30], [3, 4], 45)
    (([10, 5, 5, 12, 20], [0, 1, 2, 3, 4]), ([10, 5, 5, 12, 12], [0, 2, 3, 4]))
    """
    shown = list(range(len(sizes)))
    spare = [at for at in shown if at != 0 and at not in keep]

    def left() -> int:
        return room - sum(sizes[at] + _BETWEEN for at in shown[:-1])

    while spare and left() < min(_LEAST, sizes[-1]):
        shown.remove(spare.pop(0))
    kept = [*sizes[:-1], max(min(sizes[-1], left()), 1)]
    if left() < min(_LEAST, sizes[-1]):
        kept[-1] = min(_LEAST, sizes[-1])
        kept[0] = max(1, sizes[0] - (kept[-1] - left()))
    return kept, shown


def _squeezed(sizes: Sequence[int], right: Sequence[int], room: int) -> tuple[list[int], list[int]]:
    """Sizes of columns that fit, and which of the columns do.

    >>> _squeezed([4, 30, 6], [2], 30), _squeezed([4, 10, 6], [1, 2], 18)
    (([4, 16, 6], [0, 1, 2]), ([4, 10, 6], [0, 1]))
    """
    kept = list(sizes)
    texts = [at for at in range(len(kept)) if at not in right]
    while _taken(kept) > room:
        widest = max(texts, key=lambda at: kept[at], default=None)
        if widest is None or kept[widest] <= _LEAST:
            fit = next((n for n in range(len(sizes), 1, -1) if _taken(sizes[:n]) <= room), 1)
            return list(sizes), list(range(fit))
        kept[widest] -= 1
    return kept, list(range(len(kept)))


def _taken(sizes: Sequence[int]) -> int:
    return sum(sizes) + _BETWEEN * (len(sizes) - 1)
