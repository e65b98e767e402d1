"""Workbooks of tasks: one per manager, safe to open, the same bytes each time, read back as they were written."""

import io
from datetime import date
from typing import Any
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from telcli.features.task_words import tasks
from telcli.io.task_writer import inert
from telcli.pipeline.task_sheets import file_names, render
from telcli.tables.task_sheet import FILLED, HEADERS, check_code

OFFERS = pl.DataFrame({"offer_id": ["bonus"], "name": ["=HYPERLINK(1)"], "name_zh": ["流量赠送"]})


def planned(*told: dict[str, Any]) -> pl.DataFrame:
    fixed = {"as_of": date(2024, 6, 1), "campaign_id": "retention-2024-06", "strategy": "retain", "action": "offer",
             "held_out": False, "offer_id": "bonus", "channel": "phone", "manager_id": "M1", "expected_value": 5.0,
             "value_band": "high", "risk_band": "high", "theme": "price", "churn_probability": 0.72,
             "deadline": date(2024, 7, 5)}  # fmt: skip
    rows = [{"customer_id": f"C{at}", **fixed, **row} for at, row in enumerate(told)]
    plan = pl.DataFrame(rows, infer_schema_length=None)
    facts = [name for name in ("customer_id", "branch") if name in plan.columns]
    return tasks(plan, OFFERS, facts=plan.select(facts))


def cells(data: bytes) -> list[dict[str, Any]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return [dict(zip(HEADERS, row, strict=True)) for row in rows[1:]]


def test_a_book_per_manager_and_per_branch_of_nobodys_tasks() -> None:
    plan = planned({}, {"manager_id": "M2"}, {"manager_id": None, "branch": "东区"}, {"manager_id": None}, {})
    files = render(plan, "en")
    assert sorted(files) == [
        *("tasks-2024-06-M1.xlsx", "tasks-2024-06-M2.xlsx"),
        *("tasks-2024-06-unassigned-东区.xlsx", "tasks-2024-06-unassigned.xlsx"),
    ]
    assert [row["task_id"] for row in cells(files["tasks-2024-06-M1.xlsx"])] == ["R2406-00001", "R2406-00005"]
    assert render(plan, "en") == files
    assert render(plan[::-1], "en") == files
    assert render(plan.clear(), "en") == {}


def test_nothing_in_a_book_is_a_formula_a_number_of_a_person_or_a_time() -> None:
    plan = planned({"customer_id": "13812345678"}, {"customer_id": "=cmd|' /C calc'!A0"}, {"customer_id": "-7"})
    data = render(plan, "en")["tasks-2024-06-M1.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@"))
    assert sorted(row["customer"] for row in cells(data)) == ["'-7", "'=cmd|' /C calc'!A0", "138******78"]
    assert cells(data)[0]["offer"] == "'=HYPERLINK(1)"
    with ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        text = b"".join(parts.read(part) for part in parts.infolist())
        assert b"13812345678" not in text
        assert b"2024-06-01T00:00:00Z" in parts.read("docProps/core.xml")


@pytest.mark.parametrize(("lang", "head"), [("en", "Result"), ("zh", "联系结果")])
def test_what_is_to_be_filled_in_is_open_and_has_choices(lang: str, head: str) -> None:
    data = render(planned({}), lang)["tasks-2024-06-M1.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    columns = {field: at for at, field in enumerate(HEADERS, start=1)}
    assert sheet.cell(1, columns["result"]).value == head
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "D2"
    for field, at in columns.items():
        assert sheet.cell(2, at).protection.locked == (field not in FILLED)
    checked = {str(rule.sqref)[0]: rule.type for rule in sheet.data_validations.dataValidation}
    assert checked == {"K": "list", "L": "date", "M": "list", "N": "list", "O": "decimal"}
    row = cells(data)[0]
    assert row["deadline"] == date(2024, 7, 5)
    assert row["code"] == check_code(row["campaign_id"], row["task_id"], row["customer"], "bonus")


@given(keys=st.lists(st.tuples(st.text(max_size=300), st.sampled_from(["", "A"])), unique=True, max_size=8))
@example(keys=[("a", ""), ("A", ""), ("../../etc", ""), ("张三", ""), ("CON", ""), ("x" * 300, ""), ("x" * 299, "")])
def test_names_of_files_are_safe_and_told_apart(keys: list[tuple[str, str]]) -> None:
    names = file_names(keys)
    assert len({name.casefold() for name in names}) == len(keys)
    for name in names:
        assert len(name.encode()) <= 120
        assert not set(name) & set('/\\:*?"<>|. \x00\n')


@given(text=st.text(max_size=30))
def test_no_text_begins_a_formula(text: str) -> None:
    assert not inert(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", " ", "＝"))
