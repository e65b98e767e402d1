"""The report as a workbook, Markdown and JSON: the same figures, read back by other programs."""

import io
import json
import re

import openpyxl
from python_calamine import CalamineWorkbook

from telcli.report import Report
from telcli.report.blocks import Section
from telcli.report.book import as_book
from telcli.report.outline import as_json, as_markdown


def test_json_holds_every_figure(made: Report) -> None:
    body = json.loads(as_json(made))
    assert (body["schema_version"], body["month"], body["lang"]) == (1, "2024-06", made.lang)
    assert set(body["sections"]) == set(made.sections)
    assert body["sections"]["kpi"][0]["customers"] == made.kpi("customers")
    assert len(body["sections"]["trend"]) == len(made.rows("trend"))


def test_markdown_has_a_heading_of_each_section_and_tables_of_even_rows(made: Report, parts: list[Section]) -> None:
    text = as_markdown(made, parts).decode()
    for section in parts:
        assert f"## {section.title}" in text
    widths = [[len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines() if line.startswith("|")]
              for block in text.split("\n\n")]  # fmt: skip
    tables = [found for found in widths if found]
    assert len(tables) > 15
    assert all(len(set(found)) == 1 for found in tables)


def test_a_workbook_has_typed_cells_a_sheet_of_each_section_and_charts(made: Report, parts: list[Section]) -> None:
    data = as_book(made, parts)
    assert data == as_book(made, parts)
    names = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names
    assert len(names) == len({name.lower() for name in names}) >= len(parts)
    book = openpyxl.load_workbook(io.BytesIO(data))
    base = book[names[1]]
    rows = [[cell.value for cell in row] for row in base.iter_rows(min_row=1, max_row=40)]
    trend = made.rows("trend")
    first = next(place for place, row in enumerate(rows) if row[0] == trend[0].text("month"))
    assert rows[first][1:3] == [trend[0].number("customers"), trend[0].number("revenue")]
    assert base.cell(first + 1, 3).number_format == "#,##0.00"
    assert base.freeze_panes
    assert len(base._charts) == 2
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
