"""One customer's card: which files are read of a working directory, and how few of their rows. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from telcli.errors import MissingInputError, Notice
from telcli.pipeline.audit import note
from telcli.pipeline.catalog import maker
from telcli.pipeline.choice import outrun
from telcli.pipeline.customer_naming import Base
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.workdir import Workdir
from telcli.stages import customer as stage
from telcli.tables import PARTITIONS

__all__ = ["Absent", "Card", "customer"]

_ENOUGH: Mapping[str, int] = {"customer_months": 24, "payments": 12, "call_months": 1}
"""Of monthly tables, how many of the latest months are looked at; of contacts all, as old ones may be open still."""
_TOLD: Mapping[str, str] = {"contacts": "contacts", "payments": "paid"}
"""Tables by months that are not sorted by customer -> what customer_months tells of their rows."""
_PAID = 2
"""Months with payments that are read."""
_SUBJECTS = ("subscriptions", "contacts", "payments", "campaigns")

_Files = Mapping[str, Mapping[str, Path]]


@dataclass(frozen=True)
class Absent:
    """A section that has nothing to show: `why` is ``not-made``, ``other-month``, ``not-in-it`` or ``not-given``."""

    section: str
    table: str
    why: str
    command: str
    months: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A customer's card as of a month, how the customer was named, what is absent, and rows found by table."""

    as_of: date | None
    found_by: str
    body: Mapping[str, Any]
    absent: tuple[Absent, ...]
    rows: Mapping[str, int]
    notices: tuple[Notice, ...]


def customer(directory: Path, asked: str, as_of: date | None = None, *, by_key: bool = False) -> Card:
    """Gather what is known of one customer, named by customer_id, else or with `by_key` by the key of a source system.

    Where nobody has that either, by the identifier of a line, or by a number or certificate under the operator's key.

    Results are those of `as_of`, or of the newest month held; another process may write the directory meanwhile.

    Raises
    ------
    MissingInputError
        There is no such directory, month or customer, the customer was purged, or a number cannot be looked up.
    UsageError
        The key of a source system, or a number, belongs to several customers.
    DataError
        A file is damaged.
    """
    from telcli.io.parquet_rows import UnreadableError

    asked, workdir = asked.strip(), Workdir(directory)
    manifest, chosen, files = workdir.hold_files(lambda manifest: _chosen(directory, manifest, as_of))
    month = as_of or _newest(manifest)
    known, found_by = asked, "customer_id"
    try:
        rows = {} if by_key else _rows(manifest, files, asked)
        if not rows.get("customers") and not rows.get("customer_history"):
            known, found_by = Base(directory, manifest, files, stage.last_day(month)).whose(asked, by_key=by_key)
            rows = _rows(manifest, files, known)
    except UnreadableError:
        workdir.hold_all(lambda _: chosen)  # compares hashes, and says which file it is
        raise
    body = stage.card(rows, known, month)
    counts = {table: len(found) for table, found in rows.items()}
    doubts = (*_doubts(body, month), *_older(directory, manifest, rows, month))
    doubts += note(directory, "customer", as_of=month and f"{month:%Y-%m}", rows=sum(counts.values()), by=found_by)
    return Card(month, found_by, body, tuple(_absent(directory, manifest, rows, month)), counts, doubts)


def _newest(manifest: Manifest) -> date | None:
    """The newest month of customer_months, else of any result."""
    months = manifest.months("customer_months") or [
        month for table in stage.RESULTS.values() for month in manifest.months(table)
    ]
    return date.fromisoformat(max(months)) if months else None


def _chosen(directory: Path, manifest: Manifest, as_of: date | None) -> dict[str, tuple[str, ...]]:
    """The partitions that are read of each table."""
    if not manifest.partitions("customers"):
        raise MissingInputError(
            "table-absent",
            "{workdir} has no table {table} yet.",
            hint="Make it with: telcli {stage} -w {workdir}",
            workdir=str(directory),
            table="customers",
            stage="ingest SOURCES...",
        )
    held = manifest.months("customer_months")
    if as_of and held and as_of.isoformat() not in held:
        raise MissingInputError(
            "table-month-absent",
            "{table} has nothing for {month}; it has {first} to {last}.",
            hint="Choose another --as-of.",
            table="customer_months",
            month=f"{as_of:%Y-%m}",
            first=held[0][:7],
            last=held[-1][:7],
        )
    month = as_of or _newest(manifest)
    chosen = {table: _parts(manifest, table, month) for table in stage.COLUMNS}
    return {table: names for table, names in chosen.items() if names}


def _parts(manifest: Manifest, table: str, month: date | None) -> tuple[str, ...]:
    names, kind = manifest.partitions(table), PARTITIONS.get(table)
    if kind is None or month is None:
        return names
    if kind == "as_of":
        return tuple(name for name in names if name == month.isoformat())
    months = [held for held in manifest.months(table) if held <= month.isoformat()]
    months = months[-_ENOUGH.get(table, len(months)) :]
    return tuple(name for name in names if name[:10] in months)


def _rows(manifest: Manifest, files: _Files, known: str) -> dict[str, list[dict[str, Any]]]:
    """A customer's rows of every table: first of those that are read whatever stands in them, side by side."""
    first = {table: parts for table, parts in files.items() if table not in _TOLD}
    rows = _read(first, known)
    months = {row["month"]: row for row in rows.get("customer_months", ())}
    then = {table: _likely(manifest, table, parts, months) for table, parts in files.items() if table in _TOLD}
    return rows | _read(then, known)


def _read(files: _Files, known: str) -> dict[str, list[dict[str, Any]]]:
    from telcli.io.parquet_rows import rows_where

    work = [(table, place) for table, parts in sorted(files.items()) for _, place in sorted(parts.items())]
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in sorted(files)}
    found = rows_where([(place, stage.COLUMNS[table]) for table, place in work], "customer_id", known)
    for (table, _), part in zip(work, found, strict=True):
        rows[table] += part
    return rows


def _likely(
    manifest: Manifest, table: str, parts: Mapping[str, Path], months: Mapping[date, Mapping[str, Any]]
) -> dict[str, Path]:
    """The months of a table in which the customer may have rows; of payments no more than the newest with some.

    What customer_months says is believed while it is made of these very files; what was paid may have been paid back,
    so that nothing paid does not mean no payments.
    """
    record = manifest.stages.get("customer-months", {}).get("")
    made_of = record.basis.inputs if record else {}
    found: dict[str, Path] = {}
    sure = 0
    for name, place in sorted(parts.items(), reverse=True):
        part, row = manifest.tables[table][name], months.get(date.fromisoformat(name[:10]))
        told = row.get(_TOLD[table]) if row and made_of.get(part.path) == part.sha256 else None
        if sure == _PAID if table == "payments" else told == 0:
            continue
        found[name] = place
        sure += bool(told)
    return found


def _absent(directory: Path, manifest: Manifest, rows: Mapping[str, Sequence[Any]], month: date | None) -> list[Absent]:
    """Results and months that are not there, and the command that makes them."""
    found = []
    for section, table in {"months": "customer_months", **stage.RESULTS}.items():
        if rows.get(table):
            continue
        held = manifest.months(table)
        why = "not-made" if not held else "not-in-it" if table in rows else "other-month"
        asked = f" --as-of {month:%Y-%m}" if why == "other-month" and month else ""
        command = f"telcli {maker(table)} -w {directory}{asked}"
        found.append(Absent(section, table, why, command, tuple(name[:7] for name in held)))
    found += [
        Absent(table, table, "not-given", f"telcli ingest SOURCES... -w {directory}")
        for table in _SUBJECTS
        if not manifest.partitions(table)
    ]
    return found


def _older(
    directory: Path, manifest: Manifest, rows: Mapping[str, Sequence[Any]], month: date | None
) -> tuple[Notice, ...]:
    """Results that were made of data which have changed since."""
    old = [table for table in stage.RESULTS.values() if rows.get(table) and month and outrun(manifest, table, month)]
    if not old:
        return ()
    told = "The data have changed since these were made: {tables}. To make them anew: telcli run -w {workdir}"
    return (Notice("customer-results-older", told, {"tables": ", ".join(old), "workdir": str(directory)}),)


def _doubts(body: Mapping[str, Any], month: date | None) -> tuple[Notice, ...]:
    """Attributes that are of a later time than the card."""
    since = body["who"]["known_from"]
    if not since or not month:
        return ()
    return (
        Notice(
            "customer-known-later",
            "Region, class, lines and the like are held from {first} on; they are shown as they were then, not as of "
            "{month}.",
            {"first": f"{since:%Y-%m}", "month": f"{month:%Y-%m}"},
        ),
    )
