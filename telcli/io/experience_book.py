"""A sheet of past experience as rows of text: the first sheet of a workbook that has its columns, or a CSV."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from telcli.errors import DataError
from telcli.io.cells import as_text
from telcli.io.csv_extract import read_csv
from telcli.io.kinds import WORKBOOKS, kind_of
from telcli.io.workbook import sheets
from telcli.tables.checks import LINE
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
    scratch.mkdir(parents=True, exist_ok=True)
    raw = read_csv(path, scratch, beside=True).frame.collect(engine="streaming")
    header = [column for column in raw.columns if column != LINE]
    places = _places(header)
    if any(column not in places for column in _NEEDED):
        return None
    return _frame(raw[LINE].to_list(), {column: raw[header[at]].to_list() for column, at in places.items()})


def _of_book(path: Path, kind: str, scratch: Path) -> pl.DataFrame | None:
    for sheet in sheets(path, kind, scratch):
        if sheet.hidden:
            continue
        for number, row in enumerate(islice(sheet.rows, _HEADER_WITHIN), start=1):
            places = _places([str(cell or "") for cell in row[:_WIDEST]])
            if all(column in places for column in _NEEDED) and len(places) > 1:
                return _below(islice(sheet.rows, _MOST_ROWS + 1), number + 1, places)
    return None


def _below(rows: islice[list[Any]], first: int, places: dict[str, int]) -> pl.DataFrame:
    lines: list[int] = []
    cells: dict[str, list[Any]] = {column: [] for column in places}
    for number, row in enumerate(rows, start=first):
        values = [row[at] if at < len(row) else None for at in places.values()]
        if all(value is None or value == "" for value in values):
            continue
        lines.append(number)
        for column, value in zip(places, values, strict=True):
            cells[column].append(value)
    return _frame(lines, {column: as_text(values).to_list() for column, values in cells.items()})


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands; of two that are called alike the first."""
    found: dict[str, int] = {}
    for at, written in enumerate(header):
        column = column_of(written)
        if column:
            found.setdefault(column, at)
    return found


def _frame(lines: list[int], cells: dict[str, list[str | None]]) -> pl.DataFrame:
    blank: list[str | None] = [None] * len(lines)
    told = {column: cells.get(column, blank) for column in HEADERS}
    return pl.DataFrame({"file": [""] * len(lines), "line": lines, **told}, schema=_SCHEMA)
