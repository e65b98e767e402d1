"""A table as a workbook: typed cells, a frozen head with filters, further sheets where one is full.

Written row by row, so that a large table takes little memory, and with no time of day: same rows, same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from telcli.io.inert import inert_columns

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["SHEET_ROWS", "book_of"]

SHEET_ROWS = 1_048_575
"""Rows of one sheet beside its head."""
_LONGEST = 32_767
_WIDEST, _NARROWEST = 40, 8
_SAMPLE = 200
_FORMATS = {
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
    "month alone": "yyyy-mm",
    "share": "0.00%",
    "currency": "#,##0.00",
    "whole": "#,##0",
}
_MADE = datetime(2000, 1, 1)


def book_of(
    place: Path,
    name: str,
    pieces: Iterable[pl.DataFrame],
    units: Sequence[str],
    about: Sequence[Sequence[str]],
    *,
    sheet_rows: int = SHEET_ROWS,
    keys: int = 1,
    hidden: Collection[tuple[int, int]] = (),
    called: str = "columns",
) -> tuple[int, int]:
    """Write a workbook and tell how many rows it holds, and how many texts had to be cut.

    Parameters
    ----------
    place : Path
        The file, which is written over.
    name : str
        Of the table; sheets are called so, further ones with a number.
    pieces : iterable of polars.DataFrame
        The rows, in order, all of the same columns; at least one, for its head.
    units : sequence of str
        Of each column: ``currency``, ``0..1``, ``whole`` and ``month alone`` are formatted as such.
    about : sequence of sequences of str
        Rows of a last sheet that tells what columns mean, its own head first.
    sheet_rows : int
        Rows of one sheet.
    keys : int
        Columns that stay in sight to the left.
    hidden : collection of pairs of int
        Row and column, from 0, of cells that are not told: a star stands there.
    called : str
        The name of the last sheet.

    >>> import tempfile, polars as pl
    >>> from python_calamine import CalamineWorkbook
    >>> path = Path(tempfile.mkdtemp()) / "a.xlsx"
    >>> book_of(path, "bills", [pl.DataFrame({"a": [1.5, 2.5]})], ["currency"], [["column"]], sheet_rows=1)
    (2, 0)
    >>> CalamineWorkbook.from_path(path).sheet_names
    ['bills', 'bills 2', 'columns']
    """
    from xlsxwriter import Workbook

    options = {
        "constant_memory": True,
        "tmpdir": str(place.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    with Workbook(str(place), options) as book:
        book.set_properties({"created": _MADE})
        sheets = _Sheets(book, name, units, sheet_rows, keys, frozenset(hidden))
        for piece in pieces:
            sheets.add(inert_columns(piece))
        sheets.close()
        _about(book, about, called)
    return sheets.rows, sheets.cut


class _Sheets:
    """Sheets of one table, begun one after the other as they fill."""

    def __init__(
        self,
        book: Workbook,
        name: str,
        units: Sequence[str],
        most: int,
        keys: int,
        hidden: frozenset[tuple[int, int]],
    ) -> None:
        self.book, self.name, self.units, self.most = book, name[:24], units, most
        self.keys, self.hidden = keys, hidden
        self.star = book.add_format({"align": "right"})
        self.rows = self.sheets = self.at = self.cut = 0
        self.sheet: Worksheet | None = None
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.formats: list[Format | None] = []

    def add(self, piece: pl.DataFrame) -> None:
        """Write rows."""
        if self.sheet is None:
            self.formats = [self._format(kind, unit) for kind, unit in zip(piece.dtypes, self.units, strict=True)]
            self._begin(piece)
        for row in piece.iter_rows():
            if self.at == self.most:
                self.close()
                self._begin(piece)
            self.at += 1
            self.rows += 1
            for place, cell in enumerate(row):
                if cell is not None:
                    self._write(place, cell)
                elif (self.rows - 1, place) in self.hidden:
                    self._star(place)

    def close(self) -> None:
        """Put filters on the sheet."""
        if self.sheet is not None and self.formats:
            self.sheet.autofilter(0, 0, self.at, len(self.formats) - 1)

    def _begin(self, piece: pl.DataFrame) -> None:
        self.sheets, self.at = self.sheets + 1, 0
        self.sheet = self.book.add_worksheet(self.name if self.sheets == 1 else f"{self.name} {self.sheets}")
        self.sheet.freeze_panes(1, self.keys)
        for place, (title, width) in enumerate(zip(piece.columns, _widths(piece), strict=True)):
            self.sheet.set_column(place, place, width)
            self.sheet.write_string(0, place, title, self.head)

    def _star(self, place: int) -> None:
        assert self.sheet is not None  # noqa: S101 - begun by `add`
        self.sheet.write_string(self.at, place, "*", self.star)

    def _write(self, place: int, cell: Any) -> None:
        assert self.sheet is not None  # noqa: S101 - begun by `add`
        form = self.formats[place]
        if isinstance(cell, bool):
            self.sheet.write_boolean(self.at, place, cell)
        elif isinstance(cell, int | float):
            if math.isfinite(cell):
                self.sheet.write_number(self.at, place, cell, form)
        elif isinstance(cell, date):
            self.sheet.write_datetime(
                self.at, place, cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell, form
            )
        else:
            self.cut += len(str(cell)) > _LONGEST
            self.sheet.write_string(self.at, place, str(cell)[:_LONGEST])

    def _format(self, kind: pl.DataType, unit: str) -> Format | None:
        told = "day" if kind == pl.Date and unit not in _FORMATS else unit
        told = "moment" if isinstance(kind, pl.Datetime) else told
        told = "share" if told == "0..1" else told
        return self.book.add_format({"num_format": _FORMATS[told]}) if told in _FORMATS else None


def _widths(piece: pl.DataFrame) -> list[float]:
    """Letters across, by the title and the first rows; those of Han take two."""
    found = []
    for name in piece.columns:
        cells = [name, *(str(cell) for cell in piece[name].head(_SAMPLE) if cell is not None)]
        widest = max(sum(1 if letter.isascii() else 2 for letter in cell) for cell in cells)
        found.append(float(min(max(widest + 1, _NARROWEST), _WIDEST)))
    return found


def _about(book: Workbook, rows: Sequence[Sequence[str]], called: str) -> None:
    sheet = book.add_worksheet(called)
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 1)
    for place, width in enumerate((24, 12, 14, 70, 60)):
        sheet.set_column(place, place, width)
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell, bold if line == 0 else wrapped)
