"""A filled sheet of tasks as rows of text: a workbook, or a CSV of the same columns in UTF-8 or GB18030.

Nothing in a workbook is run, and one that holds macros is not read at all. What was noted beside a row is not kept: it
may name persons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import polars as pl

from telcli.errors import DataError, Notice
from telcli.io.given_file import refuse_book
from telcli.io.headed_rows import Cells, below, places, text_below
from telcli.io.kinds import PACKED, SUFFIXES, WORKBOOKS, kind_of
from telcli.io.task_writer import inert
from telcli.io.workbook import Sheet, sheets
from telcli.tables.file_names import file_hidden
from telcli.tables.opened import Opened
from telcli.tables.task_sheet import HEADERS, field_of

__all__ = ["COLUMNS", "read"]

COLUMNS = ("task_id", "campaign_id", "customer", "result", "contacted_on", "channel", "offer_given", "cost", "code")
"""Columns of the frame, all text; beside them `file`, `line` and `noted`."""
_NEEDED = ("task_id", "result", "contacted_on", "code")
_HEADER_WITHIN, _WIDEST = 20, 60
_SCHEMA = {**dict.fromkeys(("file", *COLUMNS), pl.String()), "line": pl.Int64(), "noted": pl.Boolean()}
_MACRO_PART = re.compile(r"(^|/)(vbaproject\.bin|macrosheets/|basic/|scripts/)", re.I)
_MACRO_NAMES = (".xlsm", ".xltm", ".xlam")
_NAMES = ("", ".xltx", *_MACRO_NAMES, *(end for kind in ("text", *WORKBOOKS, *PACKED) for end in SUFFIXES[kind]))
"""How the name of a sheet may end."""
_MACRO_STREAM = "_VBA_PROJECT".encode("utf-16-le")


def read(name: str, path: Path, scratch: Path) -> Opened:
    """Read one file: a row per row of its task sheets. A file that is refused, or left out since it is no sheet by its
    name, has no columns, and a notice says why.

    The frame has `COLUMNS`, `file` (of a workbook with several task sheets with the sheet behind), `line` (the row of
    the sheet) and `noted`, whether something was noted beside.
    """
    if path.suffix.lower() not in _NAMES:
        left_out = Notice("sheet-none-by-name", "{file} was left out: by its name it is no task sheet.", {"file": name})
        return Opened(name, pl.DataFrame(), (left_out,))
    try:
        refuse_book(path)
        kind = kind_of(path)
        _without_macros(name, path, kind)
        found = _of_text(name, path, scratch) if kind not in WORKBOOKS else _of_book(name, path, kind, scratch)
    except DataError as error:
        return Opened(name, pl.DataFrame(), (Notice(error.code, error.template, {**error.values, "file": name}),))
    frame = pl.concat(found)
    empty = Notice("sheet-empty", "{file} is a task sheet without any task.", {"file": name})
    return Opened(name, frame, () if frame.height else (empty,))


def _without_macros(name: str, path: Path, kind: str) -> None:
    if _has_macros(path, kind):
        raise DataError(
            "sheet-macros",
            "{file} holds macros and was refused: nothing in it was run or read. Ask for it saved as .xlsx.",
            file=name,
        )


def _has_macros(path: Path, kind: str) -> bool:
    """Whether a workbook can run something when it is opened in a spreadsheet program."""
    if path.suffix.lower() in _MACRO_NAMES:
        return True
    if kind == "xls":
        return _MACRO_STREAM in path.read_bytes()
    if kind not in WORKBOOKS:
        return False
    try:
        with ZipFile(path) as book:
            return any(_MACRO_PART.search(part) for part in book.namelist())
    except (BadZipFile, ValueError):
        return False  # the reader says what is wrong with it


def _of_text(name: str, path: Path, scratch: Path) -> list[pl.DataFrame]:
    lines, cells = text_below(path, scratch, field_of)
    if missing := [field for field in _NEEDED if field not in cells]:
        raise _no_tasks(name, missing)
    return [_frame(name, lines, cells)]


def _of_book(name: str, path: Path, kind: str, scratch: Path) -> list[pl.DataFrame]:
    """Every sheet that has the columns of tasks; of one alone the file's name says enough."""
    found: list[tuple[str, pl.DataFrame]] = []
    nearest: list[str] = list(_NEEDED)
    for sheet in sheets(path, kind, scratch):
        if sheet.hidden:
            continue
        frame, missing = _of_sheet(name, sheet)
        nearest = min(nearest, missing, key=len)
        if frame is not None:
            found.append((sheet.name, frame))
    if not found:
        raise _no_tasks(name, nearest)
    if len(found) == 1:
        return [found[0][1]]
    return [frame.with_columns(file=pl.lit(f"{name}#{file_hidden(sheet)}")) for sheet, frame in found]


def _of_sheet(name: str, sheet: Sheet) -> tuple[pl.DataFrame | None, list[str]]:
    """The rows below the header of tasks, and which columns the likeliest header lacks."""
    nearest: list[str] = list(_NEEDED)
    for number, row in enumerate(islice(sheet.rows, _HEADER_WITHIN), start=1):
        where = places([str(cell or "") for cell in row[:_WIDEST]], field_of)
        missing = [field for field in _NEEDED if field not in where]
        nearest = min(nearest, missing, key=len)
        if not missing:
            return _frame(name, *below(sheet.rows, number + 1, where)), []
    return None, nearest


def _frame(name: str, lines: list[int], cells: Cells) -> pl.DataFrame:
    """The columns that are kept, absent ones null, each text as it was before it was made inert."""
    blank: list[str | None] = [None] * len(lines)
    told = {field: [_bare(value) for value in cells.get(field, blank)] for field in COLUMNS}
    noted = [bool(value and value.strip()) for value in cells.get("note", blank)]
    return pl.DataFrame({"file": [name] * len(lines), **told, "line": lines, "noted": noted}, schema=_SCHEMA)


def _bare(text: str | None) -> str | None:
    """A text less spaces around it, and less the apostrophe that kept it from being a formula.

    >>> _bare(" '=1+1 "), _bare("  "), _bare("'tis")
    ('=1+1', None, "'tis")
    """
    found = (text or "").strip()
    if found.startswith("'") and inert(found[1:]) == found:
        found = found[1:]
    return found or None


def _no_tasks(name: str, missing: Sequence[str]) -> DataError:
    return DataError(
        "sheet-no-tasks",
        "{file} is no task sheet: it has no column {missing}.",
        file=name,
        missing=", ".join(" / ".join(HEADERS[field]) for field in missing),
    )
