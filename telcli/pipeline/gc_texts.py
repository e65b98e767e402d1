"""Texts of contacts that are no longer kept: their months are written anew without them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.io.parquet_files import scanned
from telcli.pipeline.provenance import Manifest, Record, file_sha256
from telcli.pipeline.workdir import Workdir

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TEXTS", "bare", "without_texts", "written"]

TEXTS = "contacts.text"
"""In `Manifest.let_go`: the first month of which texts of contacts are kept."""
_TABLE, _COLUMN = TEXTS.split(".")


def bare(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of contacts without their texts."""
    import polars as pl

    return rows.with_columns(pl.lit(None, pl.String).alias(_COLUMN))


def written(workdir: Workdir, manifest: Manifest, since: str) -> tuple[str, ...]:
    """Partitions of contacts of months before `since` that hold a text."""
    import polars as pl

    parts = manifest.tables.get(_TABLE, {})
    found = []
    for name, part in sorted(parts.items()):
        rows = scanned(workdir.locate(manifest, part)) if name[:10] < since else None
        if rows is None or _COLUMN not in rows.collect_schema():
            continue
        if rows.select(pl.col(_COLUMN).is_not_null().any()).collect().item():
            found.append(name)
    return tuple(found)


def without_texts(
    workdir: Workdir, manifest: Manifest, names: tuple[str, ...], since: str
) -> tuple[Manifest, Mapping[str, Path]]:
    """The manifest with those partitions without texts, and where they are staged.

    What was made of them stays as up to date as it was: records name the new files in place of the old ones. Without a
    `since`, or contacts, nothing changes, nor is it forgotten which texts were let go before.
    """
    if not since or _TABLE not in manifest.tables:
        return manifest, {}
    staging = workdir.staging()
    staged, fresh = {}, {}
    for number, name in enumerate(names):
        part, place = manifest.tables[_TABLE][name], staging / f"bare-{number}.parquet"
        bare(workdir.scan(manifest, _TABLE, [name])).sink_parquet(place, maintain_order=True)
        fresh[name] = dataclasses.replace(part, sha256=file_sha256(place), bytes=place.stat().st_size)
        staged[part.path] = place
    now = {part.path: part.sha256 for part in fresh.values()}
    then = {manifest.tables[_TABLE][name].path: manifest.tables[_TABLE][name].sha256 for name in names}
    stages = {
        stage: {month: _moved(one, then, now) for month, one in records.items()}
        for stage, records in manifest.stages.items()
    }
    tables = {**manifest.tables, _TABLE: {**manifest.tables[_TABLE], **fresh}}
    let_go = {**manifest.let_go, TEXTS: since}
    return dataclasses.replace(manifest, tables=tables, stages=stages, let_go=let_go), staged


def _moved(record: Record, then: Mapping[str, str], now: Mapping[str, str]) -> Record:
    """A record that names the new files where it depended on the very files that were written anew."""
    inputs = record.basis.inputs
    if not any(inputs.get(path) == sha for path, sha in then.items()):
        return record
    moved = {path: now[path] if then.get(path) == sha else sha for path, sha in inputs.items()}
    return dataclasses.replace(record, basis=dataclasses.replace(record.basis, inputs=moved))
