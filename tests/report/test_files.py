"""The report as a workbook, Markdown and JSON: the same figures, read back by other programs."""

import csv
import io
import json
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from telcli.report import Report
from telcli.report.blocks import Cell, Section
from telcli.report.book import as_book
from telcli.report.book_cells import typed
from telcli.report.book_charts import DRAWN, places
from telcli.report.outline import as_json, as_markdown

OFFICE = shutil.which("soffice") or ""


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


def test_marked_numbers_stay_words_and_any_minus_is_one() -> None:
    words = ("<10", "<0.1%", "≥5", "≤0.01", "~3", "#12", "p<0.05", "1.23M", "–", "½3")
    assert [typed(Cell(text, number=True)) for text in words] == [(text, "") for text in words]
    written = {"−5": -5.0, "-¥3.00": -3.0, "−¥1,234": -1234.0, "HK$12": 12.0, "12.50美元": 12.5, "-314元": -314.0,
               "−1.5%": -0.015, "+7": 7.0}  # fmt: skip
    assert {text: typed(Cell(text, number=True))[0] for text in written} == written


def test_a_workbook_has_typed_cells_a_sheet_of_each_section_and_charts(made: Report, parts: list[Section]) -> None:
    data = as_book(made, parts)
    assert data == as_book(made, parts)
    told = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = told.sheet_names
    assert len(names) == len({name.lower() for name in names}) >= len(parts)
    book = openpyxl.load_workbook(io.BytesIO(data))
    base = book[names[1]]
    trend = made.rows("trend")
    rows = [[cell.value for cell in row] for row in base.iter_rows(min_row=1, max_row=40)]
    month = datetime.strptime(trend[0].text("month"), "%Y-%m")
    first = next(place for place, row in enumerate(rows) if row[0] == month)
    assert rows[first][1:3] == [trend[0].number("customers"), trend[0].number("revenue")]
    assert told.get_sheet_by_name(names[1]).to_python()[first][:3] == [month.date(), *rows[first][1:3]]
    assert [base.cell(first + 1, place).number_format for place in (1, 3)] == ["yyyy-mm", "#,##0.00"]
    assert len(base._charts) == 3
    assert trend[0].number("churn_rate") is None
    assert rows[first][4] is None  # a gap in the chart, not nought
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    head = book.worksheets[0]
    assert [head.cell(3, 2).value, head.cell(3, 2).number_format] == [made.kpi("customers"), "#,##0"]


def test_sheets_keep_their_heading_filter_and_print_on_a4(made: Report, parts: list[Section]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_book(made, parts)))
    for sheet in book:
        printed = sheet.page_setup
        assert (printed.orientation, printed.paperSize, printed.fitToHeight) == ("landscape", "9", 0) or (
            printed.orientation, printed.paperSize, printed.fitToHeight) == ("landscape", 9, 0)  # fmt: skip
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows
        if sheet.auto_filter.ref:
            head = int(re.findall(r"\d+", sheet.auto_filter.ref)[0])
            assert sheet.freeze_panes == f"B{head + 1}"
    filtered = [sheet.title for sheet in book if sheet.auto_filter.ref]
    assert len(filtered) >= len(parts) - 2
    charts = {sheet.title: sheet._charts for sheet in book}
    assert sum(map(len, charts.values())) >= 15
    bars = [line for made_ in charts.values() for one in made_ for line in one.series if line.errBars is not None]
    assert len(bars) >= 3  # tenure, satisfaction, effects


def test_every_drawn_form_names_columns_that_its_table_has(made: Report, parts: list[Section]) -> None:
    charts = {
        re.sub(r"_\d+$", "", chart.name): chart for section in parts for chart in (*section.charts, *section.more)
    }
    for name, drawing in DRAWN.items():
        wanted = [name for name in (*drawing.series, drawing.low, drawing.high) if name]
        if name in charts:
            found = len(places(made, charts[name].numbers, wanted))  # parts that nothing is of are no columns
            assert found == len(wanted) or (drawing.stacked and found > 1), name
    assert set(DRAWN) - set(charts) <= {"leavers_ahead"}


def test_bridges_changes_and_slices_are_drawn_in_the_workbook(made: Report, parts: list[Section]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_book(made, parts)))
    titles = {part.name: part.title[:31] for part in parts}
    sheet = book[titles["bridge"]]
    base, revenue, *monthly = sheet._charts
    for chart, name in ((base, "bridge_base"), (revenue, "bridge_revenue")):
        amounts = [row.number("amount") or 0.0 for row in made.rows(name)]
        assert (chart.barDir, chart.grouping) == ("bar", "stacked")
        begin, up, down, level = ([cell.value for (cell,) in sheet[line.val.numRef.f.split("!")[1]]]
                                  for line in chart.series)  # fmt: skip
        assert chart.series[0].graphicalProperties.noFill
        moved = [more - less for more, less in zip(up, down, strict=True)]
        assert moved[1:-1] == pytest.approx(amounts[1:-1], abs=0.01)
        assert [begin[at] + level[at] / 2 for at in (0, -1)] == pytest.approx([amounts[0], amounts[-1]])
        assert begin[-2] + max(moved[-2], 0.0) * (moved[-2] > 0) == pytest.approx(amounts[-1], abs=0.01)
    assert [(chart.barDir, chart.grouping) for chart in monthly] == [("col", "stacked")] * 2
    compared = book[titles["compare"]]._charts
    assert len(compared) == 1 and compared[0].series
    assert book[titles["slices"]]._charts


@pytest.mark.slow
@pytest.mark.skipif(not OFFICE, reason="no LibreOffice here: the workbook was not opened with it")
def test_libreoffice_opens_the_workbook(made: Report, parts: list[Section], tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(as_book(made, parts))
    for form in ("pdf", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"):
        subprocess.run(
            [OFFICE, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", form,
             "--outdir", str(tmp_path), str(tmp_path / "book.xlsx")],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
    assert (tmp_path / "book.pdf").stat().st_size > 50_000
    read = {file.stem.removeprefix("book-"): file.read_text("utf-8") for file in tmp_path.glob("book-*.csv")}
    book = openpyxl.load_workbook(tmp_path / "book.xlsx", read_only=True)
    assert len(read) == len(book.sheetnames)
    assert not [name for name, text in read.items() if re.search(r"#(REF|VALUE|NAME|DIV|N/A)|###", text)]
    base = read[book.sheetnames[1]]
    trend = made.rows("trend")[-1]
    rows = [line for line in csv.reader(io.StringIO(base)) if len(line) > 2 and line[1].isdigit()]
    assert [float(one) for one in rows[-1][1:3]] == [trend.number("customers"), trend.number("revenue")]
