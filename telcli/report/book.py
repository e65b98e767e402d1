"""The report as a workbook: headline figures and findings, a sheet per section, typed cells, charts of its own.

Charts are those of the spreadsheet, over the cells beside them. Every sheet keeps the heading of its first table in
sight and on each printed page, filters it, and prints on A4 lying, one page wide. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from telcli.report.blocks import Cell, Section, Table
from telcli.report.book_cells import FORMATS, typed
from telcli.report.book_charts import HEIGHT, WIDTH, draw, draw_tabled
from telcli.report.book_shape import WIDEST, Shape
from telcli.report.model import Report
from telcli.report.outline import all_tables
from telcli.report.page import Card, cards, findings
from telcli.tables.units import MISSING

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart as Drawn
    from xlsxwriter.worksheet import Worksheet

__all__ = ["as_book"]

_HEADING = 15
"""Letters of a number's heading in one line."""
_MADE = datetime(2000, 1, 1)
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_NAME = 31
_A4 = 9
_ABOVE = 4
"""Sentences that stand above the first table, so that its heading may stay in sight; the others stand below."""


def as_book(report: Report, parts: Sequence[Section]) -> bytes:
    """Write the report as an xlsx file; `parts` are its sections.

    >>> as_book(Report("2024-06", "en", "CNY", {}), [])[:2]
    b'PK'
    """
    from xlsxwriter import Workbook

    place = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(place, options) as book:
        title = f"{report.word('page.title')} {report.month}"
        book.set_properties({"created": _MADE, "title": title, "comments": f"sha256 {report.content_hash}"})
        book.set_custom_property("content_hash", report.content_hash or "-", "text")
        writer = _Writer(book, report)
        writer.summary()
        for section in parts:
            writer.section(section)
    return place.getvalue()


class _Writer:
    """Puts sections on sheets with the same formats."""

    def __init__(self, book: Workbook, report: Report) -> None:
        self.book, self.report = book, report
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#EDF2F7", "text_wrap": True, "valign": "top"}
        )
        self.number_head = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#EDF2F7", "text_wrap": True, "valign": "top", "align": "right"}
        )
        self.words = [
            book.add_format({"text_wrap": True, "align": "left", "valign": "top", "indent": indent})
            for indent in (0, 1)
        ]
        self.right = book.add_format({"align": "right", "valign": "top"})
        self.formats = {kind: book.add_format({"num_format": form, "valign": "top"}) for kind, form in FORMATS.items()}
        self.month = book.add_format({"num_format": FORMATS["month"], "align": "left", "valign": "top"})
        self.names: set[str] = set()

    def summary(self) -> None:
        """Headline figures and findings."""
        report, shape = self.report, Shape((34, 18, 20, 90, 48))
        sheet = self._sheet(report.word("section.findings"))
        sheet.write_string(0, 0, f"{report.word('page.title')} {report.period_name}", self.title)
        for at, said in enumerate(report.incomplete(), 1):
            sheet.write_string(at, 0, said, self.bold)
        at = 2 + len(report.incomplete())
        for card in cards(report):
            self._card(sheet, at, card)
            at += 1
        at += 1
        sheet.write_string(at, 0, report.word("section.findings"), self.bold)
        for found in findings(report):
            at += 1
            said = " ".join((found.detail, found.action, found.sure)).strip()
            for place, text in enumerate((found.title, found.amount, found.basis, said, found.command)):
                sheet.write_string(at, place, text, self.words[min(place, 1)])
                shape.take(at, place, text)
            if found.number is not None:
                sheet.write_number(at, 1, found.number, self.formats["money"])
        if report.content_hash:
            sheet.write_string(at + 2, 0, report.word("col.content_hash"), self.bold)
            sheet.write_string(at + 2, 1, report.content_hash)
        shape.apply(sheet)
        sheet.freeze_panes(1, 0)
        self._print(sheet, 0)

    def _card(self, sheet: Worksheet, at: int, card: Card) -> None:
        sheet.write_string(at, 0, card.label)
        if card.number is None:
            sheet.write_string(at, 1, card.value)
        else:
            sheet.write_number(at, 1, card.number, self.formats.get(card.kind))
        if card.delta is not None:
            sheet.write_number(at, 2, card.delta, self.formats["points"])
        said = self.report.word("bridge.and").join(part for part in (card.year, card.note) if part)
        sheet.write_string(at, 3, said, self.words[1])

    def section(self, section: Section) -> None:
        """A sheet of a section: sentences, tables one under the other, charts, more sentences and notes."""
        tables = all_tables(section)
        if not tables and not section.told and not section.notes:
            return
        sheet = self._sheet(section.title)
        sheet.write_string(0, 0, section.title, self.title)
        above = [*([section.as_of] if section.as_of else []), *section.told]
        for at, said in enumerate(above[:_ABOVE], 1):
            sheet.write_string(at, 0, said)
        at, shape = 1 + len(above[:_ABOVE]), Shape()
        heads: list[tuple[Table, int]] = []
        for table in tables:
            first = at + 1
            heads.append((table, first + (1 if table.title else 0)))
            at = self._table(sheet, table, first, shape) + 1
        for said in (*above[_ABOVE:], *section.notes):
            sheet.write_string(at, 0, said)
            at += 1
        shape.apply(sheet)
        if heads:
            self._first(sheet, *heads[0])
            self._charts(sheet, section, heads, at + 1, shape)
        self._print(sheet, heads[0][1] if len(heads) == 1 else 0)

    def _first(self, sheet: Worksheet, table: Table, head: int) -> None:
        """Keep the heading of the first table in sight, and let its rows be chosen by it."""
        sheet.freeze_panes(head + 1, 1)
        if table.rows:
            sheet.autofilter(head, 0, head + len(table.rows), len(table.head) - 1)

    def _charts(
        self, sheet: Worksheet, section: Section, heads: Sequence[tuple[Table, int]], below: int, shape: Shape
    ) -> None:
        """The charts of the section that have a form here: beside narrow tables from the top, else below, two a row."""
        right = shape.columns + 1
        for drawn, (made, alt) in enumerate(self._made(sheet, section, heads)):
            if shape.wide:
                place, moved = (below, 0), {"x_offset": drawn % 2 * (WIDTH + 20), "y_offset": drawn // 2 * HEIGHT}
            else:
                place, moved = (heads[0][1], right), {"y_offset": drawn * HEIGHT}
            sheet.insert_chart(*place, made, {**moved, "description": alt})

    def _made(
        self, sheet: Worksheet, section: Section, heads: Sequence[tuple[Table, int]]
    ) -> Iterator[tuple[Drawn, str]]:
        """Charts over the tables of a section, with their words: as on the page, then over tables of no chart."""
        told = set()
        for chart in (*section.charts, *section.more):
            numbers = chart.numbers
            row = next((at for one, at in heads if one.rows == numbers.rows and one.head == numbers.head), None)
            if row is None:
                continue
            told.add(row)
            made = draw(self.book, sheet, self.report, chart.name, chart.title, numbers, row)
            if made is not None:
                yield made, chart.alt
        for table, row in heads:
            if row not in told:
                yield from draw_tabled(self.book, sheet, self.report, section.name, section.title, table, row)

    def _table(self, sheet: Worksheet, table: Table, at: int, shape: Shape) -> int:
        """Write a table and tell the row after it; `shape` grows."""
        if table.title:
            sheet.write_string(at, 0, table.title, self.bold)
            at += 1
        for place, cell in enumerate(table.head):
            sheet.write_string(at, place, cell.text, self.number_head if cell.number else self.head)
            shape.take(at, place, cell.text, most=_HEADING if cell.number else WIDEST)
        for line, row in enumerate(table.rows, at + 1):
            for place, cell in enumerate(row):
                shape.take(line, place, self._cell(sheet, line, place, cell))
        return at + len(table.rows) + 1

    def _cell(self, sheet: Worksheet, line: int, place: int, cell: Cell) -> str:
        """Write a cell and tell what it looks like."""
        value, kind = typed(cell)
        if isinstance(value, datetime):
            sheet.write_datetime(line, place, value, self.month)
            return cell.text
        if cell.number and value == MISSING:
            sheet.write_blank(line, place, None, self.right)  # what is not known is a gap in a chart, words are nought
            return ""
        if isinstance(value, str):
            sheet.write_string(line, place, value, self.right if cell.number else self.words[min(place, 1)])
            return value
        sheet.write_number(line, place, value, self.formats.get(kind))
        return max(cell.text, f"{value:,.2f}" if kind.startswith("money") else "", key=len)

    def _print(self, sheet: Worksheet, head: int) -> None:
        """A4 lying, as many pages long as it takes and one wide, the heading on each, and which page it is."""
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.repeat_rows(0, head)
        title = f"{self.report.word('page.title')} {self.report.period_name}".replace("&", "&&")
        sheet.set_footer(f"&L{title}&C&A&R&P / &N")

    def _sheet(self, title: str) -> Worksheet:
        """A new sheet under a name that a workbook may hold once."""
        name = base = _FORBIDDEN.sub(" ", title)[:_NAME]
        more = 2
        while name.lower() in self.names:
            name, more = f"{base[: _NAME - 3]} {more}", more + 1
        self.names.add(name.lower())
        return self.book.add_worksheet(name)
