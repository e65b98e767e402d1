"""Where the table stands in a sheet: below which title rows, under which header, in which columns, above which sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from telcli.io.cells import as_text
from telcli.io.header_rows import Merged, Row, clean_name, joined, looks_like_data, split, spread

__all__ = ["HEAD", "Layout", "is_footer", "lay_out"]

HEAD = 200
"""Rows looked at to find the table."""

_HEADER_WITHIN = 50
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Layout:
    """A table in a sheet: its columns by place, their names, and the first row of data, places counted from 0.

    `headed` is False where no header was found.
    """

    places: tuple[int, ...]
    names: tuple[str, ...]
    first: int
    headed: bool = True


def lay_out(rows: Sequence[Sequence[object]], merged: Merged = ()) -> Layout | None:
    """Find the table from the first rows of a sheet; None where there is none.

    The header is the first row that fills most of the width which the rows below fill: a title above fills one cell.
    `merged` are ranges of merged cells, as ((row, column), (row, column)).

    >>> lay_out([["Bills of June", None], [None, None], ["id", "fee"], ["a1", 12.0]])
    Layout(places=(0, 1), names=('id', 'fee'), first=3, headed=True)
    """
    head = [list(as_text(row)) for row in rows[:HEAD]]
    width = _width(head)
    need = max(-(-6 * width // 10), min(width, 2))
    at = next((number for number, row in enumerate(head[:_HEADER_WITHIN]) if width and _filled(row) >= need), None)
    if at is None or (width == 1 and not _list_of_one(head[at:])):
        return None
    if looks_like_data([clean_name(cell or "") for cell in _span(head[at])]):
        places = _places(head, at, {})
        return Layout(places, ("",) * len(places), at, headed=False)
    names, first = _names(head, at, merged)
    places = _places(head, first, names)
    return Layout(places, tuple(names.get(place, "") for place in places), first)


def is_footer(row: Row) -> bool:
    """Whether the last row of a table is a remark below it: one cell filled, of several, at its left.

    >>> is_footer(["制表人：王", None, None]), is_footer(["a1", "12", None])
    (True, False)
    """
    return len(row) > 2 and _filled(row) == 1 and row[0] is not None


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row)


def _span(row: Row) -> list[str | None]:
    """A row between its first and its last value."""
    full = [place for place, cell in enumerate(row) if cell is not None]
    return list(row[full[0] : full[-1] + 1]) if full else []


def _width(head: Sequence[Row]) -> int:
    """How many cells the rows of the table fill: as many as the second fullest, since one may be a stray.

    The last row is taken as it is: a header may stand there, with nothing below it.
    """
    counts = [count for row in head if (count := _filled(row))]
    return max(sorted(counts)[-2:][0], counts[-1]) if counts else 0


def _list_of_one(rows: Sequence[Row]) -> bool:
    """A table of one column is a name and values of one word; anything else is text for people."""
    words = [cell for row in rows for cell in row if cell is not None]
    return len(words) > 1 and all(len(word) <= _LONGEST_NAME and " " not in word.strip() for word in words)


def _names(head: Sequence[Row], at: int, merged: Merged) -> tuple[dict[int, str], int]:
    """Names by place and the first row of data: of one header row, or of one with groups above it."""
    row = head[at]
    below = head[at + 1] if at + 1 < len(head) else []
    if _continues(row, below, at, merged):
        return joined(spread(row, at, merged), below), at + 2
    above = head[at - 1] if at else []
    if _filled(above) > 1 and not looks_like_data([cell or "x" for cell in _span(above)]):
        return joined(spread(above, at - 1, merged), row), at + 1
    return {place: clean_name(cell) for place, cell in enumerate(row) if cell is not None}, at + 1


def _continues(row: Row, below: Row, at: int, merged: Merged) -> bool:
    """Whether the row below a header is its second half: it names what the first leaves blank, and only words."""
    gaps = [place for place, cell in enumerate(below) if cell is not None and (place >= len(row) or row[place] is None)]
    cells = [cell for cell in below if cell is not None]
    if split(row, below) and not looks_like_data(cells):
        return True
    if not gaps or looks_like_data(cells):
        return False
    if any(top[0] == at == end[0] and top[1] < end[1] for top, end in merged):
        return True
    return not merged and any(cell is not None and below[place] is None for place, cell in enumerate(row[: len(below)]))


def _places(head: Sequence[Row], first: int, names: dict[int, str]) -> tuple[int, ...]:
    """Columns that are named, and those without a name that hold a value in a fifth of the rows at least."""
    data = [row for row in head[first:] if _filled(row)]
    held = Counter(place for row in data for place, cell in enumerate(row) if cell is not None)
    return tuple(sorted({*names, *[place for place, count in held.items() if 5 * count >= len(data)]}))
