"""From a stage's outcome to published tables: check, stage, commit, record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from telcli.pipeline.before import standing
from telcli.pipeline.doors import Landed, land
from telcli.pipeline.ledger import entered, taken
from telcli.pipeline.loads import meet
from telcli.pipeline.made import make
from telcli.pipeline.month_counts import month_notices
from telcli.pipeline.once import Elsewhere, keys_held
from telcli.pipeline.opened import FILE
from telcli.pipeline.provenance import Basis, Manifest, Part, Record, file_sha256, jsonable
from telcli.pipeline.refusals import REFUSED, counts, refuse_beyond
from telcli.pipeline.secret import Secret
from telcli.pipeline.stage import Render, Stage
from telcli.pipeline.workdir import STAGING, Workdir
from telcli.stages import Outcome, Progress, silent
from telcli.tables import contract

__all__ = ["publish"]


def publish(
    stage: Stage,
    workdir: Workdir,
    manifest: Manifest,
    outcome: Outcome,
    settings: Any,
    basis: Basis,
    render: Render | None,
    progress: Progress = silent,
    secret: Secret | None = None,
    given: tuple[str, ...] = (),
) -> Manifest:
    """Check every table against its contract and make all of them, the pages and the models visible at one instant.

    Raises
    ------
    DataError
        A table breaks its contract, or ingest would lose more rows than `max_reject_share` allows.
    """
    staging = workdir.path / STAGING
    load = taken(manifest, outcome, basis) if stage.name == "ingest" else None
    held = keys_held(workdir, manifest, outcome.tables, replaced=load.restate or load.whole) if load else {}
    landed: Mapping[str, Landed] = _land_all(stage, outcome, staging, progress, held)
    if load:
        found = counts(outcome.metrics["sources"], landed, settings.max_reject_share)
        refuse_beyond(found, landed, workdir.path)
        outcome = dataclasses.replace(outcome, metrics={**outcome.metrics, **found})
    if secret:  # whether a key was needed is known only now that every value has been read
        outcome = dataclasses.replace(outcome, notices=(*secret.notices, *outcome.notices))
        manifest = dataclasses.replace(manifest, key_id=manifest.key_id or secret.key_id)
    if load:
        met, told = meet(workdir, manifest, landed, load)
        made = make(workdir, manifest, landed, met, outcome.made_of)
        outcome = dataclasses.replace(outcome, notices=(*outcome.notices, *told, *made.notices))
        manifest = dataclasses.replace(manifest, loads=entered(manifest, load, basis, outcome, landed, made))
        landed = made.tables
    files = _stage_files(stage, outcome, landed, staging, basis.as_of, render)
    files = _still_true(stage, manifest, landed, basis) | files
    landed = _with_standing(manifest, landed, outcome)
    record = dataclasses.replace(_record(stage, manifest, outcome, landed, files, basis), given=given)
    new = _merged(stage, manifest, landed, files, record, basis)
    staged = {path: place for table in landed.values() for path, place in table.staged.items()}
    staged |= {path: staging / path for path in files if (staging / path).is_file()}
    # what was refused last is told no more once an ingest follows it
    return workdir.commit(manifest, new, staged, (REFUSED,) if stage.name == "ingest" else ())


def _land_all(
    stage: Stage, outcome: Outcome, staging: Path, progress: Progress, held: Mapping[str, Elsewhere]
) -> dict[str, Landed]:
    strict = stage.name != "ingest"
    landed = {}
    for table, frame in outcome.tables.items():
        light, keys, files = table in outcome.light, held.get(table), outcome.files.get(table)
        landed[table] = land(
            contract(table), frame, staging, strict=strict, light=light, progress=progress, held=keys, files=files
        )
    if not strict:
        refused = pl.concat([found.rejects for found in landed.values()])
        landed["rejects"] = land(
            contract("rejects"), refused.sort("source", "line", "rule").lazy(), staging, strict=True
        )
    return landed


def _with_standing(manifest: Manifest, landed: Mapping[str, Landed], outcome: Outcome) -> Mapping[str, Landed]:
    """The tables with the partitions that the stage left as they were."""
    together = {table: {**standing(manifest, table, outcome.kept), **found.parts} for table, found in landed.items()}
    return {
        table: dataclasses.replace(found, parts=dict(sorted(together[table].items())))
        for table, found in landed.items()
    }


def _stage_files(
    stage: Stage,
    outcome: Outcome,
    landed: Mapping[str, Landed],
    staging: Path,
    as_of: str,
    render: Render | None,
) -> dict[str, Part]:
    """Write models and pages into the staging folder, by final path."""
    places: list[Path] = []
    if outcome.models:
        from telcli.io import model_file

        folder = staging / "models" / f"as_of={as_of}"
        folder.mkdir(parents=True)
        for name, (estimator, description) in outcome.models.items():
            places += model_file.write(folder / name, estimator, jsonable(description))
    first = stage.draws or next(iter(landed), "")
    drawn = [landed[table] for table in (first, stage.beside) if table in landed and landed[table].staged]
    if render and first in landed and drawn:
        folder = staging / stage.folder.format(as_of=as_of)
        folder.mkdir(parents=True)
        frames = [pl.read_parquet(next(iter(table.staged.values())), glob=False) for table in drawn]
        for name, content in render(pl.concat(frames, how="diagonal")).items():
            (folder / name).write_bytes(content)
            places.append(folder / name)
    found = {}
    for place in places:
        path = str(place.relative_to(staging))
        found[path] = Part(path, file_sha256(place), 0, place.stat().st_size)
    return found


def _still_true(stage: Stage, manifest: Manifest, landed: Mapping[str, Landed], basis: Basis) -> dict[str, Part]:
    """Pages an earlier run drew of the very same tables, of another language or period: others go with their tables."""
    earlier = manifest.stages.get(stage.name, {}).get(basis.as_of if stage.snapshot else "")
    same = all(
        manifest.tables.get(table, {}).get(name) == part
        for table, found in landed.items()
        for name, part in found.parts.items()
    )
    return {path: part for path, part in _own_files(manifest, earlier).items() if same}


def _own_files(manifest: Manifest, record: Record | None) -> dict[str, Part]:
    """The files of a run that are still its own: the page of a year is written anew by each month that is run."""
    held = record.files if record else {}
    return {path: part for path, part in manifest.files.items() if held.get(path) == part.sha256}


def _record(
    stage: Stage,
    manifest: Manifest,
    outcome: Outcome,
    landed: Mapping[str, Landed],
    files: Mapping[str, Part],
    basis: Basis,
) -> Record:
    metrics = dict(outcome.metrics)
    rows_in = sum(
        part.rows for parts in manifest.tables.values() for part in parts.values() if part.path in basis.inputs
    )
    notices = outcome.notices
    if stage.name == "ingest":
        months = month_notices({table: found.parts for table, found in landed.items()})
        notices = (*notices, *months)
        metrics["key_id"] = manifest.key_id
        rows_in = sum(source["rows_read"] for source in metrics["sources"])
    lines = metrics["sources"] if stage.name == "ingest" else ()
    as_of = outcome.as_of.isoformat() if outcome.as_of else basis.as_of
    return Record(
        basis=basis,
        as_of=as_of,
        gave={table: tuple(found.parts) for table, found in landed.items() if found.parts},
        files={path: part.sha256 for path, part in files.items()},
        rows_in=rows_in,
        rows_out=sum(found.rows for table, found in landed.items() if table not in ("rejects", "source_quality")),
        rejected=sum(source["rows_rejected"] for source in lines),
        duplicates=sum(source["rows_duplicate"] for source in lines),
        metrics=jsonable(metrics),
        notices=tuple(jsonable(dataclasses.asdict(notice)) for notice in notices),
        marks={**outcome.marks, **(_files_read(stage, manifest, basis) if stage.handed else {})},
        declared=tuple(sorted(stage.gives)),
    )


def _files_read(stage: Stage, manifest: Manifest, basis: Basis) -> dict[str, str]:
    """The files that the stage has ever read, by their hash: what is in these may go (`telcli gc`)."""
    earlier = manifest.stages.get(stage.name, {}).get("")
    held = dict(earlier.marks) if earlier else {}
    return held | {sha: name.removeprefix(FILE) for name, sha in basis.inputs.items() if name.startswith(FILE)}


def _merged(
    stage: Stage,
    manifest: Manifest,
    landed: Mapping[str, Landed],
    files: Mapping[str, Part],
    record: Record,
    basis: Basis,
) -> Manifest:
    """The manifest as it is to be: a snapshot stage replaces its month, the others replace their tables."""
    key = basis.as_of if stage.snapshot else ""
    tables = {name: dict(parts) for name, parts in manifest.tables.items()}
    for table in stage.gives:
        kept = {month: part for month, part in tables.get(table, {}).items() if stage.snapshot and month != key}
        fresh = dict(landed[table].parts) if table in landed else {}
        tables[table] = kept | fresh
        if not tables[table]:
            del tables[table]
    earlier = manifest.stages.get(stage.name, {}).get(key)
    own = _own_files(manifest, earlier)
    others = {path: part for path, part in manifest.files.items() if path not in own}
    stages = {name: dict(records) for name, records in manifest.stages.items()}
    stages.setdefault(stage.name, {})[key] = record
    return dataclasses.replace(manifest, tables=tables, files={**others, **files}, stages=stages)
