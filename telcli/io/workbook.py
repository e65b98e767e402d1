"""Workbooks of every kind as sheets of rows, in bounded memory.

calamine reads quickly but lays each sheet out as a full rectangle: one stray cell in the last column and row would ask
for terabytes. So the cells of a workbook are looked at first, and where the rectangle would be mostly empty, openpyxl
reads it row by row instead.
"""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile, ZipInfo

from telcli.errors import DataError
from telcli.io.archive import bomb, too_much
from telcli.io.limits import TEXTS
from telcli.io.workbook_size import ods_fits, xlsb_fits, xlsx_fits
from telcli.io.workbook_texts import SharedTexts, is_shared, read_shared, texts_fit
from telcli.io.workbook_trial import survives
from telcli.io.zip_file import BAD_ZIP, refuse_crowded

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["LAST_ROW", "Sheet", "sheets"]

LAST_ROW = {"xls": 65_536}
"""Rows that a sheet can have, where not 1,048,576."""

_SHEETS = {
    "xlsb": re.compile(r".*sheet.*\.bin"),
    "ods": re.compile(r"content\.xml"),
}
_BINARY = ("xls", "xlsb")
_CHUNK = 1 << 22
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, whether it is shown, its merged cells, and its rows from the first on."""

    name: str
    hidden: bool
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    rows: Iterator[list[Any]]


def sheets(path: Path, kind: str, scratch: Path) -> Iterator[Sheet]:
    """The sheets of a workbook; `kind` is what it is by its content: xlsx, xlsb, xls or ods.

    Raises
    ------
    DataError
        Damaged, protected by a password, or so sparse that it would not fit in memory.
    """
    if kind == "xls" and _encrypted(path):
        raise _locked(path)
    dense = _dense(path, kind)
    if not dense and kind != "xlsx":
        raise DataError(
            "sheet-sparse",
            "{file} has cells far outside of its tables and cannot be read as it is.",
            hint="Delete what stands far to the right or below, or save it as .xlsx.",
            file=path.name,
        )
    yield from (_by_calamine(path, kind, scratch) if dense else _by_rows(path))


def _broken(path: Path) -> DataError:
    return DataError(
        "workbook-broken",
        "{file} is damaged: it cannot be read as a workbook.",
        hint="Open it in a spreadsheet program and save it again, or copy it again.",
        file=path.name,
    )


def _locked(path: Path) -> DataError:
    return DataError(
        "workbook-password",
        "{file} is protected by a password.",
        hint="Save it without a password, and try again.",
        file=path.name,
    )


def _encrypted(path: Path) -> bool:
    """A workbook of any kind under a password is put into the container of the old kind, in a stream of this name."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _ENCRYPTED in chunk:  # names stand in one sector, which never lies across two chunks
                return True
    return False


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Whatever a library makes of bytes that are no workbook, a panic of its Rust part too, is one sentence."""
    try:
        yield
    except (DataError, MemoryError, KeyboardInterrupt, GeneratorExit):
        raise
    except OSError as error:
        if error.errno:
            raise
        raise _broken(path) from None  # calamine's own, of a part that ends too early
    except BaseException as error:
        if type(error).__name__ == "PasswordError":
            raise _locked(path) from None
        raise _broken(path) from None


def _by_calamine(path: Path, kind: str, scratch: Path) -> Iterator[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    place = path
    if path.suffix.lower() != f".{kind}":  # calamine goes by the suffix
        scratch.mkdir(parents=True, exist_ok=True)
        place = scratch / f"workbook.{kind}"
        place.unlink(missing_ok=True)
        place.symlink_to(path.resolve())
    if kind in _BINARY and not survives(place):
        raise _broken(path)
    with _refusing(path):
        book = CalamineWorkbook.from_path(place)
        about = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    for one in about:
        hidden = one.visible != SheetVisibleEnum.Visible
        yield _sheet(path, book, one.name, hidden=hidden)


def _sheet(path: Path, book: CalamineWorkbook, name: str, *, hidden: bool) -> Sheet:
    if hidden:
        return Sheet(name, True, (), iter(()))
    with _refusing(path):
        found = book.get_sheet_by_name(name)
        merged = tuple(found.merged_cell_ranges or ())
        left = found.start[1] if found.start else 0
    shifted = tuple(((top[0], top[1] - left), (end[0], end[1] - left)) for top, end in merged)
    return Sheet(name, False, shifted, _guarded(path, found.iter_rows() if found.start else iter(())))


def _guarded(path: Path, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    with _refusing(path):
        yield from rows


def _by_rows(path: Path) -> Iterator[Sheet]:
    """Each row as long as its own last cell, so that a stray cell costs no more than its row."""
    import openpyxl

    with path.open("rb") as file, contextlib.ExitStack() as opened:  # openpyxl leaves it open where it gives up
        with _refusing(path):
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        opened.callback(book.close)
        for sheet in book.worksheets:
            hidden = sheet.sheet_state != "visible"
            with _refusing(path):
                sheet.reset_dimensions()
            yield Sheet(sheet.title, hidden, (), iter(()) if hidden else _guarded(path, _plain_rows(sheet)))


def _plain_rows(sheet: Any) -> Iterator[list[Any]]:
    for row in sheet.iter_rows():
        yield [_plain(cell) for cell in row]


def _plain(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "e":
        return None
    return float(value) if type(value) is int else value


def _dense(path: Path, kind: str) -> bool:
    """Whether every sheet fits in memory as a full rectangle; the parts of the file are read once for it."""
    if kind == "xls":
        return True  # 65,536 rows by 256 columns at most
    texts = SharedTexts()
    try:
        refuse_crowded(path)
        with ZipFile(path) as book:
            measured = [_measured(path, book, part, kind, texts) for part in book.infolist()]
            if not texts_fit(book, texts):
                raise _large(path)
    except BAD_ZIP as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise _broken(path) from error
    return all(measured)


def _measured(path: Path, book: ZipFile, part: ZipInfo, kind: str, texts: SharedTexts) -> bool:
    """Whether one part fits; read to its end, where a size or a checksum that lies is found."""
    if part.flag_bits & 1:
        raise _locked(path)
    if too_much(part.compress_size, part.file_size):
        raise bomb(path)
    fits = True
    with book.open(part) as file:
        if kind == "xlsx" and is_shared(part.filename):
            read_shared(file, texts)
        elif kind == "xlsx":
            fits = xlsx_fits(file, texts)
        elif _SHEETS[kind].fullmatch(part.filename.lower()):
            fits = {"xlsb": xlsb_fits, "ods": ods_fits}[kind](file)
        while file.read(_CHUNK):
            pass
    return fits


def _large(path: Path) -> DataError:
    return DataError(
        "sheet-texts",
        "The texts in the cells of {file} would take more than {most} MB.",
        hint="Export it as CSV.",
        file=path.name,
        most=TEXTS >> 20,
    )
