"""A small working directory with a plan in it, made by the real commands behind stages that are a few lines each."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.pipeline.stage import Stage
from telcli.stages import Inputs, Outcome
from tests.cli import fakes
from tests.loop.known import known, month_frame
from tests.loop.operator import Operator, month_of
from tests.loop.walk import Walk, settings

CUSTOMERS, HANDS = 500, 140


class Before:
    """What the stages before the plan give: of every month that the world has lived."""

    def __init__(self, world: Operator) -> None:
        self.world = world
        self.tables: dict[int, dict[str, pl.DataFrame]] = {}
        self.note()

    def note(self) -> None:
        """Keep what is known of the month that has ended."""
        self.tables[self.world.now] = known(self.world) | {"customer_months": month_frame(self.world)}

    def function(self, name: str) -> Any:
        """The stage of a name, or None where the real one is to run."""
        gives = {"ingest": "customers", "customer-months": "customer_months"}
        gives |= {"score-value": "value_scores", "predict-churn": "churn_scores"}
        table = gives.get(name)
        if table is None:
            return None

        def stage(inputs: Inputs, settings: Any) -> Outcome:
            months = [at for at in self.tables if inputs.as_of is None or month_of(at) == inputs.as_of]
            frames = [self.tables[at][table] for at in (months if table == "customer_months" else months[-1:])]
            told = fakes.ingest(inputs, settings).metrics if name == "ingest" else {}
            return Outcome({table: pl.concat(frames).lazy()}, told)

        return stage


@pytest.fixture(scope="session")
def before() -> Before:
    """One world for all tests of bad input."""
    return Before(Operator(3, customers=CUSTOMERS))


@pytest.fixture
def stand_ins(before: Before, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages before the plan are stand-ins in this test."""
    _stand_in(before, monkeypatch)


def _stand_in(before: Before, patched: pytest.MonkeyPatch) -> None:
    real = Stage.load
    patched.setattr(Stage, "load", lambda self: before.function(self.name) or real(self))
    for name in ("TELCLI_WORKDIR", "TELCLI_LANG", "TELCLI_CONFIG", "TELCLI_DEBUG"):
        patched.delenv(name, raising=False)


@pytest.fixture(scope="session")
def scored_once(tmp_path_factory: pytest.TempPathFactory, before: Before) -> Path:
    """A working directory with scores of June, and nothing planned."""
    place = tmp_path_factory.mktemp("scored")
    with pytest.MonkeyPatch.context() as patched:
        _stand_in(before, patched)
        walk = Walk(before.world, place)
        walk.work.mkdir()
        (walk.work / "telcli.toml").write_text(settings("auto", HANDS), encoding="utf-8")
        (place / "crm.csv").write_text("customer_id\n1\n", encoding="utf-8")
        walk.run("ingest", place / "crm.csv")
        walk.run("score-value")
        walk.run("predict-churn")
    return place


@pytest.fixture(scope="session")
def planned_once(tmp_path_factory: pytest.TempPathFactory, scored_once: Path, before: Before) -> Path:
    """The same with June's plan."""
    place = tmp_path_factory.mktemp("planned") / "here"
    shutil.copytree(scored_once, place)
    with pytest.MonkeyPatch.context() as patched:
        _stand_in(before, patched)
        Walk(before.world, place).plan()
    return place


@pytest.fixture
def scored(tmp_path: Path, scored_once: Path, before: Before, stand_ins: None) -> Walk:
    """A copy of the working directory before anything is planned."""
    return Walk(before.world, shutil.copytree(scored_once, tmp_path / "here"))


@pytest.fixture
def planned(tmp_path: Path, planned_once: Path, before: Before, stand_ins: None) -> Walk:
    """A copy of the working directory after the plan."""
    return Walk(before.world, shutil.copytree(planned_once, tmp_path / "here"))
