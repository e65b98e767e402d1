"""How large the rectangle around a sheet's cells is, found on a pass over its bytes: it may be mostly empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from telcli.io.limits import TEXT, TEXTS
from telcli.io.workbook_texts import SharedTexts

__all__ = ["ods_fits", "xlsb_fits", "xlsx_fits"]

_SMALL, _LARGEST = 4_000_000, 16_000_000
"""Cells of a rectangle that is always laid out in full, and of one that is where a third of them are filled."""
_CHUNK = 1 << 22
_CELL = re.compile(rb"""<(?:\w{1,20}:)?c(?=[\s>])(?=[^<>]*[^/<]>)(?:[^<>]*?\br=["']([A-Z]{1,3})(\d+))?""")
_ROW = re.compile(rb"""<(?:\w{1,20}:)?row\b(?:[^<>]*?\br=["'](\d+))?""")
_TEXT_TAG = re.compile(rb"<(?:(?:\w{1,20}:)?(?:t|v|f|c|si)\b|!)")
"""What begins a text of a cell, or hides one."""
_LAST_ROW = 1_048_576
_PLAIN = 60
"""Bytes of a cell beside its text."""
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


def xlsx_fits(file: IO[bytes], texts: SharedTexts) -> bool:
    """Whether a part of an .xlsx can be laid out in full; not where its cells have no address to tell by.

    Raises
    ------
    ValueError
        It says what cannot be: a row below the last that there is, or a text longer than a cell can hold.
    """
    box = _Box()
    columns: set[bytes] = set()
    addressed, size = True, 0
    for text, cut in _pieces(file):
        size += cut
        found = _CELL.findall(text, 0, cut)
        box.cells += len(found)
        columns.update([letters for letters, _ in found])
        numbers = {number for _, number in found}.union(_ROW.findall(text, 0, cut)) - {b""}
        rows = [int(number) for number in numbers]
        box.top, box.bottom = min([box.top, *rows]), max([box.bottom, *rows])
        addressed &= bool(rows) or box.bottom > 0 or not found
    if box.bottom > _LAST_ROW:
        raise ValueError("no row")
    texts.cells += box.cells
    texts.own += max(size - _PLAIN * box.cells, 0) if box.cells else 0
    if b"" in columns or not addressed:
        return False
    places = [_place(letters) for letters in columns]
    box.left, box.right = min(places, default=1), max(places, default=0)
    return box.fits


def _pieces(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """A part piece by piece, each with the place where its last tag begins, which is left to the next."""
    carry = b""
    while chunk := file.read(_CHUNK):
        text = carry + chunk
        cut = max(text.rfind(b"<"), 0)
        if len(text) - cut > TEXT:
            if _TEXT_TAG.match(text, cut):
                raise ValueError("no cell")
            cut = len(text)  # other parts of a workbook may hold long texts
        carry = text[cut:]
        yield text, cut
    yield carry, len(carry)


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
    row, tall, column, times, told = 0, 1, 0, 1, 0

    def started(name: str, given: dict[str, str]) -> None:
        nonlocal row, tall, column, times
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
            times = tall * wide

    def ended(name: str) -> None:
        nonlocal row
        if name.rpartition(":")[2] == "table-row":
            row += tall

    def wrote(text: str) -> None:
        nonlocal told
        told += len(text) * times

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = started, ended
    parser.CharacterDataHandler, parser.buffer_text = wrote, True
    try:
        parser.ParseFile(file)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error
    return told <= TEXTS and all(box.fits for box in boxes)
