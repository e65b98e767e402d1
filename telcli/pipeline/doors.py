"""The two doors of every stage: tables are checked when they come in and again before they go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from telcli.errors import DataError
from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.pipeline.workdir import Workdir
from telcli.stages import Progress, silent
from telcli.tables import contract
from telcli.tables.checks import FAULTS, LINE, SOURCE, Contract

__all__ = ["Landed", "admit", "land"]


@dataclass(frozen=True)
class Landed:
    """One table on its way out: its parts by partition, where they are staged, and the rows that did not pass."""

    parts: Mapping[str, Part]
    staged: Mapping[str, Path]
    rejects: pl.DataFrame
    rejected_rows: int
    copies: pl.DataFrame

    @property
    def rows(self) -> int:
        """Rows that passed."""
        return sum(part.rows for part in self.parts.values())


def admit(workdir: Workdir, manifest: Manifest, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, pl.LazyFrame]:
    """Open each input, having compared its bytes with their hash, and its columns with the contract.

    The bytes that match are those that passed the contract on the way out, so rules are run again only where the
    contract has changed since.
    """
    frames = {}
    for table, partitions in chosen.items():
        rules = contract(table)
        frame = workdir.scan(manifest, table, partitions, verify=True)
        digest = rules.digest()
        same = all(manifest.tables[table][name].contract == digest for name in partitions)
        frames[table] = rules.conform(frame) if same else rules.require(frame)
    return frames


def land(rules: Contract, frame: pl.LazyFrame, staging: Path, *, strict: bool, progress: Progress = silent) -> Landed:
    """Stage a table: one file per partition, checked and sorted by key, with its rejects.

    The frame is computed once, as a stream, to a raw file; each partition is then read and checked on its own, so
    memory is bounded by the largest: a month of the monthly tables, the whole of the others. `strict` (results of a
    stage) raises on the first broken rule.
    """
    folder = staging / rules.name
    folder.mkdir(parents=True)
    raw = folder / "raw.parquet"
    rules.conform(frame).sink_parquet(raw, compression="lz4", maintain_order=True)
    whole = _once_over_months(rules, pl.scan_parquet(raw))
    parts: dict[str, Part] = {}
    staged: dict[str, Path] = {}
    rejects, copies, rejected = [], [], 0
    partitions = _partitions(rules, whole)
    for done, partition in enumerate(partitions):
        progress("checking", done, len(partitions))
        one = _only(rules, whole, partition).collect(engine="streaming").lazy()  # read once, looked at several times
        split = rules.split(one)
        if strict and (split.rejected_rows or split.copies.height):
            rules.require(one)
        rejects.append(split.rejects)
        copies.append(split.copies)
        rejected += split.rejected_rows
        found = split.good.collect(engine="streaming")
        found = found.sort(rules.key) if rules.key else found
        if found.height or not rules.partition:
            path = _final(rules, partition)
            place = folder / f"{len(staged)}.parquet"
            found.write_parquet(place)
            parts[partition] = Part(path, file_sha256(place), found.height, place.stat().st_size, rules.digest())
            staged[path] = place
    raw.unlink()
    empty = {"source": pl.String, "line": pl.Int64}
    return Landed(
        parts,
        staged,
        pl.concat(rejects) if rejects else contract("rejects").schema.create_empty(),
        rejected,
        pl.concat(copies) if copies else pl.DataFrame(schema=empty),
    )


def _partitions(rules: Contract, whole: pl.LazyFrame) -> list[str]:
    if not rules.partition:
        return [""]
    found = whole.select(rules.place().unique()).collect(engine="streaming").to_series().sort()
    return ["" if place is None else place for place in found]


def _once_over_months(rules: Contract, whole: pl.LazyFrame) -> pl.LazyFrame:
    """Leave a key that several partitions hold to the first line that has it: each partition is checked on its own.

    Few keys or none are such, so they are found by their hashes, of eight bytes each, and looked at closely only then.
    """
    if not rules.partition or rules.partition in rules.key or FAULTS not in whole.collect_schema():
        return whole
    key = pl.struct(rules.key).hash()
    hashes = np.sort(whole.select(key).collect(engine="streaming").to_series().to_numpy())
    twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if not twice.size:
        return whole
    rows = whole.filter(key.is_in(pl.lit(pl.Series(twice)).implode()) & (pl.col(FAULTS).list.len() == 0))
    placed = rows.select(*rules.key, SOURCE, LINE, _place=rules.place()).drop_nulls().sort(SOURCE, LINE).collect()
    first = placed.group_by(rules.key, maintain_order=True).agg(
        pl.col("_place").first(), _n=pl.col("_place").n_unique()
    )
    several = first.filter(pl.col("_n") > 1).select(*rules.key, _first="_place")
    if not several.height:
        return whole
    marked = whole.join(several.lazy(), on=list(rules.key), how="left", maintain_order="left")
    fault = pl.struct(rule=pl.lit("duplicate-key"), column=pl.lit(", ".join(rules.key)), value=pl.lit(None, pl.String))
    noted = pl.col(FAULTS).list.concat(pl.concat_list(fault))
    later = pl.col("_first").is_not_null() & (pl.col("_first") != rules.place())
    return marked.with_columns(pl.when(later).then(noted).otherwise(FAULTS).alias(FAULTS)).drop("_first")


def _only(rules: Contract, whole: pl.LazyFrame, partition: str) -> pl.LazyFrame:
    if not rules.partition:
        return whole
    return whole.filter(rules.place() == partition if partition else rules.place().is_null())


def _final(rules: Contract, partition: str) -> str:
    if not rules.partition:
        return f"{rules.name}/part-0.parquet"
    if not partition:
        raise DataError("month-missing", "Table {table} has rows without a month.", table=rules.name)
    month, _, bucket = partition.partition("/")
    return f"{rules.name}/{rules.folder}={month}/" + (f"bucket={bucket}/" if bucket else "") + "part-0.parquet"
