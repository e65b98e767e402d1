"""Sheets of experience are found wherever they stand in a workbook, in either language; other files are refused."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from telcli.errors import DataError
from telcli.io.experience_book import read
from telcli.tables.experience_sheet import HEADERS, column_of


def test_a_sheet_below_a_title_in_chinese(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["说明", "历年挽留活动"])
    sheet = book.create_sheet("经验")
    sheet.append(["2023年挽留活动汇总"])
    sheet.append(["客群", "优惠", "接触客户数", "对照组", "备注"])
    sheet.append(["轻度", "赠送流量", 1000, 200.0, "很好"])
    sheet.append([None, None, None, None, None])
    sheet.append([None, "回访", "1,5", None, None])
    book.save(tmp_path / "past.xlsx")
    found = read("past.xlsx", tmp_path / "past.xlsx", tmp_path / "s").frame
    assert found.columns == ["file", "line", *HEADERS]
    assert found["line"].to_list() == [3, 5] and set(found["file"]) == {"past.xlsx"}
    assert found.row(0, named=True)["held_out"] == "200" and found["treated"].to_list() == ["1000", "1,5"]
    assert "很好" not in str(found.rows())


def test_a_csv_in_gb18030(tmp_path: Path) -> None:
    (tmp_path / "past.csv").write_bytes("优惠,增益,增益下限,增益上限\n回访,3%,1%,5%\n".encode("gb18030"))
    found = read("past.csv", tmp_path / "past.csv", tmp_path / "s").frame
    assert found.select("offer_id", "uplift", "uplift_high").row(0) == ("回访", "3%", "5%")
    assert found["line"].to_list() == [2]


@pytest.mark.parametrize("name", ["other.csv", "other.xlsx"])
def test_another_sheet_is_refused_with_the_headers_that_would_do(name: str, tmp_path: Path) -> None:
    if name.endswith("csv"):
        (tmp_path / name).write_text("a,b\n1,2\n", encoding="utf-8")
    else:
        book = Workbook()
        book.active.append(["a", "b"])
        book.save(tmp_path / name)
    with pytest.raises(DataError, match="no sheet of experience") as refused:
        read(name, tmp_path / name, tmp_path / "s")
    assert "offer/优惠" in refused.value.hint


def test_headers_mean_one_column_each() -> None:
    assert all(column_of(name) == column for column, names in HEADERS.items() for name in names)
