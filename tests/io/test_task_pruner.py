"""Workbooks that came back: whether anything was written, and one person's rows taken out of them."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from telcli.io.task_pruner import blank, without
from telcli.pipeline.task_sheets import render
from telcli.tables.task_sheet import FILLED, HEADERS
from tests.stages.outcome_sheets import JUNE, planned

HER = re.compile(r"(?<!\w)C001(?!\w)")
COLUMN = {field: at for at, field in enumerate(HEADERS, start=1)}


@pytest.fixture(scope="module", params=["en", "zh"])
def book(request: pytest.FixtureRequest) -> bytes:
    return next(iter(render(planned({}, {}, {})[0], request.param).values()))


def written(book: bytes, folder: Path, *change: Callable[[Any], None]) -> Path:
    """The book saved by another program, after changes to its sheet of tasks."""
    place = folder / "m1.xlsx"
    place.write_bytes(book)
    whole = openpyxl.load_workbook(place)
    for one in change:
        one(whole.worksheets[0])
    whole.save(place)
    return place


def entry(line: int, field: str, value: Any) -> Callable[[Any], None]:
    return lambda sheet: sheet.cell(line, COLUMN[field], value)


def test_a_book_that_was_only_saved_holds_nothing(book: bytes, tmp_path: Path) -> None:
    place = written(book, tmp_path)
    assert place.read_bytes() != book
    assert blank(place)
    for field in FILLED:
        assert not blank(written(book, tmp_path, entry(3, field, "x")))
    assert not blank(written(book, tmp_path, lambda sheet: sheet.cell(3, len(HEADERS) + 2, "beside")))
    assert not blank(written(book, tmp_path, lambda sheet: setattr(sheet.cell(2, 1), "comment", Comment("c", "me"))))
    assert not blank(written(book, tmp_path, lambda sheet: sheet.insert_rows(1)))
    place.write_bytes(b"no workbook")
    assert not blank(place)


def test_one_persons_row_leaves_and_what_others_have_stays(book: bytes, tmp_path: Path) -> None:
    change = entry(2, "result", "accepted"), entry(4, "cost", 7.5), entry(4, "note", "see C001, not C0012")
    place = written(book, tmp_path, *change)
    left = without(place, {"R2406-00002"}, HER, date(2024, 6, 1))
    assert left is not None
    assert left == without(place, {"R2406-00002"}, HER, date(2024, 6, 1))
    before = list(openpyxl.load_workbook(place).worksheets[0].values)
    place.write_bytes(left)
    sheet = openpyxl.load_workbook(place).worksheets[0]
    rows = list(sheet.values)
    assert rows[:2] == before[:2]
    assert rows[2][COLUMN["note"] - 1] == "see ***, not C0012"
    assert [row for row in rows if row[0] == "R2406-00002"] == []
    assert (rows[2][0], rows[2][COLUMN["cost"] - 1]) == ("R2406-00003", 7.5)
    assert sheet.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(len(HEADERS))}3"
    assert sheet.protection.sheet
    assert len(sheet.data_validations.dataValidation) == 5
    assert without(place, {"R2406-00002"}, HER, JUNE) == left
    assert without(place, {"R2406-00001", "R2406-00003"}, HER, JUNE) is None
    place.write_bytes(b"no workbook")
    assert without(place, {"R2406-00001"}, HER, JUNE) is None
