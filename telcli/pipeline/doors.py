"""The two doors of every stage: tables are checked when they come in and again before they go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import polars as pl

from telcli.errors import DataError
from telcli.pipeline.once import Elsewhere, once_over_loads, once_over_months
from telcli.pipeline.partfile import PartFile
from telcli.pipeline.parting import Piece, cut, gathered, ordered, sifted, written
from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.pipeline.recheck import check_again
from telcli.pipeline.workdir import Workdir
from telcli.stages import Earlier, Progress, silent
from telcli.tables import contract
from telcli.tables.checks import Contract
from telcli.tables.lost_money import LOST

__all__ = ["Landed", "admit", "admit_earlier", "admit_parts", "land"]


@dataclass(frozen=True)
class Landed:
    """One table on its way out: its parts, where they are staged, the rows that did not pass, and their money."""

    parts: Mapping[str, Part]
    staged: Mapping[str, Path]
    rejects: pl.DataFrame
    rejected_rows: int
    copies: pl.DataFrame
    lost: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LOST))

    @property
    def rows(self) -> int:
        """Rows that passed."""
        return sum(part.rows for part in self.parts.values())


def admit(workdir: Workdir, manifest: Manifest, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, pl.LazyFrame]:
    """Open each input, having compared its bytes with their hash, and its columns with the contract.

    The bytes that match are those that passed the contract on the way out, so rules are run again only where the
    contract has changed since, a part of a table at a time.
    """
    return {table: _opened(workdir, manifest, table, partitions) for table, partitions in chosen.items()}


def admit_parts(
    workdir: Workdir, manifest: Manifest, chosen: Mapping[str, tuple[str, ...]]
) -> dict[str, dict[str, Callable[[], pl.LazyFrame]]]:
    """The same for each partition by itself, once it is asked for."""
    return {
        table: {name: partial(_opened, workdir, manifest, table, (name,)) for name in partitions}
        for table, partitions in chosen.items()
    }


def admit_earlier(workdir: Workdir, manifest: Manifest, chosen: Mapping[str, tuple[str, ...]]) -> Earlier | None:
    """What a stage recalls, all of it of one month."""
    months = {name for names in chosen.values() for name in names}
    return Earlier(date.fromisoformat(months.pop()), admit(workdir, manifest, chosen)) if months else None


def _opened(workdir: Workdir, manifest: Manifest, table: str, partitions: tuple[str, ...]) -> pl.LazyFrame:
    rules = contract(table)
    frame = workdir.scan(manifest, table, partitions)
    digest = rules.digest()
    changed = [name for name in partitions if manifest.tables[table][name].contract != digest]
    check_again(rules, frame, {name: workdir.scan(manifest, table, (name,)) for name in changed})
    return rules.conform(frame)


def land(
    rules: Contract,
    frame: pl.LazyFrame,
    staging: Path,
    *,
    strict: bool,
    light: bool = False,
    progress: Progress = silent,
    held: Elsewhere | None = None,
    files: Mapping[Any, Sequence[tuple[Path, int]]] | None = None,
) -> Landed:
    """Stage a table: one file per partition, checked and sorted by key, with its rejects.

    Each partition is read and checked on its own, so memory is bounded by the largest: a month of the monthly tables,
    the whole of the others. The frame is computed once, as a stream, to a raw file for each, but for a `light` one
    whose months stand together, which costs little to read again and again. `strict` (results of a stage) raises on
    the first broken rule. A row under a key that another month holds already is refused. `files` are those of each
    month, with their rows, where the frame was kept in such: they are read in its stead, and gone one by one as their
    rows are staged.
    """
    folder = staging / rules.name
    folder.mkdir(parents=True)
    whole = rules.conform(frame)
    if files is not None:
        apart: list[Piece] | None = gathered(rules, files)
    else:
        apart = sifted(rules, whole) if light and not rules.buckets else None
    if apart is None:
        apart = written(rules, whole, folder / "raw")
    pieces = once_over_months(rules, once_over_loads(rules, apart, held) if held else apart)
    landing = _Landing(rules, folder, strict)
    done, rows = 0, sum(piece.height for piece in pieces)
    for piece in pieces:
        progress("rows checked", done, rows)
        landing.add(piece)
        piece.drop()
        done += piece.height
    rmtree(folder / "raw", ignore_errors=True)
    return landing.landed()


class _Landing:
    """The partitions of one table, as they are checked and staged one after the other."""

    def __init__(self, rules: Contract, folder: Path, strict: bool) -> None:
        self._rules, self._folder, self._strict = rules, folder, strict
        self._parts: dict[str, Part] = {}
        self._staged: dict[str, Path] = {}
        self._rejects: list[pl.DataFrame] = [contract("rejects").schema.create_empty()]
        self._copies = [pl.DataFrame(schema={"source": pl.String, "line": pl.Int64})]
        self._lost = [pl.DataFrame(schema=LOST)]
        self._rejected = 0

    def add(self, piece: Piece) -> None:
        """Check the rows of one partition; stage those that pass, part after part where they are many."""
        rules = self._rules
        place = self._folder / f"{len(self._staged)}.parquet"
        with PartFile(place) as file:
            for rows in cut(rules, piece):
                good = self._passed(rows.collect(engine="streaming"))
                if good.height or not rules.partition:
                    file.write(good)
        if file.rows or not rules.partition:
            path = _final(rules, piece.name)
            self._parts[piece.name] = Part(path, file_sha256(place), file.rows, place.stat().st_size, rules.digest())
            self._staged[path] = place

    def _passed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that keep the contract, by their key."""
        rules = self._rules
        good = ordered(rules, rules.bare(rows)) if rules.passes(rows) else None
        if good is None or rules.repeats(good):
            return ordered(rules, self._sorted_out(rows))
        return good

    def _sorted_out(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that pass, where some do not."""
        split = self._rules.split(rows.lazy())
        if self._strict and (split.rejected_rows or split.copies.height):
            self._rules.require(rows.lazy())
        self._rejects.append(split.rejects)
        self._copies.append(split.copies)
        self._lost.append(split.lost)
        self._rejected += split.rejected_rows
        return split.good.collect(engine="streaming")

    def landed(self) -> Landed:
        """What became of the table."""
        rejects, copies, lost = (pl.concat(found) for found in (self._rejects, self._copies, self._lost))
        return Landed(self._parts, self._staged, rejects, self._rejected, copies, lost)


def _final(rules: Contract, partition: str) -> str:
    if not rules.partition:
        return f"{rules.name}/part-0.parquet"
    if not partition:
        raise DataError("month-missing", "Table {table} has rows without a month.", table=rules.name)
    month, _, bucket = partition.partition("/")
    return f"{rules.name}/{rules.folder}={month}/" + (f"bucket={bucket}/" if bucket else "") + "part-0.parquet"
