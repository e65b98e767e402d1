"""A workbook of tasks that somebody may have written into: whether anything was, and the same book without one person.

A book is opened as it may have come back: nothing in it is run, and formulas stand as the values they had.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from telcli.io.saved_book import saved
from telcli.tables.task_sheet import CODE, GIVEN, field_of

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["blank", "without"]

_GIVEN = (*GIVEN, CODE)
_HEADER_WITHIN = 20


def blank(path: Path) -> bool:
    """Whether a workbook of tasks holds nothing but what telcli wrote: it may have been opened and saved all the same.

    What cannot be told, as of a file that is no such workbook, counts as filled in.
    """
    book = _opened(path)
    heads = [(sheet, _header(sheet)) for sheet in book.worksheets] if book else []
    if not any(head for _, head in heads):
        return False
    return not any(_written(sheet, head) for sheet, head in heads)


def without(path: Path, tasks: Collection[str], name: re.Pattern[str], month: date) -> bytes | None:
    """The workbook less the rows of these tasks, and with `***` for the name wherever else it stands.

    What others filled in stays. The bytes are those of the file where it held neither, and depend on nothing but the
    file else; None where no task is left, or nobody can tell which row is whose.
    """
    book = _opened(path)
    heads = [(sheet, _header(sheet)) for sheet in book.worksheets] if book else []
    if book is None or not any(head for _, head in heads):
        return None
    gone, left = 0, 0
    for sheet, head in heads:
        if head:
            own = _rows_of(sheet, head, tasks, name)
            gone, left = gone + len(own), left + sheet.max_row - head[0] - len(own)
            _cut(sheet, own)
    hidden = sum(_hide(sheet, name) for sheet in book.worksheets)
    if not left:
        return None
    return saved(book, month) if gone or hidden else path.read_bytes()


def _opened(path: Path) -> Workbook | None:
    """The workbook; None of what is none."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what spreadsheet programs add for themselves
            return openpyxl.load_workbook(path, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError):
        return None  # errors of the reader for whatever is no workbook; broken XML is a SyntaxError


def _header(sheet: Worksheet) -> tuple[int, dict[int, str]] | None:
    """The row of the header of tasks, and what stands in which column."""
    for line, row in enumerate(sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True), start=1):
        fields = {at: field_of(str(value)) for at, value in enumerate(row, start=1) if value is not None}
        if "task_id" in fields.values() and CODE in fields.values():
            return line, fields
    return None


def _written(sheet: Worksheet, head: tuple[int, dict[int, str]] | None) -> bool:
    """Whether a sheet holds an entry: in a column that is to be filled in or nobody knows, above, or in a comment."""
    if head and head[0] > 1:
        return True
    given = {at for at, field in head[1].items() if field in _GIVEN} if head else set()
    below = _cells(sheet, 2) if head else iter(())
    entered = any(cell.value not in (None, "") and cell.column not in given for cell in below)
    return entered or any(cell.comment for cell in _cells(sheet, 1))


def _rows_of(
    sheet: Worksheet, head: tuple[int, dict[int, str]], tasks: Collection[str], name: re.Pattern[str]
) -> list[int]:
    """The rows of these tasks, and those whose customer is called so."""
    line, fields = head
    own = set()
    for cell in _cells(sheet, line + 1):
        told, text = fields.get(cell.column), str(cell.value or "").strip()
        if (told == "task_id" and text in tasks) or (told == "customer" and name.fullmatch(text.lstrip("'"))):
            own.add(cell.row)
    return sorted(own)


def _cut(sheet: Worksheet, rows: list[int]) -> None:
    """Delete rows, the last first, and have the filter end with what is left."""
    for line in reversed(rows):
        sheet.delete_rows(line)
    if rows and sheet.auto_filter.ref:
        sheet.auto_filter.ref = re.sub(r"\d+$", str(sheet.max_row), str(sheet.auto_filter.ref))


def _hide(sheet: Worksheet, name: re.Pattern[str]) -> int:
    """Hide the name in texts, drop comments that have it; in how many cells that was."""
    count = 0
    for cell in _cells(sheet, 1):
        if isinstance(cell.value, str) and name.search(cell.value):
            cell.value, count = name.sub("***", cell.value), count + 1
        if cell.comment and name.search(cell.comment.text):
            cell.comment, count = None, count + 1
    return count


def _cells(sheet: Worksheet, first: int) -> Iterator[Any]:
    for row in sheet.iter_rows(min_row=first):
        yield from row
