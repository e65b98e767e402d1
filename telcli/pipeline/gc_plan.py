"""What ``telcli gc`` lets go: partitions, files, records and loads, chosen from the manifest alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from telcli.pipeline.catalog import STAGES
from telcli.pipeline.gc_loads import folded
from telcli.pipeline.provenance import Manifest, Part, Record
from telcli.pipeline.window import history_begins, month_before
from telcli.settings.keeping_months import GcSettings
from telcli.tables import PARTITIONS, SUBJECTS

__all__ = ["Plan", "month_of", "planned"]

FACTS = (*(table for table in SUBJECTS if PARTITIONS.get(table) == "month"), "account_bills")
_SPANNED = frozenset(table for one in STAGES for table in one.spans)
_WRITTEN = frozenset(table for one in STAGES if one.snapshot for table in one.keeps)
"""Tables that files of people were read into, and that nothing makes again."""
_FOLDERS = {"reports/": "keep_reports", "models/": "keep_models", "tasks/": "keep_tasks"}
_NAMED = re.compile(r"(\d{4})(?:-(\d\d)|-?[Qq](\d))?(?!\d)")

Chosen = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Plan:
    """The manifest as it is to be, the files that go by kind, and how many records and loads go or are put together.

    `needed` is the first month of facts that is kept where fewer were to be, since stages look back on it; `filled` are
    task sheets that stay, since nobody imported what was written into them. `texts` are months of contacts, all before
    `texts_since`, that are to lose their texts.
    """

    manifest: Manifest
    gone: Mapping[str, tuple[Part, ...]]
    records: int = 0
    loads: int = 0
    needed: str = ""
    filled: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    texts_since: str = ""


def planned(manifest: Manifest, settings: GcSettings, held: Collection[str], unread: Callable[[Part], bool]) -> Plan:
    """Choose what goes by the settings.

    `held` are paths that stay whatever their month, as of a model that settings name; `unread` tells of a task sheet
    whether somebody wrote into it what was not imported.
    """
    last = max((month for month in manifest.months("customer_months") if month), default="")
    if not last:
        return Plan(manifest, {})
    kept = {name: count for name, count in vars(settings).items() if isinstance(count, int) and count}
    since = {name: month_before(last, count) for name, count in kept.items()}
    months = since.get("keep_months", "")
    begins, wanted = history_begins(manifest), since.get("keep_facts", "")
    floors = {table: min(wanted, begins) for table in FACTS}
    floors["calls"] = max(floors["calls"], since.get("keep_detail", ""))
    facts = {table: _before(manifest, table, floors[table]) for table in FACTS}
    if floors["calls"]:  # what was made of calls that went stays, but where nobody reads it
        facts["call_months"] = _before(manifest, "call_months", begins)
    results = dict(_results(manifest, months, begins))
    records = {one.name: _old_records(manifest, one.name, months) for one in STAGES if one.snapshot}
    files, filled = _files(manifest, since, {*held, *_lent(manifest)}, unread)
    loads, together = folded(manifest.loads, months, facts)
    floors = {table: floor for table, floor in floors.items() if facts[table]}
    gone = {"facts": _parts(manifest, facts), "results": _parts(manifest, results)}
    gone |= {kind.rstrip("/"): tuple(manifest.files[path] for path in paths) for kind, paths in files.items()}
    new = _without(manifest, facts | results, {path for paths in files.values() for path in paths}, records)
    return Plan(
        replace(new, loads=loads, let_go={**manifest.let_go, **floors}),
        {kind: parts for kind, parts in gone.items() if parts},
        sum(map(len, records.values())),
        together,
        (begins or manifest.months("customer_months")[0]) if wanted > begins else "",
        filled,
        texts_since=since.get("keep_detail", ""),
    )


def month_of(path: str) -> str:
    """The last month that a model, a page or a sheet of tasks is of, by its path; "" where it has none.

    >>> month_of("models/as_of=2024-06-01/churn.skops"), month_of("reports/2024-Q2.html"), month_of("reports/2024.html")
    ('2024-06-01', '2024-06-01', '2024-12-01')
    """
    found = _NAMED.search(path)
    if not found:
        return ""
    month = int(found[2] or 0) or 3 * int(found[3] or 4)
    return f"{found[1]}-{month:02}-01"


def _before(manifest: Manifest, table: str, since: str) -> tuple[str, ...]:
    return tuple(name for name in manifest.partitions(table) if name and name[:10] < since)


def _results(manifest: Manifest, since: str, begins: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Snapshots before a month; of each table the latest stays, and what the last run gave: a later month may go by it.

    What stages read over months stays as long as the history does; what people wrote stays for good.
    """
    for stage in STAGES:
        records = manifest.stages.get(stage.name, {})
        last = records[max(records)].gave if records else {}
        for table in stage.gives:
            kind = PARTITIONS.get(table)
            if kind is None or table in _WRITTEN or (kind == "month" and not stage.snapshot):
                continue
            until = min(since, begins) if table in (*_SPANNED, *stage.keeps) else since
            stay = {*manifest.partitions(table)[-1:], *(last.get(table, ()) if stage.snapshot else ())}
            yield table, tuple(name for name in _before(manifest, table, until) if name not in stay)


def _old_records(manifest: Manifest, name: str, since: str) -> tuple[str, ...]:
    """Records of months before, but the latest, and the latest that has a model."""
    records = manifest.stages.get(name, {})
    learned = [month for month, one in records.items() if any(path.endswith(".skops") for path in one.files)]
    stay = {max(records, default=""), max(learned, default="")}
    return tuple(month for month in records if month and month < since and month not in stay)


def _lent(manifest: Manifest) -> Iterator[str]:
    """Files of the latest model of each stage."""
    for records in manifest.stages.values():
        learned = [month for month, one in records.items() if any(path.endswith(".skops") for path in one.files)]
        if learned:
            yield from (path for path in records[max(learned)].files if path.startswith("models/"))


def _files(
    manifest: Manifest, since: Mapping[str, str], held: Collection[str], unread: Callable[[Part], bool]
) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Paths that go by folder, and task sheets that would but for what is in them."""
    going: dict[str, list[str]] = {folder: [] for folder in _FOLDERS}
    filled = []
    for path, part in sorted(manifest.files.items()):
        folder = next((one for one in _FOLDERS if path.startswith(one)), "")
        month = month_of(path)
        if not folder or path in held or not month or month >= since.get(_FOLDERS[folder], ""):
            continue
        if folder == "tasks/" and unread(part):
            filled.append(path)
        else:
            going[folder].append(path)
    return {folder: paths for folder, paths in going.items() if paths}, tuple(filled)


def _parts(manifest: Manifest, chosen: Chosen) -> tuple[Part, ...]:
    return tuple(manifest.tables[table][name] for table, names in chosen.items() for name in names)


def _without(manifest: Manifest, chosen: Chosen, files: Collection[str], records: Chosen) -> Manifest:
    """The manifest without partitions, files and records; those that stay name nothing that went.

    So what they depended on is what a run would read now, and they are as up to date as they were.
    """
    gone = {part.path for part in _parts(manifest, chosen)}
    tables = {
        table: left
        for table, parts in manifest.tables.items()
        if (left := {name: part for name, part in parts.items() if name not in chosen.get(table, ())})
    }
    stages = {
        name: {
            month: _told_less(record, chosen, gone, files)
            for month, record in found.items()
            if month not in records.get(name, ())
        }
        for name, found in manifest.stages.items()
    }
    left_files = {path: part for path, part in manifest.files.items() if path not in files}
    return replace(manifest, tables=tables, files=left_files, stages=stages)


def _told_less(record: Record, chosen: Chosen, gone: Collection[str], files: Collection[str]) -> Record:
    gave = {
        table: tuple(name for name in names if name not in chosen.get(table, ()))
        for table, names in record.gave.items()
    }
    inputs: Mapping[str, Any] = record.basis.inputs
    if gone & inputs.keys():
        inputs = {path: sha for path, sha in inputs.items() if path not in gone}
    return replace(
        record,
        basis=replace(record.basis, inputs=inputs),
        gave={table: names for table, names in gave.items() if names},
        files={path: sha for path, sha in record.files.items() if path not in files},
    )
