"""What `telcli` alone says: where the work stands and what to run next, or how to begin where there is no work yet."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.cli._help import columns, pack, wide, wrap
from telcli.cli._words import label, tr

if TYPE_CHECKING:
    from telcli.pipeline.status import Status

__all__ = ["begin"]

_WIDEST, _FEW = 100, 6
_STATES = ("damaged", "stale", "not-run", "blocked")
_WELCOME = (
    ("telcli simulate -o operator", "Make extracts of an imaginary operator to try it on."),
    ("telcli run SOURCES...", "Go the whole way, from raw extracts to the report."),
    ("telcli help", "See what there is to read; telcli help data says which files are taken."),
)


def begin(named: Path | None, form: str) -> None:
    """Tell where the work in a directory stands; `named` is the one given with -w.

    Raises
    ------
    MissingInputError
        The directory named is not there, or nothing was ever ingested into it.
    DataError
        Its manifest is damaged, or of a newer telcli.
    """
    from telcli.cli._options import DEFAULT_WORKDIR
    from telcli.cli._output import Printer

    workdir = named or Path(os.environ.get("TELCLI_WORKDIR") or DEFAULT_WORKDIR)
    out = Printer("status", form)
    if named is None and not (workdir / "manifest.json").is_file():
        out.result(lambda: _welcome(workdir, named or DEFAULT_WORKDIR), next=f"telcli run SOURCES... -w {workdir}")
        return
    from telcli.cli import _state
    from telcli.pipeline.run import Request
    from telcli.pipeline.status import status

    found = status(Request(workdir))
    out.result(lambda: _standing(found), as_of=found.as_of, **_state.payload(found))


def _width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)


def _welcome(workdir: Path, default: Path) -> Iterator[str]:
    """Three commands to begin with."""
    width = _width()
    yield from wrap(tr("telcli: customer analytics for telecom operators, from the terminal."), width)
    yield from wrap(tr("There is no working directory {workdir} here yet. To begin:", workdir=workdir), width)
    yield ""
    aside = "" if workdir == default else f" -w {workdir}"
    rows = [(tr(command) + (aside if command.startswith("telcli run") else ""), tr(text)) for command, text in _WELCOME]
    yield from columns(rows, width, max(wide(command) for command, _ in rows))
    if Path("manifest.json").is_file():
        yield ""
        yield from wrap(tr("This directory looks like a working directory itself: telcli -w ."), width)


def _standing(found: Status) -> Iterator[str]:
    """A few lines: what is held, which stages are not up to date, and the next command."""
    from telcli.cli import _state

    width = _width()
    yield from wrap("  ".join([str(found.workdir), *_held(found)]), width)
    done = [state for state in found.stages if state.state == "up-to-date"]
    yield f"  {tr('{n} of {total} stages are up to date', n=len(done), total=len(found.stages))}"
    for kind in _STATES:
        yield from _named(tr(kind), [state.stage for state in found.stages if state.state == kind], width)
    if found.interrupted:
        yield from wrap(tr("A run was cut short while publishing; the next command that writes finishes it."), width)
    following = _state.next_command(found)
    yield tr("Next: {command}", command=following) if following else _state.settled(found)
    yield from wrap(label("More:") + tr("telcli status, telcli help, telcli COMMAND --help"), width)


def _held(found: Status) -> Iterator[str]:
    """The month, how many customers there are, and how many they were month by month."""
    from telcli.cli._sparks import spark

    if found.as_of:
        yield f"{found.as_of:%Y-%m}"
    tables: dict[str, Any] = {table.table: table for table in found.tables}
    if "customers" in tables:
        yield tr("{n} customers", n=f"{tables['customers'].rows:,}")
    months = tables.get("customer_months")
    if months and len(months.by_month) > 1:
        told = tr(
            "{first} to {last} ({n})", first=months.months[0][:7], last=months.months[-1][:7], n=len(months.months)
        )
        yield f"{told} {spark(months.by_month[-12:])}"


def _named(title: str, stages: Sequence[str], width: int) -> Iterator[str]:
    """A state and its stages, the first few of many."""
    if stages:
        more = [tr("and {n} more", n=len(stages) - _FEW)] if len(stages) > _FEW else []
        first, *rest = pack([f"{title}{tr(': ')}{stages[0]}", *stages[1:_FEW], *more], ", ", width - 4)
        yield from (f"  {first}", *(f"    {line}" for line in rest))
