"""Stages whose results reach over months, that open files of their own, and that hand out files to be filled in."""

import dataclasses
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.methods.level_rates import LevelRates
from telcli.pipeline import catalog
from telcli.pipeline import opened as opening
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.stage import Stage
from telcli.pipeline.status import status
from telcli.stages import Inputs, Outcome
from telcli.tables.opened import Opened
from tests.cli import fakes

APRIL, MAY, JUNE = fakes.MONTHS
GIVEN: list[Inputs] = []


def churn(inputs: Inputs, settings: Any) -> Outcome:
    """A model beside the table."""
    found = fakes.predict_churn(inputs, settings)
    model = LevelRates([0]).fit([[0.0], [1.0]], [0, 1])
    return dataclasses.replace(found, models={"churn": (model, {"month": str(inputs.as_of)})})


def looker(inputs: Inputs, settings: Any) -> Outcome:
    """What the stage under test was given is kept; it gives back a row per customer."""
    GIVEN.append(inputs)
    frame = pl.LazyFrame({"customer_id": fakes.IDS, "attribute": ["region"] * 3})
    return Outcome({"missing_attributes": frame.with_columns(as_of=pl.lit(inputs.as_of))})


def read(name: str, path: Path, scratch: Path) -> Opened:
    """A reader of files as a module of telcli.io has one."""
    if path.suffix == ".bad":
        raise DataError("no-sheet", "{file} is none.", file=name)
    return Opened(name, pl.DataFrame({"text": [path.read_text(encoding="utf-8")]}))


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    functions = {**fakes.FUNCTIONS, "predict-churn": churn, "profile": looker}
    monkeypatch.setattr(Stage, "load", lambda self: functions[self.name])
    monkeypatch.setattr(opening, "import_module", lambda name: SimpleNamespace(read=read))
    GIVEN.clear()
    (tmp_path / "crm.csv").write_text("customer_id\n1\n", encoding="utf-8")
    for name in ("ingest", "customer-months"):
        run_stage(name, Request(tmp_path / "w", sources=(tmp_path / "crm.csv",) if name == "ingest" else ()))
    return tmp_path / "w"


def reaching(monkeypatch: pytest.MonkeyPatch, **told: Any) -> Stage:
    """The stage profile with other wants, in the catalogue."""
    stage = dataclasses.replace(catalog.stage("profile"), needs=("customer_months",), uses=(), heeds=(), **told)
    stages = tuple(stage if one.name == "profile" else one for one in catalog.STAGES)
    monkeypatch.setattr(catalog, "STAGES", stages)
    monkeypatch.setattr("telcli.pipeline.status.STAGES", stages)
    return stage


def months(frame: pl.LazyFrame) -> list[date]:
    return sorted(frame.select(pl.col("as_of").unique()).collect()["as_of"].to_list())


def state(work: Path, month: date) -> tuple[str, tuple[Any, ...]]:
    (found,) = [one for one in status(Request(work, as_of=month)).stages if one.stage == "profile"]
    return found.state, found.reasons


def test_all_months_before_the_latest_and_its_own(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = reaching(monkeypatch, spans=("segments",), recent=("churn_costs",), keeps=("missing_attributes",))
    for month in (APRIL, MAY, JUNE):
        run_stage("segment", Request(work, as_of=month))
    run_stage("predict-churn", Request(work, as_of=APRIL))
    run_stage("predict-churn", Request(work, as_of=MAY))
    run_stage("profile", Request(work, as_of=JUNE))
    tables: Mapping[str, pl.LazyFrame] = GIVEN[-1].tables
    assert months(tables["segments"]) == [APRIL, MAY]
    assert months(tables["churn_costs"]) == [MAY]
    assert "missing_attributes" not in tables
    assert run_stage("profile", Request(work, as_of=JUNE)).skipped  # it does not depend on what it keeps
    run_stage("profile", Request(work, as_of=JUNE, force=True))
    assert months(GIVEN[-1].tables["missing_attributes"]) == [JUNE]
    run_stage("profile", Request(work, as_of=APRIL))
    assert set(GIVEN[-1].tables) == {"customer_months", "churn_costs"}  # nothing of later months
    assert set(stage.reads) == {"customer_months", "segments", "churn_costs"}


def test_what_is_spanned_and_recent_comes_up_to_the_own_month(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reaching(monkeypatch, spans=("segments",), recent=("segments",))
    for month in (APRIL, MAY, JUNE):
        run_stage("segment", Request(work, as_of=month))
    run_stage("profile", Request(work, as_of=MAY))
    assert months(GIVEN[-1].tables["segments"]) == [APRIL, MAY]


def test_a_stage_is_stale_when_a_month_that_it_spans_changes(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reaching(monkeypatch, spans=("segments",))
    run_stage("profile", Request(work, as_of=JUNE))
    assert state(work, JUNE)[0] == "up-to-date"
    run_stage("segment", Request(work, as_of=JUNE))
    assert state(work, JUNE)[0] == "up-to-date"  # its own month is none of them
    run_stage("segment", Request(work, as_of=APRIL))
    found, reasons = state(work, JUNE)
    assert found == "stale"
    assert [reason.what for reason in reasons] == ["segments"]


def test_a_model_is_borrowed_up_to_the_own_month(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reaching(monkeypatch, borrows=(("predict-churn", "churn"),))
    run_stage("profile", Request(work, as_of=APRIL))
    assert GIVEN[-1].borrowed == {}
    for month in (MAY, JUNE):
        run_stage("predict-churn", Request(work, as_of=month))
    for month in (MAY, JUNE):
        run_stage("profile", Request(work, as_of=month))
        assert GIVEN[-1].borrowed["churn"].description["month"] == str(month)
    assert run_stage("profile", Request(work, as_of=APRIL)).skipped
    assert state(work, JUNE)[0] == "up-to-date"


def test_a_month_is_closed_by_what_came_of_it(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reaching(monkeypatch, closed_by=("segments",))
    run_stage("profile", Request(work, as_of=JUNE))
    run_stage("segment", Request(work, as_of=JUNE))
    assert run_stage("profile", Request(work, as_of=JUNE)).skipped
    with pytest.raises(UsageError) as raised:
        run_stage("profile", Request(work, as_of=JUNE, flags={"seed": 9}))
    assert raised.value.code == "outcomes-came"
    run_stage("profile", Request(work, as_of=MAY, flags={"seed": 9}))
    assert not run_stage("profile", Request(work, as_of=JUNE, flags={"seed": 9}, force=True)).skipped


def test_who_borrows_no_model_does_not_load_what_reads_them(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reaching(monkeypatch, borrows=(("predict-churn", "churn"),))
    monkeypatch.setitem(sys.modules, "telcli.io.model_file", None)  # scikit-learn comes with it: 2 s and 150 MB
    monkeypatch.delattr("telcli.io.model_file", raising=False)  # else the package still has it
    assert not run_stage("profile", Request(work, as_of=JUNE)).skipped
    assert not run_stage("segment", Request(work, as_of=JUNE)).skipped


def test_files_named_are_read_and_count(work: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reaching(monkeypatch, opens="task_book")
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("a", encoding="utf-8")
    other.write_text("b", encoding="utf-8")
    run_stage("profile", Request(work, as_of=JUNE, sources=(one, other)))
    assert [(file.name, file.frame.item()) for file in GIVEN[-1].opened] == [("one.csv", "a"), ("other.csv", "b")]
    assert run_stage("profile", Request(work, as_of=JUNE, sources=(one, other))).skipped
    assert state(work, JUNE)[0] == "up-to-date"  # which files there were only its command line knows
    one.write_text("c", encoding="utf-8")
    assert not run_stage("profile", Request(work, as_of=JUNE, sources=(one, other))).skipped
    assert GIVEN[-1].opened[0].frame.item() == "c"
    for month in ("may", "june"):
        (tmp_path / "sent" / month).mkdir(parents=True)
        (tmp_path / "sent" / month / "m1.csv").write_text(month, encoding="utf-8")
    run_stage("profile", Request(work, as_of=JUNE, sources=(tmp_path / "sent",)))
    assert [file.frame.item() for file in GIVEN[-1].opened] == ["june", "may"]
    assert len({file.name for file in GIVEN[-1].opened}) == 2
    (tmp_path / "x.bad").write_text("d", encoding="utf-8")
    for source, error in (
        ("postgresql://ann:secret@db/crm", UsageError),
        (tmp_path / "none.csv", MissingInputError),
        (tmp_path / "x.bad", DataError),
    ):
        with pytest.raises(error) as raised:
            run_stage("profile", Request(work, as_of=JUNE, sources=(source,)))
        assert "secret" not in str(raised.value.values)


def test_a_sheet_that_was_filled_in_is_not_written_over(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reaching(monkeypatch, draws="missing_attributes", folder="tasks/as_of={as_of}")
    asked = Request(work, as_of=JUNE, render=lambda frame: {"M1.txt": f"{frame.height}".encode()})
    (drawn,) = [one for one in run_stage("profile", asked).outputs if one.table == "tasks"]
    sheet = work / "tasks/as_of=2024-06-01/M1.txt"
    assert (sheet.read_bytes(), drawn.path) == (b"3", str(sheet))
    other = dataclasses.replace(asked, choices={"lang": "zh"}, render=lambda frame: {"M1.txt": b"\xe4\xb8\x89"})
    for again in (other, asked, other, asked):  # a sheet of one name in another language is the sheet from then on
        assert not run_stage("profile", again).skipped
        assert run_stage("profile", again).skipped
    sheet.write_bytes(b"3 accepted")
    assert run_stage("profile", asked).skipped  # it is no damage
    assert state(work, JUNE)[0] == "up-to-date"
    monkeypatch.setattr("telcli.__version__", "later")
    with pytest.raises(UsageError) as raised:
        run_stage("profile", asked)
    assert raised.value.code == "sheet-filled"
    assert sheet.read_bytes() == b"3 accepted"
    run_stage("profile", dataclasses.replace(asked, force=True))
    assert sheet.read_bytes() == b"3"
