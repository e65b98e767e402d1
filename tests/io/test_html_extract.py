"""Web pages and XML spreadsheets under the name of .xls."""

from __future__ import annotations

from pathlib import Path

import pytest

from telcli.errors import DataError
from telcli.io.html_extract import read_html


def read(folder: Path, text: str, encoding: str = "utf-8") -> dict[str, list[dict[str, object]]]:
    path = folder / "a.xls"
    path.write_bytes(text.encode(encoding))
    return {one.name: one.frame.collect().to_dicts() for one in read_html(path, folder / "scratch")[0]}


def test_a_page_with_one_table(tmp_path: Path) -> None:
    text = (
        "<html><body><TABLE><tr><td colspan=2>六月账单</td></tr><tr><th>客户编号<th>金额<b>(元)</b></tr>"
        "<tr><td>001</td><td>1<br>2 &amp; 3</td></tr><tr><td rowspan=2>002<td>x</tr><tr><td>y</tr></table></body>"
    )
    assert read(tmp_path, text, "gb18030")["a.xls"] == [
        {"客户编号": "001", "金额(元)": "1 2 & 3", "_line": 3},
        {"客户编号": "002", "金额(元)": "x", "_line": 4},
        {"客户编号": "002", "金额(元)": "y", "_line": 5},
    ]


def test_a_spreadsheet_of_2003(tmp_path: Path) -> None:
    cell = "<Cell{}><Data ss:Type='String'>{}</Data></Cell>"
    sheet = "<Worksheet ss:Name='{}'><Table>{}</Table></Worksheet>"
    rows = f"<Row>{cell.format('', 'id')}{cell.format('', 'b')}{cell.format('', 'c')}</Row>"
    rows += f"<Row ss:Index='4'>{cell.format('', '1')}{cell.format(' ss:Index=' + chr(39) + '3' + chr(39), '2')}</Row>"
    sheets = sheet.format("A", rows) + sheet.format("B", rows)
    found = read(tmp_path, f"<?xml version='1.0'?><Workbook>{sheets}</Workbook>")
    assert found == {name: [{"id": "1", "b": None, "c": "2", "_line": 4}] for name in ("a.xls#A", "a.xls#B")}


def test_a_page_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, "<html><body>404 not found</body></html>")
    assert caught.value.code == "workbook-empty"
