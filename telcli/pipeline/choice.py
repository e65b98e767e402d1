"""Which parts of which tables a stage reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from telcli.errors import MissingInputError
from telcli.pipeline.catalog import maker
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.stage import Stage
from telcli.pipeline.window import window_of
from telcli.tables import PARTITIONS

__all__ = ["choose", "no_months", "outrun", "recalled"]

_FILES = {
    "bills": "bills or invoices (customer, month, amount)",
    "payments": "payments (customer, day, amount)",
    "usage": "months of use (customer, month, minutes, data)",
    "calls": "call records (number, time, other end)",
    "contacts": "tickets of the call centre (customer, time, complaint or not)",
    "surveys": "survey answers (customer, day, scores)",
    "campaigns": "lists of campaigns (campaign, customer)",
    "subscriptions": "lines (number, customer, plan)",
    "customers": "customers (number, class, region)",
}
"""What kind of file gives a table, and what it must tell."""


def choose(stage: Stage, manifest: Manifest, as_of: date | None, settings: Any = None) -> dict[str, tuple[str, ...]]:
    """Name the partitions of each input that the stage reads: monthly tables up to `as_of`, results of that month.

    Tables that it recalls are of an earlier month, the latest that it was run for. Nothing is read of months before the
    history used (see `telcli.pipeline.window`); `settings` are those of the stage.

    Raises
    ------
    MissingInputError
        A table it needs is not there; the hint names the stage that makes it.
    """
    chosen = {}
    since = window_of(stage, manifest, getattr(settings, "max_months", None))
    for table in (*stage.needs, *stage.uses):
        partitions, kind = manifest.partitions(table), PARTITIONS.get(table)
        if since and kind == "month":
            partitions = tuple(name for name in partitions if name[:10] >= since)
        if stage.snapshot and as_of is not None:
            month = as_of.isoformat()
            if kind == "month":
                partitions = tuple(name for name in partitions if name[:10] <= month)
            elif kind == "as_of":
                partitions = tuple(name for name in partitions if name == month)
        if stage.fresh and table in stage.uses and as_of is not None and outrun(manifest, table, as_of):
            continue
        if partitions:
            chosen[table] = partitions
        elif table in stage.needs:
            raise _missing(stage, table, manifest, as_of)
    own = recalled(stage, manifest, as_of) | _past(stage, manifest, as_of)
    return chosen | _lagging(stage, manifest, as_of) | own | _over_months(stage, manifest, as_of, since)


def no_months(command: str, manifest: Manifest, workdir: Path) -> MissingInputError:
    """That there is no row per customer and month for a command that reads these."""
    first = "customer-months" if manifest.partitions("customers") else "ingest SOURCES..."
    return MissingInputError(
        "stage-first",
        "{stage} needs the table {table}, which is not there yet.",
        hint="Run first: telcli {first}",
        stage=command,
        table="customer_months",
        first=f"{first} -w {workdir}",
    )


def _missing(stage: Stage, table: str, manifest: Manifest, as_of: date | None) -> MissingInputError:
    """What to run first: the stage that makes the table, for this month where it has others."""
    there = manifest.months(table)
    if as_of is not None and there and PARTITIONS.get(table) == "as_of":
        return MissingInputError(
            "stage-first-month",
            "{stage} of {month} needs the table {table} of that month; it has {held}.",
            hint="Run first: telcli {first} --as-of {month}",
            stage=stage.name,
            month=f"{as_of:%Y-%m}",
            table=table,
            held=", ".join(name[:7] for name in there[-3:]),
            first=maker(table),
        )
    if table in _FILES:
        return _file_missing(stage, table, manifest)
    return MissingInputError(
        "stage-first",
        "{stage} needs the table {table}, which is not there yet.",
        hint="Run first: telcli {first}",
        stage=stage.name,
        table=table,
        first="ingest SOURCES..." if maker(table) in ("ingest", "customer-months") else maker(table),
    )


def _file_missing(stage: Stage, table: str, manifest: Manifest) -> MissingInputError:
    """Which kind of file to ingest; where rows were refused they may be those that lack."""
    refused = sum(part.rows for part in manifest.tables.get("rejects", {}).values())
    template = "{stage} needs the table {table}, which is not there yet."
    told = {"stage": stage.name, "table": table, "file": _FILES[table]}
    if not refused:
        return MissingInputError("stage-first-file", template, hint="Ingest {file}: telcli ingest SOURCES...", **told)
    return MissingInputError(
        "stage-first-refused",
        template,
        hint="Ingest {file}: telcli ingest SOURCES... (of what was ingested {refused} rows were refused: telcli show "
        "rejects)",
        refused=f"{refused:,}",
        **told,
    )


def _lagging(stage: Stage, manifest: Manifest, as_of: date | None) -> dict[str, tuple[str, ...]]:
    """Name the latest earlier partition of results that are made after this stage, so that neither waits for both."""
    if as_of is None:
        return {}
    earlier = {
        table: [month for month in manifest.partitions(table) if month < as_of.isoformat()] for table in stage.lags
    }
    return {table: (max(months),) for table, months in earlier.items() if months}


def _over_months(stage: Stage, manifest: Manifest, as_of: date | None, since: str) -> dict[str, tuple[str, ...]]:
    """Name the partitions of results that reach over months: all before its own, the latest, what it adds to.

    What it spans and has recent too it is given up to its own month.
    """
    month = as_of.isoformat() if as_of else "9999"
    until = {
        table: tuple(name for name in manifest.partitions(table) if not stage.snapshot or name <= month)
        for table in (*stage.spans, *stage.recent, *stage.keeps)
    }
    within = {table: tuple(name for name in until[table] if name >= since) for table in stage.spans}
    found = {table: tuple(name for name in within[table] if name < month) for table in stage.spans}
    found |= {table: within[table] if table in stage.spans else until[table][-1:] for table in stage.recent}
    found |= {table: until[table] for table in stage.keeps}
    return {table: names for table, names in found.items() if names}


def _past(stage: Stage, manifest: Manifest, as_of: date | None) -> dict[str, tuple[str, ...]]:
    """Name the partitions of its own results that a stage looks back on: those of the twelve months before."""
    if as_of is None:
        return {}
    first, month = as_of.replace(year=as_of.year - 1).isoformat(), as_of.isoformat()
    found = {
        table: tuple(name for name in manifest.partitions(table) if first <= name < month) for table in stage.looks_back
    }
    return {table: names for table, names in found.items() if names}


def recalled(stage: Stage, manifest: Manifest, as_of: date | None) -> dict[str, tuple[str, ...]]:
    """Name the partition of each table that the stage recalls: as its last run for an earlier month published it.

    A table that this run did not give, as one of an older telcli, is not among them. A stage that `settles` recalls for
    a month that it ran for before what it recalled then: a run for an older month since is no origin of it.
    """
    if as_of is None or not stage.recalls:
        return {}
    records = manifest.stages.get(stage.name, {})
    months = sorted((month for month in records if month < as_of.isoformat()), reverse=True)
    own = records.get(as_of.isoformat())
    if stage.settles and own is not None:
        then = {
            path.split("/")[1].partition("=")[2] for path in own.basis.inputs if path.split("/")[0] in stage.recalls
        }
        if not then:
            return {}
        months = [month for month in months if month in then] or months
    for month in months:
        gave = [table for table in stage.recalls if month in records[month].gave.get(table, ())]
        held = [table for table in gave if month in manifest.tables.get(table, {})]
        if held:
            return dict.fromkeys(held, (month,))
    return {}


def outrun(manifest: Manifest, table: str, as_of: date) -> bool:
    """Whether a result was made of inputs that are no longer what they were."""
    record = manifest.stages.get(maker(table), {}).get(as_of.isoformat())
    if record is None:
        return False
    now = {part.path: part.sha256 for parts in manifest.tables.values() for part in parts.values()}
    files = {path: sha for path, sha in record.basis.inputs.items() if path.endswith(".parquet")}
    return any(now.get(path) != sha for path, sha in files.items())
