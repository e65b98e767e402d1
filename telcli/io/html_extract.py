"""Web pages and XML that systems export under the name of .xls: each table of them as a sheet of a workbook is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from telcli.errors import DataError, Notice
from telcli.io.encoding import as_utf8
from telcli.io.html_tags import tokens
from telcli.io.limits import CELLS
from telcli.io.workbook import Sheet
from telcli.io.workbook_extract import read_sheets, refuse_many
from telcli.tables.extract import Extract

__all__ = ["read_html"]

_LARGEST = 1 << 28
_WIDEST, _TALLEST = 16_384, 1_048_576
_ROW_TAKES = 4
"""Blank cells for whose memory there could be a row."""
_TABLE, _ROW, _CELL = ("table", "worksheet"), ("tr", "row"), ("td", "th", "cell")

Merged = tuple[tuple[int, int], tuple[int, int]]


def read_html(path: Path, scratch: Path) -> tuple[list[Extract], list[Notice]]:
    """Open the tables of an HTML page, or the sheets of an XML spreadsheet of 2003.

    Raises
    ------
    DataError
        Larger than 256 MB, of more cells than would fit in memory, without a table, or in no known encoding.
    """
    text = as_utf8(path, scratch)
    if text.path.stat().st_size > _LARGEST:
        raise DataError(
            "html-large",
            "{file} is a web page of more than {most} MB, which is not read.",
            hint="Export it as CSV, or save it as .xlsx.",
            file=path.name,
            most=_LARGEST >> 20,
        )
    parser = _Tables(path.name)
    for kind, word, about in tokens(text.path.read_text(encoding="utf-8-sig")):
        if kind == "open":
            parser.opened(word.rpartition(":")[2], about)
        elif kind == "close":
            parser.closed(word.rpartition(":")[2])
        else:
            parser.told(word)
    parser.end()
    found = [Sheet(one.name, False, tuple(one.merged), iter(one.rows)) for one in parser.tables]
    return read_sheets(path, "html", found, scratch)


@dataclass
class _Table:
    """One table: what it is called, its rows, and its merged cells, which leave blanks."""

    name: str
    rows: list[list[str | None]] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)


class _Tables:
    """Every table of a page, filled tag by tag."""

    def __init__(self, file: str) -> None:
        self.tables: list[_Table] = []
        self._file, self._cells, self._sheet = file, 0, False
        self._words: list[str] | None = None
        self._wide = self._tall = 1
        self._below: dict[int, int] = {}

    def opened(self, tag: str, about: dict[str, str]) -> None:
        """A tag begins."""
        if tag in (*_TABLE, *_ROW, *_CELL):
            self.end()
        if tag in _TABLE and (tag == "worksheet" or not (self.tables and self._sheet)):
            self._begin_table(tag, about)
        elif tag in _ROW and self.tables:
            self._begin_row(about)
        elif tag in _CELL and self.tables and self.tables[-1].rows:
            self._begin_cell(about)
        elif tag == "br":
            self.told(" ")

    def closed(self, tag: str) -> None:
        """A tag ends."""
        if tag in (*_CELL, *_ROW, *_TABLE):
            self.end()

    def told(self, text: str) -> None:
        """Text, which counts within a cell."""
        if self._words is not None:
            self._words.append(text)

    def _begin_table(self, tag: str, about: dict[str, str]) -> None:
        self._sheet = tag == "worksheet"
        refuse_many(self._file, len(self.tables))
        self.tables.append(_Table(about.get("ss:name") or f"table{len(self.tables) + 1}"))
        self._below = {}

    def _begin_row(self, about: dict[str, str]) -> None:
        rows = self.tables[-1].rows
        skipped = max(min(_number(about.get("ss:index")), _TALLEST) - len(rows) - 1, 0)
        self._below = {place: last for place, last in self._below.items() if last > len(rows) + skipped}
        self._count(_ROW_TAKES * (skipped + 1) + len(self._below))
        rows += [[] for _ in range(skipped + 1)]

    def _begin_cell(self, about: dict[str, str]) -> None:
        row = self.tables[-1].rows[-1]
        skipped = max(min(_number(about.get("ss:index")), _WIDEST) - len(row) - 1, 0)
        self._count(skipped)
        row += [None] * skipped
        self._wide = max(_number(about.get("colspan")), 1 + _number(about.get("ss:mergeacross")), 1)
        self._tall = max(_number(about.get("rowspan")), 1 + _number(about.get("ss:mergedown")), 1)
        self._words = []

    def end(self) -> None:
        """Put the cell that is open into its row."""
        if self._words is None:
            return
        table = self.tables[-1]
        row, at = table.rows[-1], len(table.rows) - 1
        first = len(row)
        while self._below.get(len(row), 0) > at:  # a cell of a row above reaches down here
            row.append(None)
        place, wide = len(row), max(min(self._wide, _WIDEST - len(row)), 1)
        self._count(place - first + wide - 1)
        row += [" ".join("".join(self._words).split()) or None, *[None] * (wide - 1)]
        if wide > 1 or self._tall > 1:
            table.merged.append(((at, place), (at + self._tall - 1, place + wide - 1)))
        if self._tall > 1:
            self._below |= dict.fromkeys(range(place, place + wide), at + self._tall)
        self._words = None

    def _count(self, cells: int) -> None:
        """A few bytes may ask for any number of blank cells; those with text are as many as there are bytes for."""
        self._cells += cells
        if self._cells > CELLS:
            raise DataError(
                "html-cells",
                "{file} is a web page of more than {most} blank cells, which is not read.",
                hint="Export it as CSV, or save it as .xlsx.",
                file=self._file,
                most=CELLS,
            )


def _number(text: str | None) -> int:
    """A whole number of a few digits, else 0.

    >>> _number("12"), _number("x"), _number(None), _number("9" * 5000)
    (12, 0, 0, 0)
    """
    return int(text) if text and len(text) < 10 and text.isdecimal() else 0
