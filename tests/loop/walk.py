"""The loop through the command line: a working directory of the simulated operator, month after month."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from telcli.cli import main
from tests.loop import extracts
from tests.loop.managers import contacts_of, fill
from tests.loop.operator import HISTORY, Operator, month_of
from tests.loop.policies import CAPACITY, HOLDOUT, TOML

__all__ = ["Walk", "called", "settings"]


def settings(evidence: str, capacity: int = CAPACITY) -> str:
    """telcli.toml of the operator."""
    off = "" if evidence == "auto" else f'evidence = "{evidence}"'
    return f"""
[predict-churn]
gap_months = 0
outcome_months = 1
observe_months = 2
trust_export = "contract_months_left"
compare = "quick"
earlier_tests = 0
max_snapshots = 4

[plan-retention]
channel_capacity = "outbound={capacity}"
take = 0.6
holdout = {HOLDOUT}
holdout_most = {HOLDOUT}
quiet_days = 0
frequency_cap = 0
{off}

{TOML}

[evaluate-retention]
draws = 40
model_customers = 0

"""


def called(*words: object) -> tuple[int, dict[str, Any]]:
    """Run telcli in this process with --format json: its exit code, and the one object on stdout."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main([*map(str, words), "--format", "json"])
    return code, json.loads(out.getvalue())


@dataclass
class Walk:
    """A world and the working directory that follows it; `said` is what each command said, by name and month."""

    world: Operator
    place: Path
    hands: int = CAPACITY
    said: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        """The working directory."""
        return self.place / "work"

    def run(self, command: str, *words: object) -> dict[str, Any]:
        """Run a command for the month that has ended; it must succeed."""
        dated = () if command in ("ingest", "import-outcomes") else ("--as-of", f"{month_of(self.world.now):%Y-%m}")
        code, said = called(command, *words, "-w", self.work, *dated)
        assert code == 0, said
        self.said[command, self.world.now] = said
        return said

    def table(self, name: str, month: int | None = None) -> pl.DataFrame:
        """A table of the working directory: all months, or one snapshot."""
        part = "**" if month is None else f"as_of={month_of(month)}"
        return pl.read_parquet(self.work / name / part / "*.parquet", hive_partitioning=False)

    def start(self, evidence: str) -> None:
        """Bring the months known at the first plan, and train the model of leaving."""
        self.place.mkdir(parents=True, exist_ok=True)
        self.work.mkdir()
        (self.work / "telcli.toml").write_text(settings(evidence, self.hands), encoding="utf-8")
        folder = extracts.write(self.world, range(1 - HISTORY, 1), self.place / "extracts-0")
        self.run("ingest", folder)
        self.run("score-value")
        self.run("predict-churn")

    def twin(self, world: Operator, place: Path, evidence: str) -> Walk:
        """A world of the same past with a working directory of its own, before anything is planned."""
        place.mkdir(parents=True)
        shutil.copytree(self.work, place / "work")
        (place / "work" / "telcli.toml").write_text(settings(evidence, self.hands), encoding="utf-8")
        return Walk(world, place, self.hands)

    def score(self, *, value: bool = True) -> None:
        """Bring the month that has ended, and score it with the model of the first."""
        folder = extracts.write(self.world, [self.world.now], self.place / f"extracts-{self.world.now}")
        self.run("ingest", folder)
        if value:
            self.run("score-value")
        self.run("predict-churn", "--model", self.work / f"models/as_of={month_of(0)}/churn.skops")

    def plan(self) -> pl.DataFrame:
        """Plan the month to come."""
        self.run("plan-retention")
        return self.table("retention_plan", self.world.now)

    def live(self) -> dict[str, int]:
        """Have the sheets of the plan filled in, and live the month to come; what became of the tasks."""
        now = month_of(self.world.now)
        plan = self.table("retention_plan", self.world.now)
        sheets = self.work / f"tasks/as_of={now}"
        tasks, filled = self.table("retention_tasks", self.world.now), self.place / f"filled-{now:%Y-%m}"
        counts = fill(self.world, tasks, sheets, filled)
        self.world.go_on(contacts_of(plan))
        return counts

    def learn(self) -> None:
        """Read back what the managers wrote in the month that has ended, measure it, and keep what it tells."""
        self.run("import-outcomes", self.place / f"filled-{month_of(self.world.now - 1):%Y-%m}")
        self.run("evaluate-retention")
        self.run("knowledge")
