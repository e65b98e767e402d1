"""How the state of a working directory looks on the screen and in JSON."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._help import pack
from telcli.cli._sparks import spark
from telcli.cli._stage_view import row_count
from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.pipeline.status import LoadState, Reason, StageState, Status, TableState

__all__ = ["next_command", "payload", "settled", "view"]

_REASONS = {
    "version": "made by another version of telcli",
    "seed": "another seed",
    "as_of": "another month",
    "setting": "setting {what} changed",
    "input": "{what} changed",
    "own": "{what} of an earlier month changed",
    "new": "{what} is new",
    "gone": "{what} is no longer given",
    "metrics": "figures of {what} changed",
    "upstream": "waits for {what}",
    "missing": "needs {what}",
    "lost": "{what} is gone",
    "output": "{what} is not made yet",
}
_FEW = 3
_WIDTH = 80
_DRAWN, _ROOMY, _SIZED = 12, 88, 72
"""Months that are drawn, and the columns that lines with them, and with sizes, take."""


def payload(found: Status, given: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON of a working directory's state."""
    return {
        "outputs": [
            {"table": table.table, "path": str(found.workdir / table.table), "rows": table.rows}
            for table in found.tables
        ],
        "tables": found.tables,
        "loads": found.loads,
        "stages": found.stages,
        "next": next_command(found, given),
        "interrupted": found.interrupted,
    }


def next_command(found: Status, given: Sequence[str] = ()) -> str | None:
    """The command line to run next, with options `given`; None where all is up to date."""
    if found.next is None:
        return None
    aside = _aside(found)
    to_do = [state for state in found.stages if state.state != "up-to-date" and state.stage not in aside]
    words = "run SOURCES..." if found.next == "ingest" else "run" if len(to_do) > 1 else found.next
    return " ".join([f"telcli {words} -w {found.workdir}", *given])


def _aside(found: Status) -> tuple[str, ...]:
    """Stages beside the walk whose results are out of date: telcli run leaves them as they are."""
    from telcli.pipeline.walk import WALK

    return tuple(state.stage for state in found.stages if state.stage not in WALK and state.state != "up-to-date")


def view(found: Status, given: Sequence[str] = (), *, verbose: bool = False) -> Iterator[Any]:
    """The lines of a working directory's state."""
    from rich.table import Table
    from rich.text import Text

    month = f"  {found.as_of:%Y-%m}" if found.as_of else ""
    yield Text(f"{found.workdir}{month}", style="bold")
    room = shutil.get_terminal_size((80, 24)).columns
    tables = Table.grid(padding=(0, 2))
    for column in ("left", "right", "right", "left"):
        tables.add_column(justify=column, no_wrap=True)
    for table in found.tables:
        size = _size(table.bytes) if room >= _SIZED else ""
        tables.add_row("  " + table.table, row_count(table.rows), size, _months(table.months) + _drawn(table, room))
    yield tables if found.tables else "  " + tr("no tables yet")
    yield from _open_months(found.tables)
    yield from _loads(found.loads, verbose=verbose)
    stages = Table.grid(padding=(0, 2))
    for state in found.stages:
        style = {"up-to-date": "green", "stale": "yellow", "damaged": "red"}.get(state.state, "dim")
        stages.add_row("  " + state.stage, Text(tr(state.state), style=style), Text(_why(state, verbose)))
    yield ""
    yield stages
    yield from _dropped(found.stages)
    if found.interrupted:
        yield tr("A run was cut short while publishing; the next command that writes finishes it.")
    following = next_command(found, given)
    yield ""
    yield tr("Next: {command}", command=following) if following else settled(found)
    for name in _aside(found):
        words = f"{name} SHEETS..." if name == "import-outcomes" else name
        yield tr("Out of date, and not of telcli run: {command}", command=f"telcli {words} -w {found.workdir}")
    if not following and _may_plan(found):
        yield tr("To act on it: {command}", command=f"telcli plan-retention -w {found.workdir}")


def settled(found: Status) -> str:
    """That there is nothing left to run; of commands beside the walk each is run when it is wanted."""
    if all(state.state == "up-to-date" for state in found.stages):
        return tr("Everything is up to date.")
    return tr("Everything that telcli run makes is up to date.")


def _may_plan(found: Status) -> bool:
    """Whether there is something to plan by, and no plan yet."""
    scored = any(table.table == "churn_scores" for table in found.tables)
    return scored and not any(state.stage == "plan-retention" for state in found.stages)


def _dropped(stages: Sequence[StageState]) -> Iterator[str]:
    """What the next run would undo, and how to keep it."""
    words = "{stage}: {name} = {was} was given on the command line; the next run takes {now}."
    for state in stages:
        for one in state.dropped:
            yield tr(words, stage=state.stage, name=one.name, was=one.was, now=one.now)
            yield "  " + tr("To keep it, write it under [{section}] in telcli.toml:", section=one.section)
            yield f"  {one.name} = {one.was}"


def _why(state: StageState, verbose: bool) -> str:
    """What changed, the first few of many."""
    told = [_told(reason) for reason in state.reasons]
    more = len(told) - _FEW
    if more > 0 and not verbose:
        told = [*told[:_FEW], tr("and {n} more", n=more)]
    return ", ".join(told)


def _told(reason: Reason) -> str:
    return tr(_REASONS.get(reason.code, "{what}"), what=reason.what)


def _months(months: Sequence[str]) -> str:
    if not months:
        return ""
    if len(months) == 1:
        return months[0][:7]
    return tr("{first} to {last} ({n})", first=months[0][:7], last=months[-1][:7], n=len(months))


def _drawn(table: TableState, room: int) -> str:
    """Rows month by month, so that a thin month is seen; where the line has room."""
    return f"  {spark(table.by_month[-_DRAWN:])}" if len(table.by_month) > 2 and room >= _ROOMY else ""


def _open_months(tables: Sequence[TableState]) -> Iterator[str]:
    """Which month of the monthly subject tables may still be added to, told once of tables that agree."""
    alike: dict[tuple[str, int], list[str]] = {}
    for table in tables:
        if table.open:
            alike.setdefault((table.open[:7], table.closed), []).append(table.table)
    if alike:
        yield ""
    for (month, closed), names in alike.items():
        words = "{month} is open, {n} earlier closed: {tables}" if closed else "{month} is open: {tables}"
        yield "  " + tr(words, month=month, n=closed, tables=", ".join(names))


def _loads(loads: Sequence[LoadState], *, verbose: bool) -> Iterator[str]:
    """The loads that the tables come from, the last few of many, each with some of its extracts."""
    shown = loads if verbose else loads[-_FEW:]
    if not shown:
        return
    yield ""
    earlier = len(loads) - len(shown)
    yield "  " + (tr("loads, of {n} the last:", n=len(loads)) if earlier else tr("loads:"))
    for load in shown:
        few = load.sources if verbose else load.sources[:_FEW]
        more = len(load.sources) - len(few)
        told = [*few, tr("and {n} more", n=more)] if more else list(few)
        month = load.month or "-"
        first, *rest = pack([f"{month:<7}  {told[0]}", *told[1:]], ", ", _WIDTH) if told else [month]
        yield from (f"    {first}", *(" " * 13 + line for line in rest))


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
