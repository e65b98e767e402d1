"""Workbooks of indicators and judgements: written and read back, filled in by people, and wrong in every cell."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.io.hierarchy_book import read_hierarchy
from telcli.io.hierarchy_writer import write_hierarchy
from telcli.stages.score_value_judged import judged
from telcli.tables.hierarchy import default, merged


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


GOAL = [[None, "current", "incremental", "retention"], ["current", 1, 3, 2], ["incremental", None, 1, "1/2"]]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_written_is_read_back_the_same(tmp_path: Path, lang: str) -> None:
    start = merged(default())
    write_hierarchy(tmp_path / "h.xlsx", start, lang)
    found = merged(read_hierarchy(tmp_path / "h.xlsx"))
    assert found["items"] == start["items"]
    assert found["indicators"] == start["indicators"]
    assert {item: found["names"][item] for item in ("current", "retention")} == {
        item: start["names"][item] for item in ("current", "retention")
    }
    weights, again = judged(start, "classic").local, judged(found, "classic").local
    assert all(np.allclose(weights[node], again[node], atol=1e-8) for node in weights)


def test_squares_alone_take_labels_in_either_language(tmp_path: Path) -> None:
    rows = [
        [None, "当前价值", "Incremental value", "RETENTION"],
        ["当前价值", None, 3, "1/2"],
        ["retention", 2, None, 1],
    ]
    found = read_hierarchy(book(tmp_path / "h.xlsx", {"客户价值（王）": rows, "goal (li)": GOAL}))
    assert found["items"] == {}
    assert found["judgements"]["王"]["goal"] == [["current", "incremental", 3.0], ["current", "retention", 0.5]]
    assert found["judgements"]["li"]["goal"][-1] == ["incremental", "retention", 0.5]


def test_a_third_written_as_a_decimal_agrees_with_three(tmp_path: Path) -> None:
    rows = [[None, "current", "incremental"], ["current", 1, 3], ["incremental", 0.33, 1]]
    found = read_hierarchy(book(tmp_path / "h.xlsx", {"goal": rows}))
    assert found["judgements"][""]["goal"] == [["current", "incremental", 3.0]]


def test_an_own_hierarchy(tmp_path: Path) -> None:
    sheets = {
        "指标体系": [
            ["指标", "上级", "字段", "方向", "评分方式", "中文名称"],
            ["now", "goal", None, None, None, "现在"],
            ["fee", "now", "plan_fee", "越小越好", "极差", "月费"],
            ["age", "goal", "tenure_months", None, None, None],
        ],
        "goal": [[None, "now", "age"], ["现在", 1, 4]],
    }
    found = merged(read_hierarchy(book(tmp_path / "h.xlsx", sheets)))
    assert found["items"] == {"goal": ["now", "age"], "now": ["fee"]}
    assert found["indicators"]["fee"] == {
        "column": "plan_fee",
        "better": "less",
        "scaling": "range",
        "name": "fee",
        "name_zh": "月费",
    }
    assert found["indicators"]["age"]["better"] == "more"
    assert judged(found, "classic").local["goal"].tolist() == pytest.approx([0.8, 0.2])


@pytest.mark.parametrize(
    ("cell", "row", "column", "wanted"),
    [
        ("many", "current", "incremental", "many must be a number from 1/9 to 9"),
        (99, "current", "incremental", "99"),
        (datetime(2024, 1, 3), "current", "incremental", "a spreadsheet made a day of it"),
    ],
)
def test_a_wrong_cell_is_named_by_sheet_row_and_column(
    tmp_path: Path, cell: Any, row: str, column: str, wanted: str
) -> None:
    rows = [GOAL[0], ["current", 1, cell, 2]]
    with pytest.raises(DataError) as caught:
        read_hierarchy(book(tmp_path / "h.xlsx", {"goal (li)": rows}))
    assert f"h.xlsx, sheet goal (li), cell C2 (row {row}, column {column}): " in str(caught.value)
    assert wanted in str(caught.value)


@pytest.mark.parametrize(
    ("sheets", "wanted"),
    [
        ({"goal": [[None, "current", "profit"], ["current", 1, 2]]}, "profit must be one of current"),
        (
            {"goal": [*GOAL[:2], ["incremental", 3, 1, 1]]},
            "cell B3 (row incremental, column current): 3.0 must be 1 divided by 3",
        ),
        ({"goal": [[None, "current"], ["current", 2]]}, "1, an item against itself"),
        ({"notes": [["hello"]]}, "the sheet notes is called like nothing"),
        ({"hierarchy": [["item", "column"], ["a", "plan_fee"]]}, "belongs to / 上级"),
        ({"hierarchy": [["item", "belongs to"], ["a b", "goal"]]}, "a b must be a name"),
        ({"hierarchy": [["item", "belongs to"], ["a", "goal"], ["a", "goal"]]}, "an item of one row alone"),
        ({"hierarchy": [["item", "belongs to", "column", "better"], ["a", "goal", "b", "up"]]}, "more, 越大越好, less"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, sheets: dict[str, list[list[Any]]], wanted: str) -> None:
    with pytest.raises(DataError) as caught:
        read_hierarchy(book(tmp_path / "h.xlsx", sheets))
    assert wanted in str(caught.value)


def test_cells_and_labels_are_told_as_they_stand_in_the_sheet(tmp_path: Path) -> None:
    rows = [[None], [None, "当前价值", None, "增量价值"], [None], ["当前价值", 1, None, 3], ["增量价值", "3", None, 1]]
    with pytest.raises(DataError, match=r"cell B5 \(row 增量价值, column 当前价值\): 3 must be 1 divided by 3"):
        read_hierarchy(book(tmp_path / "h.xlsx", {"客户价值": rows}))
    rows[-1] = ["增量价植"]
    with pytest.raises(DataError, match=r"cell A5 .* must be one of 当前价值, 增量价值, 存量价值"):
        read_hierarchy(book(tmp_path / "h.xlsx", {"客户价值": rows}))
    rows.pop()
    found = read_hierarchy(book(tmp_path / "h.xlsx", {"客户价值 (王 经理)": rows, "Sheet9": [], "goal (li)": []}))
    place = found["places"]["王 经理"]["goal"]
    assert found["judgements"] == {"王 经理": {"goal": [["current", "incremental", 3.0]]}, "li": {"goal": []}}
    assert (place["sheet"], place["labels"]["incremental"]) == ("客户价值 (王 经理)", "增量价值")
    assert place["cells"]["current : incremental"] == "D4"


def test_a_sheet_without_an_expert_beside_those_of_experts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the sheet goal stands beside those of experts on the same: goal .li."):
        read_hierarchy(book(tmp_path / "h.xlsx", {"goal": GOAL, "goal (li)": GOAL}))
    current = [[None, "margin", "arpu"], ["margin", 1, 2]]
    read_hierarchy(book(tmp_path / "i.xlsx", {"current": current, "goal (li)": GOAL}))


def test_an_item_without_items_and_column_is_named_by_its_cell(tmp_path: Path) -> None:
    rows = [["指标", "上级", "字段"], ["risk", "goal", None]]
    with pytest.raises(UsageError, match=r"h.xlsx, sheet 指标体系, cell C2: risk has no items"):
        merged(read_hierarchy(book(tmp_path / "h.xlsx", {"指标体系": rows})))


def test_items_out_of_their_place_are_named_by_their_sheet(tmp_path: Path) -> None:
    rows = [
        ["item", "belongs to", "column"],
        ["fee", "goal", "plan_fee"],
        ["now", "goal", None],
        ["fee", "now", "paid"],
    ]
    with pytest.raises(UsageError, match=r"h.xlsx, sheet hierarchy: fee must be in one place"):
        merged(read_hierarchy(book(tmp_path / "h.xlsx", {"hierarchy": rows})))
    sheets = {"hierarchy": rows[:2], "retention": [[None, "tenure", "bundle"], ["tenure", 1, 2]]}
    with pytest.raises(UsageError, match=r"h.xlsx, sheet retention: retention must be an item that others belong to"):
        merged(read_hierarchy(book(tmp_path / "h.xlsx", sheets)))


def test_no_file_and_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="does not exist"):
        read_hierarchy(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="is no workbook"):
        read_hierarchy(tmp_path / "text.xlsx")
