"""How wide the columns of a sheet are and how high its rows, by what stands in them."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

__all__ = ["WIDEST", "Shape", "letters"]

WIDEST, _NARROWEST = 56, 9
_LINE = 15
"""Points of a line; programs other than Excel make no row higher by themselves."""
_WIDE = 110
"""Letters beside which a chart would make a printed page too small to read."""


class Shape:
    """Takes in cells, then sets columns as wide as their texts, within reason, and rows as high as what wraps."""

    def __init__(self, fixed: tuple[int, ...] = ()) -> None:
        self._fixed = bool(fixed)
        self._widths: dict[int, float] = dict(enumerate(map(float, fixed)))
        self._cells: list[tuple[int, int, int]] = []

    def take(self, row: int, place: int, text: str, most: int = WIDEST) -> None:
        """A cell with its text, which may make its column up to `most` letters wide."""
        size = letters(text)
        self._cells.append((row, place, size))
        if not self._fixed:
            self._widths[place] = max(self._widths.get(place, _NARROWEST), min(size + 1, most))

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self._widths)

    @property
    def wide(self) -> bool:
        """Whether nothing should stand beside them."""
        return sum(self._widths.values()) > _WIDE

    def apply(self, sheet: Worksheet) -> None:
        """Set columns and rows of a sheet."""
        for place, width in self._widths.items():
            sheet.set_column(place, place, width)
        lines: dict[int, int] = {}
        for row, place, size in self._cells:
            lines[row] = max(lines.get(row, 1), ceil(size / max(self._widths[place] - 1, 1)))
        for row, count in lines.items():
            if count > 1:
                sheet.set_row(row, count * _LINE)


def letters(text: str) -> int:
    """How many letters wide a text is; those of Han take two.

    >>> letters("abc"), letters("客户")
    (3, 4)
    """
    return sum(1 if letter.isascii() else 2 for letter in text)
