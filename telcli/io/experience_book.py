"""A sheet of past experience as rows of text: the first sheet of a workbook that has its columns, or a CSV."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import polars as pl

from telcli.errors import DataError
from telcli.io.given_file import refuse_book
from telcli.io.headed_rows import Cells, below, places, text_below
from telcli.io.kinds import WORKBOOKS, kind_of
from telcli.io.workbook import sheets
from telcli.tables.experience_sheet import HEADERS, column_of
from telcli.tables.opened import Opened

__all__ = ["read"]

_NEEDED = ("offer_id",)
_HEADER_WITHIN, _WIDEST, _MOST_ROWS = 20, 100, 100_000
_SCHEMA: dict[str, pl.DataType] = {"file": pl.String(), "line": pl.Int64(), **dict.fromkeys(HEADERS, pl.String())}


def read(name: str, path: Path, scratch: Path) -> Opened:
    """Read one file: `file`, `line`, then the columns of `tables.experience_sheet`, all text, absent ones null.

    Raises
    ------
    DataError
        It is no sheet of experience, has more rows than 100,000, or cannot be read.
    """
    refuse_book(path)
    kind = kind_of(path)
    found = _of_book(path, kind, scratch) if kind in WORKBOOKS else _of_text(path, scratch)
    if found is None:
        raise DataError(
            "experience-no-sheet",
            "{file} is no sheet of experience: no row has the header {needed}.",
            hint="Headers, in English or Chinese: {known}.",
            file=name,
            needed=" / ".join(HEADERS["offer_id"][:2]),
            known=", ".join("/".join(names[:2]) for names in HEADERS.values()),
        )
    if found.height > _MOST_ROWS:
        raise DataError("experience-rows", "{file} has more than {most} rows.", file=name, most=_MOST_ROWS)
    return Opened(name, found.with_columns(file=pl.lit(name)).select(list(_SCHEMA)))


def _of_text(path: Path, scratch: Path) -> pl.DataFrame | None:
    lines, cells = text_below(path, scratch, column_of)
    return None if any(column not in cells for column in _NEEDED) else _frame(lines, cells)


def _of_book(path: Path, kind: str, scratch: Path) -> pl.DataFrame | None:
    for sheet in sheets(path, kind, scratch):
        if sheet.hidden:
            continue
        for number, row in enumerate(islice(sheet.rows, _HEADER_WITHIN), start=1):
            where = places([str(cell or "") for cell in row[:_WIDEST]], column_of)
            if all(column in where for column in _NEEDED) and len(where) > 1:
                return _frame(*below(islice(sheet.rows, _MOST_ROWS + 1), number + 1, where))
    return None


def _frame(lines: list[int], cells: Cells) -> pl.DataFrame:
    blank: list[str | None] = [None] * len(lines)
    told = {column: cells.get(column, blank) for column in HEADERS}
    return pl.DataFrame({"file": [""] * len(lines), "line": lines, **told}, schema=_SCHEMA)
