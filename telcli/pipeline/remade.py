"""What makes a published file again, once it is damaged; and, where nothing does, that it is so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from telcli.pipeline.catalog import STAGES, maker, stage
from telcli.pipeline.opened import FILE
from telcli.pipeline.provenance import Manifest

__all__ = ["Remade", "remade"]

_MONTH = re.compile(r"/(?:as_of|month)=(\d{4}-\d\d)")
_PERIODS = {"quarter": re.compile(r"-Q\d"), "year": re.compile(r"/\d{4}\.")}
AGAIN, EXTRACTS, MERGED, ADDED, UNKNOWN = "again", "extracts", "merged", "added", "unknown"


@dataclass(frozen=True)
class Remade:
    """The command that makes a file again, of which `stage`, and how.

    `how` is ``again`` (of what the directory holds), ``extracts`` (of the extracts `sources` alone, into a new
    directory: telcli keeps no copy of them), ``merged`` (of the branches), ``added`` (files `sources` of the command
    line added to it over time: what they said is nowhere else), or ``unknown`` (no command: from a backup alone).
    """

    stage: str
    command: str
    how: str
    sources: tuple[str, ...] = ()


def remade(manifest: Manifest, workdir: Path, path: str) -> Remade:
    """Tell of one file of the manifest, by its path from the working directory.

    >>> remade(Manifest(), Path("work"), "segments/as_of=2024-05-01/part-0.parquet").command
    'telcli segment -w work --as-of 2024-05 --force'
    >>> remade(Manifest(), Path("work"), "bills/month=2024-05-01/part-0.parquet").how
    'extracts'
    """
    table = path.split("/", maxsplit=1)[0]
    place = shlex.quote(str(workdir))
    if path in manifest.files:
        return _file(manifest, place, path)
    if not any(table in one.gives for one in STAGES):
        return Remade("", "", UNKNOWN)
    name = maker(table)
    if name == "ingest":
        return _ingested(manifest, place, table, path)
    if table in stage(name).keeps:
        record = manifest.stages.get(name, {})
        files = {
            file.removeprefix(FILE) for one in record.values() for file in one.basis.inputs if file.startswith(FILE)
        }
        return Remade(name, "", ADDED, tuple(sorted(files)))
    month = _MONTH.search(path) if stage(name).snapshot else None
    sheets = " SHEETS..." if stage(name).handed else ""
    return Remade(name, f"telcli {name}{sheets} -w {place}{_as_of(month)} --force", AGAIN)


def _as_of(month: re.Match[str] | None) -> str:
    return f" --as-of {month[1]}" if month else ""


def _ingested(manifest: Manifest, place: str, table: str, path: str) -> Remade:
    """A table of the extracts: those that brought something of it, of its month where it has months."""
    month = _MONTH.search(path)
    loads = [load for load in manifest.loads if _brought(load, table, month[1] if month else "")] or manifest.loads
    sources = tuple(dict.fromkeys(name for load in loads for name in load["sources"]))
    if any(load.get("merged") for load in manifest.loads):
        return Remade("merge", "telcli merge DIRECTORIES... -w NEW", MERGED, sources)
    return Remade("ingest", "telcli ingest EXTRACTS... -w NEW", EXTRACTS, sources)


def _brought(load: Mapping[str, object], table: str, month: str) -> bool:
    gave = load.get("gave")
    months = gave.get(table, ()) if isinstance(gave, Mapping) else ()
    return any(str(one)[:7] == month or not month for one in months)


def _file(manifest: Manifest, place: str, path: str) -> Remade:
    """A model, page or sheet: its stage, for the month that its record is of."""
    for name, records in manifest.stages.items():
        for record in records.values():
            if path in record.files:
                month = f" --as-of {record.as_of[:7]}" if record.as_of and stage(name).snapshot else ""
                return Remade(name, f"telcli {name} -w {place}{month}{_of_page(path)} --force", AGAIN)
    return Remade("", "", UNKNOWN)


def _of_page(path: str) -> str:
    """The options that a page was written with, by its name.

    >>> _of_page("reports/2024-Q2.zh.html"), _of_page("models/as_of=2024-05-01/churn.json")
    (' --period quarter --lang zh', '')
    """
    if not path.startswith("reports/"):
        return ""
    found = "".join(f" --period {name}" for name, form in _PERIODS.items() if form.search(path))
    ending = path.rpartition(".")[2]
    found += "" if ending == "html" else f" --files {ending}"
    return found + (" --lang zh" if ".zh." in path else "")
