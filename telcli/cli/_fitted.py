"""Columns under each other that never leave the terminal: where they are too wide, the widest text is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telcli.cli._help import wide

__all__ = ["cut", "fitted", "room_for"]

_BETWEEN, _LEAST = 2, 6


def fitted(
    rows: Sequence[Sequence[str]], right: Sequence[int], width: int, indent: int = 2, whole: Sequence[int] = ()
) -> Iterator[str]:
    """Lines of rows of cells; those of columns `right` stand to the right, a row of one cell runs over all columns.

    Columns `right` and `whole` are never cut.

    >>> list(fitted([["a", "long words here", "1"], ["bb", "c", "22"], ["all of it"]], [2], 20, indent=0))
    ['a   long words …   1', 'bb  c             22', 'all of it']
    """
    room = width - indent
    full = [row for row in rows if len(row) > 1]
    empty = {at for at in range(len(full[0]) if full else 0) if not any(row[at] for row in full)}
    sizes = [max(map(wide, cells)) for cells in zip(*full, strict=True)]
    kept = [at for at in range(len(sizes)) if at not in empty]
    while kept and sum(sizes[at] for at in kept) + _BETWEEN * (len(kept) - 1) > room:
        widest = max((at for at in kept if at not in (*right, *whole)), key=lambda at: sizes[at], default=kept[0])
        if sizes[widest] <= _LEAST:
            break
        sizes[widest] -= 1
    for row in rows:
        if len(row) == 1:
            yield " " * indent + cut(row[0], room)
            continue
        words = []
        for at in kept:
            cell = cut(row[at], sizes[at])
            gap = " " * (sizes[at] - wide(cell))
            words.append(gap + cell if at in right else cell + gap)
        yield (" " * indent + (" " * _BETWEEN).join(words)).rstrip()


def room_for(rows: Sequence[Sequence[str]], indent: int = 2) -> int:
    """Columns of the terminal that rows of as many cells each take uncut.

    >>> room_for([["a", "12"], ["bbb", "1"]])
    9
    """
    sizes = [max(map(wide, cells)) for cells in zip(*rows, strict=True)]
    return indent + sum(sizes) + _BETWEEN * (len(sizes) - 1)


def cut(text: str, width: int) -> str:
    """The beginning of a text that takes no more than `width` columns.

    >>> cut("one two", 4), cut("one", 4), cut("按客群", 5)
    ('one…', 'one', '按客…')
    """
    if wide(text) <= width:
        return text
    kept = ""
    for letter in text:
        if wide(kept + letter) > width - 1:
            break
        kept += letter
    return kept + "…"
