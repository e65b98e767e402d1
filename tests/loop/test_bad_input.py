"""What goes wrong between a plan and its evaluation ends in a sentence and an exit code, and nothing counts twice."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from tests.loop.managers import fill
from tests.loop.walk import Walk, called

Cells = dict[str, Any]

pytestmark = pytest.mark.slow


def filled(walk: Walk) -> Path:
    """The sheets of June's plan as the managers send them back."""
    place = walk.place / "filled"
    fill(walk.world, walk.table("retention_tasks", 0), walk.work / "tasks/as_of=2024-06-01", place)
    return place


def sheet_of(folder: Path, rows: int = 1) -> Path:
    """A sheet with at least so many tasks."""
    for sheet in sorted(folder.glob("*.xlsx")):
        if openpyxl.load_workbook(sheet).worksheets[0].max_row > rows:
            return sheet
    raise AssertionError("no sheet has as many tasks")


def written(sheet: Path, *rows: tuple[int, Cells]) -> Path:
    """Write cells, by header, into lines of a sheet; a line beyond the last is a new row."""
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    column = {cell.value: cell.column for cell in page[1]}
    for line, cells in rows:
        for header, value in cells.items():
            page.cell(line, column[header]).value = value
    book.save(sheet)
    return sheet


def told(said: dict[str, Any]) -> set[str]:
    """Codes of what a command warns of."""
    return {warning["code"] for warning in said["warnings"]}


DONE = {"Result": "accepted", "Contacted on": date(2024, 7, 2)}


def test_rows_that_were_changed_count_nowhere_and_say_why(planned: Walk) -> None:
    sheet = sheet_of(filled(planned), 10)
    tasks = planned.table("retention_tasks", 0)
    mine = tasks.filter(pl.col("manager_id") == sheet.stem[-3:]).height
    wrong = [
        {**DONE, "Customer": "C999999"},
        {**DONE, "Task": "R2406-99999"},
        {**DONE, "Check code": "AAAAAA"},
        {**DONE, "Result": "talked to Mr Wang"},
        {**DONE, "Result": "=cmd|'/c calc'!A1"},
        {"Result": "refused", "Contacted on": "30.02.2024"},
        {**DONE, "Contacted on": date(2023, 7, 2)},
        {**DONE, "Cost": -5},
    ]
    rules = ("changed-customer", "unknown-task", "wrong-code", "unknown-result", "missing", "not-a-date", "before-plan")
    written(sheet, *enumerate(wrong, start=2), (mine + 2, {**DONE, "Customer": "C000001"}))
    said = planned.run("import-outcomes", sheet)
    assert said["metrics"]["rejected"] >= 9
    assert {*rules, "negative", "extra-row"} <= set(said["metrics"]["rejected_by"])
    assert "outcomes-rejected" in told(said)
    rejects, outcomes = planned.table("outcome_rejects"), planned.table("retention_outcomes")
    assert set(range(2, 10)) <= set(rejects["line"])
    assert not set(outcomes["line"]) & set(rejects["line"])
    assert "Wang" not in "".join(rejects["value"].drop_nulls())  # the shape of what stood there, not the thing
    assert outcomes.height + rejects["line"].n_unique() + said["metrics"]["open"] == mine + 1


def test_a_sheet_with_macros_is_not_read(planned: Walk) -> None:
    folder = filled(planned)
    sheet = sheet_of(folder)
    with zipfile.ZipFile(sheet, "a") as book:
        book.writestr("xl/vbaProject.bin", b"\x00macro")
    said = planned.run("import-outcomes", folder)
    assert {"sheet-macros", "sheets-refused"} <= told(said)
    assert said["metrics"]["files_refused"] == 1
    assert sheet.name not in set(planned.table("retention_outcomes")["file"])
    code, alone = called("import-outcomes", sheet, "-w", planned.work, "--force")
    assert (code, alone["error"]["code"]) == (4, "sheet-macros")


def test_the_same_sheets_twice_count_once(planned: Walk) -> None:
    folder = filled(planned)
    first = planned.run("import-outcomes", folder)
    once = planned.table("retention_outcomes")
    assert first["metrics"]["new"] == once.height > 30
    assert planned.run("import-outcomes", folder)["skipped"]
    again = shutil.copytree(folder, planned.place / "again")
    for sheet in again.glob("*.xlsx"):
        sheet.rename(sheet.with_stem(f"copy of {sheet.stem}"))
    second = planned.run("import-outcomes", again, folder)
    assert second["metrics"]["new"] == second["metrics"]["corrected"] == 0
    assert "outcomes-unchanged" in told(second)
    twice = planned.table("retention_outcomes")
    assert twice.drop("file").equals(once.drop("file"))
    assert planned.table("manager_results")["cost"].sum() == pytest.approx(
        2 * once["cost"].sum()  # of the month, and to date
    )


def test_a_plan_is_not_made_again_over_what_came_of_it(planned: Walk) -> None:
    sheet = sheet_of(planned.work / "tasks/as_of=2024-06-01")
    written(sheet, (2, DONE))
    before = sheet.read_bytes()
    again = ("plan-retention", "-w", planned.work, "--as-of", "2024-06", "--holdout", "0.2")
    code, said = called(*again)
    assert (code, said["error"]["code"]) == (2, "sheet-filled")
    assert sheet.read_bytes() == before
    planned.run("import-outcomes", sheet)
    code, said = called(*again)
    assert (code, said["error"]["code"]) == (2, "outcomes-came")
    assert planned.table("retention_outcomes").height == 1


def test_the_same_plan_again_is_up_to_date(planned: Walk) -> None:
    plan = planned.table("retention_plan", 0)
    assert planned.run("plan-retention")["skipped"]
    planned.run("plan-retention", "--force")
    assert planned.table("retention_plan", 0).equals(plan)


def test_who_was_held_out_and_contacted_stays_held_out(planned: Walk) -> None:
    plan = planned.table("retention_plan", 0)
    out = plan.filter("held_out").row(0, named=True)
    sheet = sheet_of(filled(planned))
    rows = openpyxl.load_workbook(sheet).worksheets[0].max_row
    row = {"Campaign": out["campaign_id"], "Customer": out["customer_id"], **DONE}
    said = planned.run("import-outcomes", written(sheet, (rows + 1, row)))
    assert said["metrics"]["contaminated"] == 1
    assert "outcomes-contaminated" in told(said)
    outcomes = planned.table("retention_outcomes").filter("contaminated")
    assert outcomes["customer_id"].to_list() == [out["customer_id"]]
    assert planned.table("retention_plan", 0).equals(plan)


def test_without_money_nobody_is_contacted(scored: Walk) -> None:
    said = scored.run("plan-retention", "--budget", "0")
    plan = scored.table("retention_plan", 0)
    assert set(plan["action"]) == {"none"}
    assert "no-money" in set(plan["why"])
    assert not list(scored.work.glob("tasks/**/*.xlsx"))
    assert said["warnings"]


def _bare(place: Path) -> Path:
    (place / "crm.csv").write_text("customer_id\n1\n", encoding="utf-8")
    assert called("ingest", place / "crm.csv", "-w", place / "work")[0] == 0
    return place / "work"


@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        (("plan-retention",), 3, "predict-churn"),
        (("import-outcomes", "crm.csv"), 3, "plan-retention"),
        (("evaluate-retention",), 3, "plan-retention"),
        (("knowledge",), 3, "evaluate-retention"),
    ],
)
def test_what_comes_before_is_named(
    words: tuple[str, ...], code: int, names: str, tmp_path: Path, stand_ins: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = _bare(tmp_path)
    monkeypatch.chdir(tmp_path)
    found, said = called(*words, "-w", work)
    assert (found, names in said["error"]["hint"]) == (code, True), said


def test_a_plan_is_not_evaluated_before_its_time(planned: Walk) -> None:
    code, said = called("evaluate-retention", "-w", planned.work, "--as-of", "2024-06")
    assert (code, "plan-retention" in said["error"]["hint"]) == (3, True), said


def test_a_person_who_is_removed_is_gone_from_the_loop(planned: Walk) -> None:
    folder = filled(planned)
    planned.run("import-outcomes", folder)
    outcome = planned.table("retention_outcomes").row(0, named=True)
    person, task = outcome["customer_id"], outcome["task_id"]
    sheet = next((planned.work / "tasks/as_of=2024-06-01").glob(f"*{outcome['manager_id']}.xlsx"))
    code, said = called("purge", "--customer", person, "-w", planned.work)
    assert code == 0, said
    for name in ("retention_plan", "retention_tasks", "retention_outcomes", "customers", "churn_scores"):
        assert person not in set(planned.table(name)["customer_id"]), name
    told = [row[0].value for row in openpyxl.load_workbook(sheet).worksheets[0].iter_rows(min_row=2)]
    assert told
    assert task not in told
    others = planned.table("retention_outcomes").height
    code, said = called("import-outcomes", folder, "-w", planned.work, "--force")
    assert code == 0, said
    assert "unknown-task" in said["metrics"]["rejected_by"]
    assert planned.table("retention_outcomes").height == others
    assert task not in set(planned.table("retention_outcomes")["task_id"])
    named: Callable[[Path], bool] = lambda file: person.encode() in file.read_bytes()  # noqa: E731
    assert not [file for file in planned.work.rglob("*.json") if named(file)]
