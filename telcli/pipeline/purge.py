"""``telcli purge``: one person leaves every table at one instant, and is kept from coming back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.errors import Notice
from telcli.pipeline.audit import note
from telcli.pipeline.provenance import Manifest, Part, Record, file_sha256
from telcli.pipeline.purged_sheets import Sheets, sheets_without, told
from telcli.pipeline.refusals import REFUSED
from telcli.pipeline.run import Request, settle
from telcli.pipeline.secret import Secret, key_file
from telcli.pipeline.storing import storing
from telcli.pipeline.workdir import STAGING, Workdir
from telcli.tables.masking import hidden

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Purged", "purge"]


@dataclass(frozen=True)
class Purged:
    """What left: rows by table, pages that named the person, and sheets of tasks that go on without the person's rows.

    And models that learned from the person among others.
    """

    customer_id: str
    removed: Mapping[str, int]
    pages: tuple[str, ...]
    sheets: tuple[str, ...]
    models: tuple[str, ...]
    notices: tuple[Notice, ...]


def purge(directory: Path, customer: str, wait: float = 0.0) -> Purged:
    """Remove one person, named by customer_id, raw number or raw certificate, from a working directory.

    Rows of later stages go too; the stages are stale then, since their inputs have changed.

    Raises
    ------
    MissingInputError
        There is no such working directory or customer.
    """
    from telcli.stages import purge as stage

    workdir = Workdir(directory)
    workdir.manifest()  # one that does not exist is told before it would be made
    settings, _ = settle("ingest", Request(directory))
    with workdir.writing(wait) as manifest:
        secret = Secret(key_file(settings.key_file), directory, manifest.key_id, bool(manifest.tables))
        customer = customer.encode("utf-8", "replace").decode()  # words of a command line may be any bytes
        person = stage.find(_known(workdir, manifest, stage.LOOKED_IN), customer, secret if manifest.key_id else None)
        suppressed = sorted({*manifest.suppressed, *person.tokens(secret)})
        with storing(directory):
            tables, staged, removed = _rewritten(workdir, manifest, person)
            tasks = _tasks(workdir, manifest, person)
            sheets = sheets_without(workdir, manifest, person.names, tasks, directory / STAGING)
        pages = (*_pages(workdir, manifest, person), *sheets.gone)
        files = {path: sheets.parts.get(path, part) for path, part in manifest.files.items() if path not in pages}
        stages = {
            name: {key: _scrubbed(record, tables, pages, sheets, person) for key, record in records.items()}
            for name, records in manifest.stages.items()
        }
        new = dataclasses.replace(
            manifest,
            tables=tables,
            files=files,
            stages=stages,
            loads=tuple(_forgotten(load, person) for load in manifest.loads),
            suppressed=tuple(suppressed),
            key_id=manifest.key_id or secret.key_id,
        )
        told = note(directory, "purge", tables=removed, files=len(pages) + len(sheets.parts))
        workdir.commit(manifest, new, {**staged, **sheets.staged}, (REFUSED,))
    models = tuple(sorted(path for path in files if path.startswith("models/") and not path.endswith(".json")))
    rest = _what_is_left(models, _months(new), bool(tasks or sheets.parts))
    return Purged(person.customer_id, removed, pages, tuple(sheets.parts), models, (*secret.notices, *rest, *told))


def _known(workdir: Workdir, manifest: Manifest, tables: Iterable[str]) -> dict[str, Any]:
    """Those of the tables that there are, whole."""
    there = {table: manifest.partitions(table) for table in tables}
    return {table: workdir.scan(manifest, table, names) for table, names in there.items() if names}


def _rewritten(
    workdir: Workdir, manifest: Manifest, person: Any
) -> tuple[dict[str, dict[str, Part]], dict[str, Path], dict[str, int]]:
    """The parts of every table without the person, those that changed staged, and the rows that went by table."""
    from telcli.stages.purge import without
    from telcli.tables import PARTITIONS

    staging = workdir.staging()
    tables: dict[str, dict[str, Part]] = {}
    staged: dict[str, Path] = {}
    removed: dict[str, int] = {}
    for table, parts in manifest.tables.items():
        tables[table] = dict(parts)
        for name, part in parts.items():
            left, count = without(workdir.scan(manifest, table, [name]), table, person)
            if not count:
                continue
            removed[table] = removed.get(table, 0) + count
            place = staging / f"purged-{len(staged)}.parquet"
            fresh = _written(table, name, left, part, place)
            if fresh.rows or table not in PARTITIONS:
                tables[table][name], staged[part.path] = fresh, place
            else:
                del tables[table][name]
    return {table: parts for table, parts in tables.items() if parts}, staged, removed


def _tasks(workdir: Workdir, manifest: Manifest, person: Any) -> frozenset[str]:
    """The codes of the person's tasks."""
    months = manifest.partitions("retention_tasks")
    if not months:
        return frozenset()
    rows = workdir.scan(manifest, "retention_tasks", months).select("customer_id", "task_id").collect()
    return frozenset(code for customer, code in rows.iter_rows() if customer == person.customer_id)


def _written(table: str, name: str, left: pl.LazyFrame, old: Part, place: Path) -> Part:
    """A part of a table as it would have been written without the person."""
    import polars as pl

    from telcli.pipeline.partfile import PartFile
    from telcli.pipeline.parting import Piece, cut, ordered
    from telcli.tables import contract

    rules, height = contract(table), int(left.select(pl.len()).collect(engine="streaming").item())
    with PartFile(place) as file:
        for rows in cut(rules, Piece(name, left, height)):
            file.write(ordered(rules, rows.collect(engine="streaming")))
    return dataclasses.replace(old, sha256=file_sha256(place), rows=height, bytes=place.stat().st_size)


def _pages(workdir: Workdir, manifest: Manifest, person: Any) -> tuple[str, ...]:
    """Pages in which the person stands by name."""
    called = {*person.names, *map(hidden, person.names)}
    names = re.compile(rb"(?<!\w)(?:" + b"|".join(re.escape(name.encode()) for name in sorted(called)) + rb")(?!\w)")
    drawn = [part for path, part in sorted(manifest.files.items()) if path.startswith("reports/")]
    there = [part for part in drawn if workdir.locate(manifest, part).is_file()]
    places = workdir.checked(manifest, there)
    return tuple(part.path for part, place in zip(there, places, strict=True) if names.search(told(place)))


def _scrubbed(
    record: Record,
    tables: Mapping[str, Mapping[str, Part]],
    pages: tuple[str, ...],
    sheets: Sheets,
    person: Any,
) -> Record:
    """A record that names neither the person nor files that are gone."""
    from telcli.stages.purge import scrubbed

    prints = {path: part.sha256 for path, part in sheets.parts.items()}
    gave = {
        table: tuple(name for name in names if name in tables.get(table, {})) for table, names in record.gave.items()
    }
    return dataclasses.replace(
        record,
        gave={table: names for table, names in gave.items() if names},
        files={path: prints.get(path, sha) for path, sha in record.files.items() if path not in pages},
        metrics=scrubbed(record.metrics, person),
        notices=tuple(scrubbed(notice, person) for notice in record.notices),
    )


def _forgotten(load: Mapping[str, Any], person: Any) -> Mapping[str, Any]:
    """A load of the ledger whose record does not name the person."""
    from telcli.stages.purge import scrubbed

    if "record" not in load:
        return load
    record = load["record"]
    return {**load, "record": {**record, **{name: scrubbed(record[name], person) for name in ("metrics", "notices")}}}


def _months(manifest: Manifest) -> tuple[str, ...]:
    """Months, such as ``2024-06``, of which there are results, which the person is among the numbers of."""
    return tuple(sorted({month[:7] for records in manifest.stages.values() for month in records if month}))


def _what_is_left(models: tuple[str, ...], months: tuple[str, ...], handed_out: bool) -> list[Notice]:
    """What this command cannot remove."""
    notices = [
        Notice(
            "purge-sources",
            "The raw extracts still hold this person; a later ingest leaves the person out, but the files are yours to "
            "clean.",
        )
    ]
    if handed_out:
        notices.append(
            Notice(
                "purge-sheets",
                "The person's tasks left the workbooks under tasks/, and what is filled in there for others stays. "
                "Copies that account managers hold still name the task; they are theirs to clean.",
            )
        )
    if models:
        notices.append(
            Notice(
                "purge-models",
                "These models learned from this person among others, and hold no row of anybody: {models}. "
                "They learn anew when the stages of their months are run again, or go with: telcli gc",
                {"models": ", ".join(models)},
            )
        )
    if months:
        notices.append(
            Notice(
                "purge-results",
                "Results of {months} still count this person in sums and shares. For each month: telcli run --as-of "
                "MONTH, then the stages that telcli status --as-of MONTH calls stale.",
                {"months": ", ".join(months)},
            )
        )
    return notices
