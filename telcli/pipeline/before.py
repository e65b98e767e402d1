"""What a stage made last time and need not make again, where nothing but some of its inputs have changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from telcli.pipeline.provenance import Basis, Manifest, Part, Record
from telcli.pipeline.stage import Stage
from telcli.pipeline.workdir import Workdir
from telcli.stages import Before
from telcli.tables import contract

if TYPE_CHECKING:
    import polars as pl

__all__ = ["before", "earlier_run", "standing"]


def before(
    stage: Stage,
    workdir: Workdir,
    manifest: Manifest,
    known: Record | None,
    basis: Basis,
    chosen: Mapping[str, tuple[str, ...]],
) -> Before | None:
    """What stands of the stage's last run; None where everything has to be made anew.

    That is so where it never ran or `known`, its last run, is not to be built on, where the version or a setting has
    changed, where a table is no longer there, was written under another contract, or could not be published then.
    """
    if known is None or not stage.adds or not _same_but_inputs(known.basis, basis) or known.unknown(stage.owes):
        return None
    if {path.split("/")[0] for path in known.basis.inputs if "/" in path} - set(chosen):
        return None
    gave = {table: {name: manifest.tables[table][name] for name in names} for table, names in known.gave.items()}
    if any(part.contract != contract(table).digest() for table, parts in gave.items() for part in parts.values()):
        return None

    def rows(table: str, partitions: Iterable[str]) -> pl.LazyFrame:
        return contract(table).conform(workdir.scan(manifest, table, list(partitions)))

    return Before(
        {table: _touched(table, manifest, names, known) for table, names in chosen.items()},
        {table: frozenset(parts) for table, parts in gave.items()},
        rows,
        known.marks,
    )


def earlier_run(stage: Stage, workdir: Workdir, manifest: Manifest, as_of: date | None) -> Record | None:
    """The last run for a month before, of a stage that adds to months in its snapshots; None where there is none whole.

    What it made of months goes on to stand when a new month begins.
    """
    if not (stage.adds and stage.snapshot) or as_of is None:
        return None
    records = manifest.stages.get(stage.name, {})
    months = [month for month in records if month < as_of.isoformat()]
    found = records[max(months)] if months else None
    return None if found is None or workdir.lost(manifest, found) else found


def standing(manifest: Manifest, table: str, kept: Mapping[str, frozenset[str]]) -> dict[str, Part]:
    """The parts of a table that its stage left as they were."""
    return {name: manifest.tables[table][name] for name in sorted(kept.get(table, ()))}


def _same_but_inputs(then: Basis, now: Basis) -> bool:
    return dataclasses.replace(then, inputs={}, as_of=now.as_of) == dataclasses.replace(now, inputs={})


def _touched(table: str, manifest: Manifest, names: Iterable[str], known: Record) -> frozenset[str]:
    """The months of a table of which a file is new, another one, or gone; "" for a table of one file."""
    now = {manifest.tables[table][name].path: manifest.tables[table][name].sha256 for name in names}
    then = {path: sha for path, sha in known.basis.inputs.items() if path.startswith(f"{table}/")}
    other = {path for path in {*now, *then} if now.get(path) != then.get(path)}
    return frozenset(_month_of(path) for path in other)


def _month_of(path: str) -> str:
    """The month in the path of a published file.

    >>> _month_of("calls/month=2024-06-01/bucket=03/part-0.parquet"), _month_of("customers/part-0.parquet")
    ('2024-06-01', '')
    """
    folder = path.split("/")[1]
    return folder.partition("=")[2]
