"""A workbook of openpyxl as bytes, put together in memory: what it would leave in the temporary folder is nobody's."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["saved"]

_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)([^<]*)(<)")


def saved(book: Workbook, month: date) -> bytes:
    """The workbook as a file that tells no time of its making but `month`.

    >>> from openpyxl import Workbook, load_workbook
    >>> book = Workbook()
    >>> book.active["A1"] = "总额"
    >>> load_workbook(io.BytesIO(saved(book, date(2024, 6, 1)))).active["A1"].value
    '总额'
    """
    book.properties.creator = "telcli"
    found = io.BytesIO()
    moment = datetime.combine(month, datetime.min.time()).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with ZipFile(io.BytesIO(_bytes(book))) as old, ZipFile(found, "w", ZIP_DEFLATED) as new:
        for part in sorted(old.infolist(), key=lambda part: (part.filename != "[Content_Types].xml", part.filename)):
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = _MOMENT.sub(rb"\g<1>" + moment + rb"\g<3>", data)
            info = ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 0, 0
            new.writestr(info, data)
    return found.getvalue()


def _bytes(book: Workbook) -> bytes:
    """As `Workbook.save` has it, which writes each sheet to a temporary file first: a kill would leave it there."""
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):  # type: ignore[misc]
        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
            sheet = io.BytesIO()
            writer = WorksheetWriter(ws, sheet)
            writer.write()
            ws._rels = writer._rels
            self._archive.writestr(ws.path[1:], sheet.getvalue())
            self.manifest.append(ws)

    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        InMemory(book, archive).save()
    return made.getvalue()
