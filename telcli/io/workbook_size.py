"""How large the rectangle around a sheet's cells is, found on a pass over its bytes: it may be mostly empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

__all__ = ["ods_fits", "xlsb_fits", "xlsx_fits"]

_SMALL, _LARGEST = 4_000_000, 16_000_000
"""Cells of a rectangle that is always laid out in full, and of one that is where a third of them are filled."""
_CHUNK = 1 << 22
_CELL = re.compile(rb"""<(?:\w+:)?c(?=[\s>])(?=[^>]*[^/]>)(?:[^>]*?\br=["']([A-Z]{1,3})\d)?""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b(?:[^>]*?\br=["'](\d+))?""")
_BINARY_ROW, _BINARY_CELLS = 0, range(2, 12)


@dataclass
class _Box:
    """The rectangle around the filled cells, and how many there are."""

    cells: int = 0
    top: int = 1 << 40
    bottom: int = -1
    left: int = 1 << 40
    right: int = -1

    def add(self, row: int, column: int, tall: int = 1, wide: int = 1) -> None:
        self.cells += tall * wide
        self.top, self.bottom = min(self.top, row), max(self.bottom, row + tall - 1)
        self.left, self.right = min(self.left, column), max(self.right, column + wide - 1)

    @property
    def fits(self) -> bool:
        size = max(self.bottom - self.top + 1, 0) * max(self.right - self.left + 1, 0)
        return size <= _SMALL or (size <= _LARGEST and size <= 3 * self.cells)


def xlsx_fits(file: IO[bytes]) -> bool:
    """Whether a sheet of an .xlsx can be laid out in full; not where its cells have no address to tell by."""
    box = _Box()
    columns: set[bytes] = set()
    addressed = True
    carry = b""
    while chunk := file.read(_CHUNK):
        text = carry + chunk
        cut = text.rfind(b"<") if len(text) < 16 * _CHUNK else len(text)
        carry = text[cut:]
        found = _CELL.findall(text, 0, cut)
        box.cells += len(found)
        columns.update(found)
        rows = [int(number) for number in _ROW.findall(text, 0, cut) if number]
        box.top, box.bottom = min([box.top, *rows]), max([box.bottom, *rows])
        addressed &= bool(rows) or box.bottom > 0 or not found
    if b"" in columns or not addressed:
        return False
    places = [_place(letters) for letters in columns]
    box.left, box.right = min(places, default=1), max(places, default=0)
    return box.fits


def _place(letters: bytes) -> int:
    """Column A is 1.

    >>> _place(b"XFD")
    16384
    """
    found = 0
    for letter in letters:
        found = 26 * found + letter - 64
    return found


def xlsb_fits(file: IO[bytes]) -> bool:
    """The same of an .xlsb: records of a type, a length and a body; cells follow the record of their row."""
    box, row = _Box(), 0
    while (kind := _varint(file, 2)) is not None:
        length = _varint(file, 4) or 0
        body = file.read(min(length, 8))
        file.read(length - len(body))
        if kind == _BINARY_ROW:
            row = int.from_bytes(body[:4], "little")
        elif kind in _BINARY_CELLS:
            box.add(row, int.from_bytes(body[:4], "little"))
    return box.fits


def _varint(file: IO[bytes], most: int) -> int | None:
    """A number in up to so many bytes of seven bits; None at the end."""
    found = 0
    for place in range(most):
        byte = file.read(1)
        if not byte:
            return None
        found |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            break
    return found


def ods_fits(file: IO[bytes]) -> bool:
    """The same of an .ods, where a cell and a row can be repeated any number of times; of each of its sheets."""
    boxes = [_Box()]
    row, tall, column = 0, 1, 0

    def started(name: str, given: dict[str, str]) -> None:
        nonlocal row, tall, column
        name = name.rpartition(":")[2]
        if name == "table":
            boxes.append(_Box())
            row, tall = 0, 1
        elif name == "table-row":
            tall, column = int(given.get("table:number-rows-repeated", "1")), 0
        elif name in ("table-cell", "covered-table-cell"):
            wide = int(given.get("table:number-columns-repeated", "1"))
            if any(attribute.endswith(":value-type") for attribute in given):
                boxes[-1].add(row, column, tall, wide)
            column += wide

    def ended(name: str) -> None:
        nonlocal row
        if name.rpartition(":")[2] == "table-row":
            row += tall

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = started, ended
    try:
        parser.ParseFile(file)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error
    return all(box.fits for box in boxes)
