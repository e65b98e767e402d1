"""The report as a workbook: headline figures and findings, a sheet per section, typed cells, charts of its own.

Charts are those of the spreadsheet, over the cells beside them. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from telcli.report.blocks import Cell, Section, Table
from telcli.report.model import Report
from telcli.report.outline import all_tables
from telcli.report.page import cards, findings

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["as_book"]

_FORMATS = {
    "count": "#,##0",
    "customers": "#,##0",
    "money": "#,##0.00",
    "count_exact": "#,##0",
    "money_exact": "#,##0.00",
    "percent": "0.0%",
    "points": "+0.00%;-0.00%",
    "decimal": "0.00",
    "times": '0.00"x"',
}
_WIDEST, _NARROWEST = 60, 9
_MADE = datetime(2000, 1, 1)
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_NAME = 31
_CHARTED = {"base": ("line", (1, 2)), "arrears": ("bar", (2,)), "segments": ("bar", (1,))}
"""Of some sections the kind of chart over the columns of its first table; the first column names the points."""


def as_book(report: Report, parts: Sequence[Section]) -> bytes:
    """Write the report as an xlsx file; `parts` are its sections.

    >>> as_book(Report("2024-06", "en", "CNY", {}), [])[:2]
    b'PK'
    """
    from xlsxwriter import Workbook

    place = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(place, options) as book:
        book.set_properties({"created": _MADE, "title": f"{report.word('page.title')} {report.month}"})
        book.set_custom_property("content_hash", report.content_hash or "-", "text")
        writer = _Writer(book)
        writer.summary(report)
        for section in parts:
            writer.section(section)
    return place.getvalue()


class _Writer:
    """Puts sections on sheets with the same formats."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        self.names: set[str] = set()

    def summary(self, report: Report) -> None:
        """Headline figures and findings."""
        sheet = self._sheet(report.word("section.findings"))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 2, 22)
        sheet.set_column(3, 3, 80)
        sheet.write_string(0, 0, f"{report.word('page.title')} {report.period_name}", self.title)
        for at, said in enumerate(report.incomplete(), 1):
            sheet.write_string(at, 0, said, self.bold)
        at = 2 + len(report.incomplete())
        for card in cards(report):
            change = report.word("bridge.and").join(part for part in (card.change, card.year) if part)
            for place, text in enumerate((card.label, card.value, change, card.note)):
                sheet.write_string(at, place, text)
            at += 1
        at += 1
        sheet.write_string(at, 0, report.word("section.findings"), self.bold)
        for found in findings(report):
            at += 1
            texts = (found.title, found.amount, found.basis, " ".join((found.detail, found.action, found.sure)).strip())
            for place, text in enumerate(texts):
                sheet.write_string(at, place, text, self.wrapped)
            sheet.write_string(at, 4, found.command)
        if report.content_hash:
            sheet.write_string(at + 2, 0, report.word("col.content_hash"), self.bold)
            sheet.write_string(at + 2, 1, report.content_hash)

    def section(self, section: Section) -> None:
        """A sheet of a section: its sentences, tables one under the other, and its chart beside the first."""
        tables = all_tables(section)
        if not tables and not section.told and not section.notes:
            return
        sheet = self._sheet(section.title)
        sheet.write_string(0, 0, section.title, self.title)
        at = 1
        for said in (*([section.as_of] if section.as_of else []), *section.told, *section.notes):
            sheet.write_string(at, 0, said)
            at += 1
        widths: list[float] = []
        for place, table in enumerate(tables):
            first = at + 1
            at = self._table(sheet, table, first, widths) + 1
            if place == 0:
                self._freeze(sheet, section, table, first)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)

    def _freeze(self, sheet: Worksheet, section: Section, table: Table, first: int) -> None:
        """Keep the head of the first table in sight where little stands above it, and draw its chart."""
        head = first + (1 if table.title else 0)
        if head < 8:
            sheet.freeze_panes(head + 1, 1)
        if section.name in _CHARTED and len(table.rows) > 1:
            self._chart(sheet, section.name, table, head)

    def _chart(self, sheet: Worksheet, name: str, table: Table, head: int) -> None:
        kind, columns = _CHARTED[name]
        known = [place for place in columns if place < len(table.head)]
        last = head + len(table.rows)
        for order, place in enumerate(known):
            chart = self.book.add_chart({"type": kind})
            chart.add_series(
                {
                    "name": [sheet.name, head, place],
                    "categories": [sheet.name, head + 1, 0, last, 0],
                    "values": [sheet.name, head + 1, place, last, place],
                }
            )
            chart.set_legend({"none": True})
            chart.set_title({"name": table.head[place].text, "name_font": {"size": 11}})
            sheet.insert_chart(head, len(table.head) + 1, chart, {"y_offset": order * 300})

    def _table(self, sheet: Worksheet, table: Table, at: int, widths: list[float]) -> int:
        """Write a table and tell the row after it; `widths` grow."""
        if table.title:
            sheet.write_string(at, 0, table.title, self.bold)
            at += 1
        for line, row in enumerate((table.head, *table.rows)):
            for place, cell in enumerate(row):
                self._cell(sheet, at + line, place, cell, self.head if line == 0 else None)
                _widen(widths, place, cell.text)
        return at + len(table.rows) + 1

    def _cell(self, sheet: Worksheet, line: int, place: int, cell: Cell, form: Format | None) -> None:
        if form is None and cell.value is not None:
            sheet.write_number(line, place, cell.value, self.formats.get(cell.kind))
        else:
            sheet.write_string(line, place, cell.text, form)

    def _sheet(self, title: str) -> Worksheet:
        """A new sheet under a name that a workbook may hold once."""
        name = base = _FORBIDDEN.sub(" ", title)[:_NAME]
        more = 2
        while name.lower() in self.names:
            name, more = f"{base[: _NAME - 3]} {more}", more + 1
        self.names.add(name.lower())
        return self.book.add_worksheet(name)


def _widen(widths: list[float], place: int, text: str) -> None:
    """Let a column be as wide as a text, within reason; letters of Han take two."""
    size = sum(1 if letter.isascii() else 2 for letter in text) + 1
    if place == len(widths):
        widths.append(_NARROWEST)
    widths[place] = float(min(max(widths[place], size), _WIDEST))
