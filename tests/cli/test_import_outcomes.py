"""import-outcomes from the command line, on a working directory with a plan that was made up."""

import dataclasses
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.cli import main
from telcli.errors import ExitCode
from telcli.pipeline import catalog
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.stage import Stage
from telcli.pipeline.task_sheets import render
from telcli.pipeline.workdir import Workdir
from telcli.stages import Inputs, Outcome
from telcli.stages.import_outcomes import import_outcomes
from tests.cli import fakes
from tests.stages.outcome_sheets import planned, sheet

DONE = {"result": "accepted", "contacted_on": "2024-07-03", "note": "13812345678"}
TASKS, PLAN = planned({}, {}, {"manager_id": "M2"})


def plan_retention(inputs: Inputs, settings: Any) -> Outcome:
    """Three tasks."""
    more = {"worth": 1.0, "cell": "high-high", "why": "planned"}
    plan = PLAN.with_columns(pl.lit(value).alias(name) for name, value in more.items())
    return Outcome({"retention_tasks": TASKS.lazy(), "retention_plan": plan.lazy()})


@pytest.fixture
def place(work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without a plan."""
    functions = {**fakes.FUNCTIONS, "plan-retention": plan_retention, "import-outcomes": import_outcomes}
    monkeypatch.setattr(Stage, "load", lambda self: functions[self.name])
    return work


def with_plan(place: Path, as_of: date | None = None) -> None:
    """Publish the plan, past what it needs."""
    bare = dataclasses.replace(catalog.stage("plan-retention"), needs=("customer_months",), uses=(), borrows=())
    stages = tuple(bare if one.name == bare.name else one for one in catalog.STAGES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(catalog, "STAGES", stages)
        run_stage("plan-retention", Request(place / "work", as_of, render=lambda frame: render(frame, "en")))


def put(name: str, *filled: dict[str, Any]) -> str:
    Path(name).write_bytes(sheet(TASKS, *filled)[1])
    return name


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, dict[str, Any]]:
    code = main(["import-outcomes", *args, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_sheets_go_in_once_and_cron_is_told_of_slips(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_plan(place)
    good, bad = put("good.xlsx", DONE), put("bad.xlsx", {**DONE, "cost": -1}, {**DONE, "cost": "?"})
    code, told = run(capsys, good)
    assert (code, told["metrics"]["new"], told["metrics"]["tasks"]) == (0, 1, 3)
    before = {file: file.read_bytes() for file in (place / "work").rglob("*.parquet")}
    code, told = run(capsys, good, "--force")
    assert (code, told["metrics"]["new"], told["metrics"]["unchanged"]) == (0, 0, 1)
    assert [warning["code"] for warning in told["warnings"]] == ["outcomes-unchanged"]
    assert {file: file.read_bytes() for file in before} == before
    code, told = run(capsys, bad, "--fail-if", "rejected>0")
    assert code == ExitCode.THRESHOLD
    assert told["metrics"]["rejected_by"] == {"negative": 1, "not-a-number": 1}
    code, told = run(capsys, put("mended.xlsx", DONE, DONE))
    assert (told["metrics"]["new"], told["metrics"]["unchanged"]) == (1, 1)
    manifest = Workdir(place / "work").manifest()
    assert "outcome_rejects" not in manifest.tables  # all of them are settled
    assert b"13812345678" not in b"".join(file.read_bytes() for file in (place / "work").rglob("*") if file.is_file())


def test_what_was_filled_in_where_it_was_written(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_plan(place)
    folder = place / "work" / "tasks" / "as_of=2024-06-01"
    assert sorted(file.name for file in folder.iterdir()) == ["tasks-2024-06-M1.xlsx", "tasks-2024-06-M2.xlsx"]
    put(str(folder / "tasks-2024-06-M1.xlsx"), DONE, DONE)
    code, told = run(capsys, "work/tasks")
    assert (code, told["metrics"]["files"], told["metrics"]["new"], told["metrics"]["open"]) == (0, 2, 2, 1)
    assert main(["import-outcomes", "work/tasks"]) == 0
    assert "up to date" in capsys.readouterr().out
    assert main(["import-outcomes", "work/tasks", "--force", "--lang", "zh"]) == 0
    assert "没有新的上报" in capsys.readouterr().err


def test_what_was_brought_in_is_not_out_of_date_because_there_is_another_plan(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_plan(place)
    assert run(capsys, put("good.xlsx", DONE))[0] == 0
    with_plan(place, date(2024, 5, 1))
    assert main(["status"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"import-outcomes +up-to-date", told) and "telcli import-outcomes" not in told
    next((place / "work" / "retention_outcomes").rglob("*.parquet")).unlink()
    assert main(["status"]) == 0
    assert "telcli import-outcomes SHEETS... -w work" in capsys.readouterr().out


def test_what_cannot_be_is_a_sentence(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = put("good.xlsx", DONE)
    cases = [([good], 3, "plan-retention"), ([good, "-w", "nowhere"], 3, "nowhere"), ([], 2, "SHEETS")]
    for args, code, says in cases:
        assert main(["import-outcomes", *args]) == code
        assert says in capsys.readouterr().err
    assert not Path("nowhere").exists()
    with_plan(place)
    Path("macro.xlsm").write_bytes(Path(good).read_bytes())
    for args, code, says in [
        (["macro.xlsm"], 4, "holds macros"),
        (["crm.csv"], 4, "is no task sheet"),
        (["none.xlsx"], 3, "none.xlsx"),
        ([good, "--as-of", "2024-06"], 2, "every month"),
        ([good, "--fail-if", "refused>0"], 2, "refused"),
    ]:
        assert main(["import-outcomes", *args]) == code, args
        said = capsys.readouterr().err
        assert says in said
        assert "Traceback" not in said
