"""Which parts of which tables a stage reads."""

from __future__ import annotations

from datetime import date

from telcli.errors import MissingInputError
from telcli.pipeline.catalog import maker
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.stage import Stage
from telcli.tables import PARTITIONS

__all__ = ["choose", "outrun"]


def choose(stage: Stage, manifest: Manifest, as_of: date | None) -> dict[str, tuple[str, ...]]:
    """Name the partitions of each input that the stage reads: monthly tables up to `as_of`, results of that month.

    Raises
    ------
    MissingInputError
        A table it needs is not there; the hint names the stage that makes it.
    """
    chosen = {}
    for table in (*stage.needs, *stage.uses):
        partitions = manifest.partitions(table)
        if stage.snapshot and as_of is not None:
            kind = PARTITIONS.get(table)
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
            raise MissingInputError(
                "stage-first",
                "{stage} needs the table {table}, which is not there yet.",
                hint="Run first: telcli {first}",
                stage=stage.name,
                table=table,
                first="ingest SOURCES..." if maker(table) in ("ingest", "customer-months") else maker(table),
            )
    return chosen


def outrun(manifest: Manifest, table: str, as_of: date) -> bool:
    """Whether a result was made of inputs that are no longer what they were."""
    record = manifest.stages.get(maker(table), {}).get(as_of.isoformat())
    if record is None:
        return False
    now = {part.path: part.sha256 for parts in manifest.tables.values() for part in parts.values()}
    files = {path: sha for path, sha in record.basis.inputs.items() if path.endswith(".parquet")}
    return any(now.get(path) != sha for path, sha in files.items())
