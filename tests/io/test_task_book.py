"""Filled sheets as people send them: workbooks and CSV, merged, with macros, under a password, of other things."""

import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from telcli.io.task_book import COLUMNS, read
from telcli.tables.task_sheet import HEADERS
from tests.stages.outcome_sheets import planned, sheet

FILLED = {"result": "accepted", "contacted_on": "2024-07-03", "cost": 12.5, "note": "Ms Wang, 13812345678"}


def put(folder: Path, name: str, data: bytes) -> Path:
    place = folder / name
    place.write_bytes(data)
    return place


def told(place: Path) -> tuple[list[dict[str, object]], list[str]]:
    found = read(place.name, place, place.parent / "scratch")
    return found.frame.to_dicts(), [note.code for note in found.notices]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_written_comes_back_but_for_notes(tmp_path: Path, lang: str) -> None:
    tasks, _ = planned({"customer_id": "=2+3"}, {"customer_id": "13812345678"})
    rows, notices = told(put(tmp_path, *sheet(tasks, FILLED, lang=lang)))
    assert notices == []
    first, second = rows
    code = {row["task_id"]: row["code"] for row in tasks.to_dicts()}
    assert first == {
        **dict.fromkeys(COLUMNS),
        **{"file": "m1.xlsx", "line": 2, "noted": True, "result": "accepted", "contacted_on": "2024-07-03"},
        **{"cost": "12.5", "customer": "138******78" if first["customer"] != "=2+3" else "=2+3"},
        **{name: tasks.row(0, named=True)[name] for name in ("task_id", "campaign_id", "code")},
    }
    assert (second["result"], second["noted"], second["code"]) == (None, False, code[second["task_id"]])
    assert {first["customer"], second["customer"]} == {"=2+3", "138******78"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-8"])
def test_csv_of_the_same_columns(tmp_path: Path, encoding: str) -> None:
    head = ",".join(names[1] for names in HEADERS.values())
    line = "R2406-00001,retention-2024-06,C001,1,2024-07-05,挽留,原因,要点,流量赠送,电话,接受,2024/7/3,,,30,备注,ABC234"
    place = put(tmp_path, "一月.csv", f"{head}\n{line}\n".encode(encoding))
    (row,), notices = told(place)
    assert notices == []
    assert (row["result"], row["contacted_on"], row["line"], row["noted"]) == ("接受", "2024/7/3", 2, True)
    assert "备注" not in str(row)


def test_columns_in_another_order_a_title_above_and_several_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for place, title in ((book.active, "June"), (book.create_sheet(), "July")):
        place.title = title
        place.append(["Tasks of the north"])
        place.append(["Check code", "RESULT", "Task", "Contacted on", "Colour"])
        place.append(["ABC234", "thinking", "R2406-00001", "2024-07-03", "blue"])
        place.append([])
        place.append(["ABC235", None, "R2406-00002"])
    book.create_sheet("Notes").append(["nothing here"])
    out = io.BytesIO()
    book.save(out)
    rows, notices = told(put(tmp_path, "all.xlsx", out.getvalue()))
    assert notices == []
    assert [(row["file"], row["line"], row["result"]) for row in rows] == [
        *(("all.xlsx#June", 3, "thinking"), ("all.xlsx#June", 5, None)),
        *(("all.xlsx#July", 3, "thinking"), ("all.xlsx#July", 5, None)),
    ]


def macros(data: bytes, part: str) -> bytes:
    """The workbook with one more part, whatever is in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            new.writestr(each, old.read(each))
        new.writestr(part, b"\x00Sub Auto_Open")
    return out.getvalue()


def test_what_is_refused_says_why_and_gives_no_columns(tmp_path: Path) -> None:
    tasks, _ = planned({})
    good = sheet(tasks, FILLED)[1]
    other = openpyxl.Workbook()
    other.active.append(["Customer", "Bill"])
    blank = io.BytesIO()
    other.save(blank)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    cases = {
        "macro.xlsx": (macros(good, "xl/vbaProject.bin"), "sheet-macros"),
        "sheet4.xlsx": (macros(good, "xl/macrosheets/sheet1.xml"), "sheet-macros"),
        "named.xlsm": (good, "sheet-macros"),
        "old.xls": (ole + "_VBA_PROJECT".encode("utf-16-le") + bytes(600), "sheet-macros"),
        "secret.xlsx": (ole + "EncryptedPackage".encode("utf-16-le") + bytes(600), "workbook-password"),
        "bills.xlsx": (blank.getvalue(), "sheet-no-tasks"),
        "bills.csv": (b"customer,bill\n1,2\n", "sheet-no-tasks"),
        "torn.xlsx": (good[: len(good) // 2], "workbook-broken"),
        "nothing.xlsx": (b"", "empty-file"),
    }
    for name, (data, code) in cases.items():
        found = read(name, put(tmp_path, name, data), tmp_path / "scratch")
        assert [note.code for note in found.notices] == [code], name
        assert found.frame.width == 0
        assert name in found.notices[0].message


def test_a_sheet_without_rows_is_read_and_said(tmp_path: Path) -> None:
    place = put(tmp_path, "m.csv", ",".join(names[0] for names in HEADERS.values()).encode() + b"\n")
    rows, notices = told(place)
    assert (rows, notices) == ([], ["sheet-empty"])
    shutil.rmtree(tmp_path / "scratch")
