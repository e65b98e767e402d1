"""Web pages and XML that systems export under the name of .xls: each table of them as a sheet of a workbook is read."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from telcli.errors import DataError, Notice
from telcli.io.encoding import as_utf8
from telcli.io.workbook import Sheet
from telcli.io.workbook_extract import read_sheets
from telcli.tables.extract import Extract

__all__ = ["read_html"]

_LARGEST = 1 << 28
_CHUNK = 1 << 20
_WIDEST, _TALLEST = 16_384, 1_048_576
_TABLE, _ROW, _CELL = ("table", "worksheet"), ("tr", "row"), ("td", "th", "cell")

Merged = tuple[tuple[int, int], tuple[int, int]]


def read_html(path: Path, scratch: Path) -> tuple[list[Extract], list[Notice]]:
    """Open the tables of an HTML page, or the sheets of an XML spreadsheet of 2003.

    Raises
    ------
    DataError
        Larger than 256 MB, without a table, or in no known encoding.
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
    parser = _Tables()
    with text.path.open(encoding="utf-8-sig") as file:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
    parser.close()
    found = [Sheet(name, False, tuple(merged), iter(rows)) for name, rows, merged in parser.tables]
    return read_sheets(path, "html", found, scratch)


class _Tables(HTMLParser):
    """Rows of every table, by its name; merged cells leave blanks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[str, list[list[str | None]], list[Merged]]] = []
        self._words: list[str] | None = None
        self._wide = self._tall = 1
        self._below: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag, given = tag.rpartition(":")[2], dict(attrs)
        if tag in (*_TABLE, *_ROW, *_CELL):
            self._close()
        if tag in _TABLE and (tag == "worksheet" or not (self.tables and self._sheet)):
            self._sheet = tag == "worksheet"
            self.tables.append((given.get("ss:name") or f"table{len(self.tables) + 1}", [], []))
            self._below = {}
        elif tag in _ROW and self.tables:
            rows = self.tables[-1][1]
            rows += [[] for _ in range(min(_number(given.get("ss:index")), _TALLEST) - len(rows) - 1)]
            rows.append([])
        elif tag in _CELL and self.tables and self.tables[-1][1]:
            row = self.tables[-1][1][-1]
            row += [None] * (min(_number(given.get("ss:index")), _WIDEST) - len(row) - 1)
            self._wide = max(_number(given.get("colspan")), 1 + _number(given.get("ss:mergeacross")), 1)
            self._tall = max(_number(given.get("rowspan")), 1 + _number(given.get("ss:mergedown")), 1)
            self._words = []
        elif tag == "br" and self._words is not None:
            self._words.append(" ")

    _sheet = False

    def handle_endtag(self, tag: str) -> None:
        if tag.rpartition(":")[2] in (*_CELL, *_ROW, *_TABLE):
            self._close()

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)

    def close(self) -> None:
        super().close()
        self._close()

    def _close(self) -> None:
        """Put the cell that is open into its row."""
        if self._words is None:
            return
        _, rows, merged = self.tables[-1]
        row, at = rows[-1], len(rows) - 1
        while self._below.get(len(row), 0) > at:  # a cell of a row above reaches down here
            row.append(None)
        place, wide = len(row), min(self._wide, _WIDEST - len(row))
        row += [" ".join("".join(self._words).split()) or None, *[None] * (wide - 1)]
        if wide > 1 or self._tall > 1:
            merged.append(((at, place), (at + self._tall - 1, place + wide - 1)))
            self._below |= dict.fromkeys(range(place, place + wide), at + self._tall)
        self._words = None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
