"""What a working directory holds, what is stale and why, and what to run next. Reads the manifest alone: no data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from telcli.errors import MissingInputError
from telcli.pipeline.catalog import STAGES
from telcli.pipeline.choice import choose
from telcli.pipeline.dropped import Dropped, dropped
from telcli.pipeline.opened import FILE
from telcli.pipeline.provenance import Basis, Manifest
from telcli.pipeline.run import Request, lay_basis, settle, snapshot_month
from telcli.pipeline.stage import Stage
from telcli.pipeline.walk import WALK
from telcli.pipeline.workdir import Workdir
from telcli.tables import PARTITIONS, SUBJECTS

__all__ = ["LoadState", "Reason", "StageState", "Status", "TableState", "stale_of", "status"]

FRESH, STALE, MISSING, BLOCKED, BROKEN = "up-to-date", "stale", "not-run", "blocked", "damaged"


@dataclass(frozen=True)
class TableState:
    """One published table: its months, rows and bytes.

    Of a monthly subject table, `open` is the month that a load may still add to; the `closed` earlier ones change only
    with --restate. `by_month` are the rows of each month.
    """

    table: str
    months: tuple[str, ...]
    rows: int
    bytes: int
    open: str | None = None
    closed: int = 0
    by_month: tuple[int, ...] = ()


@dataclass(frozen=True)
class LoadState:
    """One ingest that the subject tables come from: its month, None where it had none, and the extracts it read."""

    month: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """Why a stage would run again: `code` says what changed, `what` which one."""

    code: str
    what: str = ""


@dataclass(frozen=True)
class StageState:
    """One stage at the as-of month: up-to-date, stale, not-run, blocked (an input is missing) or damaged.

    `dropped` are settings that its last run had from the command line, and that its next one would not have.
    """

    stage: str
    state: str
    reasons: tuple[Reason, ...] = ()
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True)
class Status:
    """The whole directory. `loads` are in their order; `next` is the stage to run, None when all is up to date."""

    workdir: Path
    as_of: date | None
    tables: tuple[TableState, ...]
    stages: tuple[StageState, ...]
    next: str | None
    interrupted: bool
    loads: tuple[LoadState, ...] = ()

    def __repr__(self) -> str:
        """Tables with their rows, and stages with their states."""
        lines = [f"{self.workdir}  {self.as_of:%Y-%m}" if self.as_of else str(self.workdir)]
        lines += [f"  {table.rows:>11,}  {table.table}" for table in self.tables]
        lines += [f"  {state.stage:<18}  {state.state}" for state in self.stages]
        return "\n".join([*lines, f"  next: {self.next}"])


def status(request: Request) -> Status:
    """Compare every stage's record with what it would depend on if it ran now.

    Raises
    ------
    MissingInputError
        There is no such directory, or the month asked for is not in it.
    DataError
        The manifest is damaged, or of a newer telcli.
    """
    workdir = Workdir(request.workdir)
    for again in count():
        manifest = workdir.manifest()
        found = _seen(workdir, manifest, request)
        damaged = any(state.state == BROKEN for state in found.stages)
        if not damaged or workdir.stands(manifest, again):  # a commit may have gone by meanwhile
            return found
    raise AssertionError("it is looked at until it stands")


def _seen(workdir: Workdir, manifest: Manifest, request: Request) -> Status:
    as_of = snapshot_month(STAGES[-1], manifest, request.as_of)
    states: list[StageState] = []
    for stage in STAGES:
        found = _state(stage, workdir, manifest, request)
        upstream = [] if stage.handed else _stale_makers(stage, states)
        if found.state == FRESH and upstream:
            found = StageState(stage.name, STALE, tuple(Reason("upstream", name) for name in upstream))
        if not stage.aside or found.state not in (MISSING, BLOCKED):
            states.append(found)
    walked = [state for state in states if state.stage in WALK]
    after = next((state.stage for state in walked if state.state not in (FRESH, BLOCKED)), None)
    loads = tuple(LoadState(load["month"][:7] or None, tuple(load["sources"])) for load in manifest.loads)
    return Status(request.workdir, as_of, _tables(manifest), tuple(states), after, bool(manifest.pending), loads)


def stale_of(request: Request, stages: Sequence[str]) -> tuple[str, ...]:
    """Those of some stages that ran for the as-of month, and of which something has changed since.

    A month before it that was scored later, for a plan of then, is no such change: only what is of the month counts.
    """
    moved: dict[str, str] = {}
    for state in status(request).stages:
        told = (reason for reason in state.reasons if reason.code != "own")
        anew = any(reason.code != "upstream" or reason.what in moved for reason in told)
        if state.state == BROKEN or (state.state == STALE and anew):
            moved[state.stage] = state.state
    return tuple(name for name, how in moved.items() if name in stages and how == STALE)


def _tables(manifest: Manifest) -> tuple[TableState, ...]:
    return tuple(_table(manifest, table) for stage in STAGES for table in stage.gives if table in manifest.tables)


def _table(manifest: Manifest, table: str) -> TableState:
    parts = manifest.tables[table]
    months = tuple(month for month in manifest.months(table) if month)
    rows, size = sum(part.rows for part in parts.values()), sum(part.bytes for part in parts.values())
    each = tuple(sum(part.rows for name, part in parts.items() if name[:10] == month) for month in months)
    if table not in SUBJECTS or PARTITIONS.get(table) != "month":
        return TableState(table, months, rows, size, by_month=each)
    return TableState(table, months, rows, size, months[-1], len(months) - 1, each)


def _state(stage: Stage, workdir: Workdir, manifest: Manifest, request: Request) -> StageState:
    as_of = snapshot_month(stage, manifest, request.as_of)
    record = manifest.stages.get(stage.name, {}).get(as_of.isoformat() if as_of else "")
    settings, general = settle(stage.name, request)
    try:
        chosen = choose(stage, manifest, as_of, settings)
    except MissingInputError as error:
        return StageState(stage.name, BLOCKED, (Reason("missing", str(error.values["table"])),))
    if record is None:
        return StageState(stage.name, MISSING)
    lost = workdir.lost(manifest, record)
    if lost:
        return StageState(stage.name, BROKEN, tuple(Reason("lost", path) for path in lost))
    now = lay_basis(stage, manifest, chosen, as_of, settings, general, request)
    reasons = _reasons(stage, record.basis, now, bool(request.sources))
    reasons += tuple(Reason("output", table) for table in record.unknown(stage.owes))
    return StageState(stage.name, STALE if reasons else FRESH, reasons, dropped(stage.name, record, now))


def _reasons(stage: Stage, was: Basis, now: Basis, sources_known: bool) -> tuple[Reason, ...]:
    """What differs; what only the command line knows (mapping, language, sources) is taken as it was."""
    found = []
    if stage.handed:
        return ()  # what the files said stands until there are others
    for difference in was.differs(now):
        kind, _, what = difference.partition(" ")
        if kind == "choice" or (
            stage.name == "ingest" and (kind == "as_of" or (kind == "input" and not sources_known))
        ):
            continue
        if kind == "input" and what.startswith(FILE):
            continue  # files that only its command line names
        if kind == "input" and stage.name == "ingest":
            kind = "input" if what in was.inputs and what in now.inputs else "new" if what in now.inputs else "gone"
        found.append(_reason(stage, kind, what))
    return tuple(dict.fromkeys(found))


def _reason(stage: Stage, kind: str, what: str) -> Reason:
    """One difference in few words: months of one table are one reason."""
    if kind == "input" and stage.name != "ingest":
        if what.startswith("metrics of "):
            return Reason("metrics", what.removeprefix("metrics of "))
        table = what.removeprefix("model ").partition("/")[0]
        return Reason("own" if table in (*stage.gives, *stage.lags) else "input", table)
    return Reason(kind, what)


def _stale_makers(stage: Stage, states: list[StageState]) -> list[str]:
    """Stages before this one whose tables it reads and which would themselves give something else now."""
    reads = set(stage.reads)
    makers = {one.name: set(one.gives) for one in STAGES}
    return [state.stage for state in states if state.state in (STALE, BROKEN) and makers[state.stage] & reads]
