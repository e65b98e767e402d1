"""Workbooks as extracts: sheets, headers, sums, dates, ids, and cells that stand far away."""

from __future__ import annotations

import base64
import re
import resource
import subprocess
import sys
import zlib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from telcli.errors import DataError
from telcli.io.workbook_extract import read_workbook

HEADER = ["客户编号", "账期", "金额"]


def saved(path: Path, *rows: list[object], merged: tuple[str, ...] = (), name: str = "账单") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def read(path: Path, scratch: Path, kind: str = "xlsx") -> tuple[list[dict[str, object]], list[tuple[str, object]]]:
    """Rows of the only sheet with a table, and what is said."""
    (found,), notices = read_workbook(path, kind, scratch / "scratch")
    return found.frame.collect().to_dicts(), [(one.code, one.values.get("count")) for one in notices]


def test_title_above_total_and_remark_below(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        ["六月账单"],
        [],
        HEADER,
        ["A1", "202406", 12.5],
        [],
        ["A2", "202406", 3],
        ["小计", None, 15.5],
        HEADER,
        ["A3", "202406", 1e-3],
        ["合计：", None, 15.501],
        ["制表人：张三"],
        merged=("A1:C1",),
    )
    rows, said = read(path, tmp_path)
    assert [row["客户编号"] for row in rows] == ["A1", "A2", "A3"]
    assert [row["_line"] for row in rows] == [4, 6, 9]
    assert [row["金额"] for row in rows] == ["12.5", "3", "0.001"]
    assert said == [("totals-left-out", 2), ("remarks-left-out", 2)]


def test_values_as_text(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        ["id", "a", "b", "c", "d", "e"],
        [110101199003072316, date(2024, 2, 29), datetime(2024, 1, 2, 3, 4, 5), time(1, 2, 3), True, "=1/0"],
        ["110101199003072316", "0012", timedelta(hours=30), " ", False, "#N/A"],
        [123456789012345, 7.0, -0.5, "x", None, None],
    )
    rows, _ = read(path, tmp_path)
    assert [list(row.values())[:-1] for row in rows] == [
        ["1.101011990030723E+17", "2024-02-29", "2024-01-02 03:04:05", "01:02:03", "true", None],
        ["110101199003072316", "0012", "30:00:00", None, "false", None],
        ["123456789012345", "7", "-0.5", "x", None, None],
    ]


def test_dates_of_the_1904_system(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["id", "on"])
    book.active.append(["a", date(2024, 2, 29)])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx", tmp_path)[0][0]["on"] == "2024-02-29"


def test_headers_of_two_rows(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        ["客户编号", "语音", None, "流量", None],
        [None, "时长", "费用", "用量", "费用"],
        ["A1", 1, 2, 3, 4],
        merged=("A1:A2", "B1:C1", "D1:E1"),
    )
    rows, _ = read(path, tmp_path)
    assert rows == [{"客户编号": "A1", "时长": "1", "语音 费用": "2", "用量": "3", "流量 费用": "4", "_line": 3}]


def test_groups_above_a_whole_header(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        [None, "语音", None, "流量", None],
        ["客户编号", "时长", "费用", "用量", "费用"],
        ["A1", 1, 2, 3, 4],
        merged=("B1:C1", "D1:E1"),
    )
    assert list(read(path, tmp_path)[0][0]) == ["客户编号", "时长", "语音 费用", "用量", "流量 费用", "_line"]


def test_what_stands_below_charges_is_led_by_them(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        ["客户编号", "费用(元)", None, None],
        [None, "月租费", "语音", "流量"],
        ["A1", 1, 2, 3],
        merged=("A1:A2", "B1:D1"),
    )
    assert list(read(path, tmp_path)[0][0]) == ["客户编号", "月租费", "费用(元) 语音", "费用(元) 流量", "_line"]


def test_a_group_filled_into_each_cell_is_a_header_of_two_rows(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        ["客户编号", "费用", "费用", "费用"],
        ["客户编号", "月租费", "通话费", "流量费"],
        ["A1", 1, 2, 3],
    )
    assert read(path, tmp_path)[0] == [{"客户编号": "A1", "月租费": "1", "通话费": "2", "流量费": "3", "_line": 3}]


def test_a_cell_merged_over_rows_is_the_value_of_each(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["地市", "客户编号", "金额"],
        ["杭州", "A1", 1],
        [None, "A2", 2],
        [None, None, 3],
        ["宁波", "A4", 4],
    ]
    path = saved(tmp_path / "a.xlsx", [], *rows, merged=("A3:A5", "B4:B5"))
    assert [tuple(row.values()) for row in read(path, tmp_path)[0]] == [
        ("杭州", "A1", "1", 3),
        ("杭州", "A2", "2", 4),
        ("杭州", "A2", "3", 5),
        ("宁波", "A4", "4", 6),
    ]


def test_a_first_row_of_words_is_no_second_header(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["name", "city", None], ["Ann", "Rome", "x"], ["Bob", "Oslo", "y"])
    assert [row["name"] for row in read(path, tmp_path)[0]] == ["Ann", "Bob"]


def test_blank_rows_and_columns_around_and_equal_headers(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        [],
        [None, None, "id", None, "note", "note"],
        [None, None, "a", None, "x", "y"],
        [None, None, "b", None, "z", None],
    )
    (found,), _ = read_workbook(path, "xlsx", tmp_path / "scratch")
    assert found.frame.collect().rows() == [("a", "x", "y", 3), ("b", "z", None, 4)]
    assert dict(found.repeated) == {"note_2": "note"}


def test_sheets_of_one_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Cover"
    cover["A1"] = "Customers and bills of June, made by the billing department"
    for name in ("Customers", "Bills", "Old"):
        sheet = book.create_sheet(name)
        sheet.append(["id", "x"])
        sheet.append(["a", 1])
    book["Old"].sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    found, notices = read_workbook(tmp_path / "a.xlsx", "xlsx", tmp_path / "scratch")
    assert [one.name for one in found] == ["a.xlsx#Customers", "a.xlsx#Bills"]
    assert [(one.code, one.values["sheets"]) for one in notices] == [
        ("sheets-hidden", "Old"),
        ("sheets-without-table", "Cover"),
    ]


def test_a_sheet_without_header_and_a_list_of_numbers(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["A1", 202406, 12.5, 3], ["A2", 202406, 3, 4])
    (found,), _ = read_workbook(path, "xlsx", tmp_path / "s1")
    assert (found.headed, found.rows) == (False, 2)
    assert found.frame.collect_schema().names() == ["column_1", "column_2", "column_3", "column_4", "_line"]
    path = saved(tmp_path / "b.xlsx", ["客户编号"], ["A1"], ["A2"])
    assert len(read(path, tmp_path)[0]) == 2


STRAY = """
import resource, sys
from pathlib import Path
from telcli.io.workbook_extract import read_workbook
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
(found,), notices = read_workbook(Path(sys.argv[1]), "xlsx", Path(sys.argv[2]))
print(found.rows, found.frame.collect().rows()[-1], [(one.code, one.values["count"]) for one in notices])
status = Path("/proc/self/status")  # the peak of this program alone, where the system tells it
print(int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024 if status.exists() else 0)
"""


@pytest.mark.slow
def test_a_cell_in_the_last_corner_costs_no_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for number in range(21):
        sheet.append([f"A{number}", number] if number else ["id", "fee"])
    sheet["XFD1048576"] = "stray"
    sheet["ABC2"] = 1
    book.save(tmp_path / "a.xlsx")
    ran = subprocess.run(
        [sys.executable, "-c", STRAY, str(tmp_path / "a.xlsx"), str(tmp_path / "scratch")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told, peak = ran.stdout.splitlines()
    assert told == "20 ('A20', '20', 21) [('strays-left-out', 2)]"
    assert int(peak) < 400


@pytest.mark.slow
def test_rows_thousands_of_cells_wide(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for number in range(400):
        sheet.append([f"A{number}", number] if number else ["id", "fee"])
        sheet.cell(number + 1, 16_357).font = Font(bold=True)
    sheet["XFA8"] = 1
    book.save(tmp_path / "a.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows, said = read(tmp_path / "a.xlsx", tmp_path)
    assert (len(rows), list(rows[0]), said) == (399, ["id", "fee", "_line"], [("strays-left-out", 1)])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 << 10


def test_a_full_sheet_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1048575"], book.active["B1048575"] = "id", "fee"
    book.active["A1048576"], book.active["B1048576"] = "a", 1
    book.save(tmp_path / "a.xlsx")
    (found,), notices = read_workbook(tmp_path / "a.xlsx", "xlsx", tmp_path / "scratch")
    assert (found.rows, [one.code for one in notices]) == (1, ["sheet-full"])


def test_a_sheet_with_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    (found,), _ = read_workbook(saved(tmp_path / "a.xlsx", ["title"], HEADER), "xlsx", tmp_path / "scratch")
    assert (found.rows, found.frame.collect().columns) == (0, [*HEADER, "_line"])


XLS = (
    "c-rk)O=uHA6#iy6X?|$)Q`15!lu)p0ZJ|FFy|n93wWpM75B`ESZNySZC3sQ6R%?!e;H8R}N=3X>1@T|dn+Ksq4?;mm^yo=Y^w4H~^L7`LTA=|g"
    "w9L26o0&KB?Y!MLZ)SF9XTsUZ2Q@h?LML?OO&`h%bb^x4sf0l7rYVa~?xkcZtSb1t<j68No>#o}NFPdn=b+)f>orN>6Q!d#jh>NIGPZ))#WwT{"
    "X+sA|ft#cWAj(!%vK(N!j^#b>`GVyR)?8uPL4C90FlLONhVAw&KB(1kTLALDkC`*anif>yjhw}!SB2Hrjh*SC{!^>0q1IK7DUd_Elc{7{)`PeW"
    "KX8c96puG`b!8DDXHVg~83VpKQT-~W^ed|uApOr`z2`4_FFA3s{+i|j#$X=jAj!}I9d%iAp>H1T9M3XQqvzzrgbU)<k!^|U(I0&@-$zn9a3Yy>"
    "1I^7Xt!;L`)h`!%UKm0}3qu75OgYIx1i2jMunCc6^LM|#izj-GW2_nD&A{3+Hb@I$;-X{_IlwJ!ByBQ412eX;yu^21&*d7H5t`GK*Y{T0g}vk4"
    "=Q6j}(>QI6_r}J8@+K;0zU+HaoB3>Prt)-m?p$R0gE5IZdP9T6m)AHNMWeWJUE-<X<icKFKC+DdvDA3Ako|0?y)Oo_AcKn#W+{6Je!Aiwf_q45"
    ")tvWd)ikQ<Hd|YQtub4^x0h_8v~%u`WVNz`B~M?1r!$Xyiwl~pIXs;_q4TKi!GUKFhtBWr)GF~v4ns@mZ}_30prD|jprD|zW+3?JXdT4m(b8=n"
    "^*#1~odrsH^_yhPVn0UcIzu0odyt|$jk6`qpK7>;b1$(>j`P1z;sA}F#xN3W$8gE>mp+6<;qxq;82Wc1RO<NoQtbTC<NpGVHQW0"
)
"""A workbook of the old kind, packed: nothing here can write one."""


def test_an_old_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(zlib.decompress(base64.b85decode(XLS)))
    assert read(path, tmp_path, "xls")[0] == [
        {"客户编号": "00123", "on": "2019-02-14", "fee": "12", "_line": 3},
        {"客户编号": "00124", "on": "2019-02-14", "fee": "1.2345678901234568E+17", "_line": 4},
    ]


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of a binary workbook: type and length in groups of seven bits."""
    lead = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return lead + bytes([len(body)]) + body


def wide(text: str) -> bytes:
    return len(text).to_bytes(4, "little") + text.encode("utf-16-le")


def xlsb(path: Path, *cells: tuple[int, int, str]) -> Path:
    sheet, last = record(129) + record(148, bytes(16)) + record(145), -1
    for row, column, text in cells:
        if row != last:
            sheet += record(0, row.to_bytes(4, "little") + bytes(13))
        sheet, last = sheet + record(6, column.to_bytes(4, "little") + bytes(4) + wide(text)), row
    types = "http://schemas.openxmlformats.org"
    with ZipFile(path, "w") as book:
        bundle = record(156, bytes(4) + (1).to_bytes(4, "little") + wide("r1") + wide("S"))
        book.writestr("xl/workbook.bin", record(131) + record(143) + bundle + record(144) + record(132))
        book.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{types}/package/2006/relationships"><Relationship Id="r1" Target="worksheets/a.bin"'
            f' Type="{types}/officeDocument/2006/relationships/worksheet"/></Relationships>',
        )
        book.writestr("xl/worksheets/a.bin", sheet + record(146) + record(130))
    return path


def test_a_binary_workbook(tmp_path: Path) -> None:
    cells = [(0, 0, "id"), (0, 1, "fee"), (2, 0, "007"), (2, 1, "3")]
    assert read(xlsb(tmp_path / "a.xlsb", *cells), tmp_path, "xlsb")[0] == [{"id": "007", "fee": "3", "_line": 3}]
    with pytest.raises(DataError) as caught:
        read(xlsb(tmp_path / "b.xlsb", *cells, (1_048_575, 16_383, "x")), tmp_path, "xlsb")
    assert caught.value.code == "sheet-sparse"


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table
 table:name="S"><table:table-row>{cells}</table:table-row><table:table-row{rows}><table:table-cell
 office:value-type="string"><text:p>007</text:p></table:table-cell><table:table-cell{columns} office:value-type="float"
 office:value="3"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(path: Path, rows: int = 1, columns: int = 1) -> Path:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        book.writestr(
            "content.xml",
            ODS.format(
                cells=cell.format("id") + cell.format("fee"),
                rows=f' table:number-rows-repeated="{rows}"',
                columns=f' table:number-columns-repeated="{columns}"',
            ),
        )
    return path


def test_an_open_document(tmp_path: Path) -> None:
    assert read(ods(tmp_path / "a.ods"), tmp_path, "ods")[0] == [{"id": "007", "fee": "3", "_line": 2}]


def test_an_open_document_that_repeats_cells_without_end(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(ods(tmp_path / "a.ods", rows=1_000_000, columns=16_000), tmp_path, "ods")
    assert caught.value.code == "sheet-sparse"


def test_damaged_protected_and_empty_workbooks(tmp_path: Path) -> None:
    whole = saved(tmp_path / "a.xlsx", ["id", "x"], ["a", 1]).read_bytes()
    for number, (data, kind, code) in enumerate(
        (
            (whole[: len(whole) // 2], "xlsx", "workbook-broken"),
            (b"PK\x03\x04", "xlsx", "workbook-broken"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "xls", "workbook-broken"),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le"),
                "xls",
                "workbook-password",
            ),
            (saved(tmp_path / "c.xlsx", ["only a word here"]).read_bytes(), "xlsx", "workbook-empty"),
        )
    ):
        path = tmp_path / f"b{number}.{kind}"
        path.write_bytes(data)
        with pytest.raises(DataError) as caught:
            read_workbook(path, kind, tmp_path / f"s{number}")
        assert (caught.value.code, caught.value.values["file"]) == (code, path.name)


def test_a_workbook_that_unpacks_without_end(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["id", "x"], ["a", 1])
    with ZipFile(path, "a", ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings2.xml", bytes(101 << 20))
    with pytest.raises(DataError) as caught:
        read(path, tmp_path)
    assert caught.value.code == "archive-bomb"


def test_cells_without_addresses_are_read_all_the_same(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["id", "x"], ["a", 1])
    bare = tmp_path / "b.xlsx"
    with ZipFile(path) as book, ZipFile(bare, "w") as other:
        for part in book.namelist():
            data = book.read(part)
            if part.startswith("xl/worksheets/"):
                data = re.sub(rb' r="[A-Z]*\d+"', b"", data)
            other.writestr(part, data)
    assert read(bare, tmp_path)[0] == [{"id": "a", "x": "1", "_line": 2}]
