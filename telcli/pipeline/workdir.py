"""The working directory: named tables by month, read through the manifest, changed only by a commit.

A commit stages every file, makes them durable, then replaces manifest.json: that rename is the one instant at which
old becomes new. The new manifest promises the moves from the staging folder to the final names; they are carried out
next, and by whoever opens the directory next if this process dies. Until a move is done, readers follow the promise.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import DataError, MissingInputError, TelcliError, UsageError
from telcli.pipeline.lock import exclusive
from telcli.pipeline.provenance import Manifest, Move, Part, file_sha256

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Workdir", "storage_error"]

MANIFEST, STAGING, LOCK = "manifest.json", ".staging", ".lock"


class Workdir:
    """A working directory at `path`, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def manifest(self) -> Manifest:
        """What the directory holds now.

        Raises
        ------
        MissingInputError
            There is no such directory.
        """
        if not self.path.is_dir():
            raise MissingInputError(
                "workdir-missing",
                "There is no working directory {workdir}.",
                hint="Start with: telcli ingest SOURCES... -w {workdir}",
                workdir=str(self.path),
            )
        return Manifest.read(self.path / MANIFEST)

    def locate(self, manifest: Manifest, part: Part) -> Path:
        """Where a part's bytes are: its own place, or the staging folder while a promised move is not done."""
        for move in manifest.pending:
            if move.target == part.path and (self.path / move.source).exists():
                return self.path / move.source
        return self.path / part.path

    def scan(self, manifest: Manifest, table: str, partitions: Sequence[str], *, verify: bool = False) -> pl.LazyFrame:
        """Scan some partitions of a table as one lazy frame; `verify` compares each file with its hash first.

        Raises
        ------
        DataError
            A file is missing, or is not the one that telcli published.
        """
        import polars as pl

        frames = []
        for partition in partitions:
            part = manifest.tables[table][partition]
            place = self.locate(manifest, part)
            if not place.is_file() or (verify and file_sha256(place) != part.sha256):
                from telcli.pipeline.catalog import maker

                raise DataError(
                    "table-damaged",
                    "{file} is missing or was changed after telcli wrote it.",
                    hint="Make it again: telcli {stage} -w {workdir} --force",
                    file=part.path,
                    stage=maker(table),
                    workdir=str(self.path),
                )
            frames.append(pl.scan_parquet(place, hive_partitioning=False))
        return pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]

    @contextmanager
    def writing(self, wait: float) -> Iterator[Manifest]:
        """Hold the directory for writing; first finish what an interrupted run had promised, drop what it had not."""
        with ExitStack() as held:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
                held.enter_context(exclusive(self.path / LOCK, wait))
                manifest = self._settle(self.manifest())
            except OSError as error:
                raise storage_error(self.path, error) from None
            yield manifest

    def staging(self) -> Path:
        """An empty folder for files on their way in; hold the lock."""
        place = self.path / STAGING
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return place

    def commit(self, old: Manifest, new: Manifest, staged: Mapping[str, Path]) -> Manifest:
        """Publish: `staged` maps final paths to files in the staging folder, `new` names every part that is to be.

        Returns the manifest as it stands once every move is done.
        """
        try:
            return self._commit(old, new, staged)
        except OSError as error:
            raise storage_error(self.path, error) from None

    def _commit(self, old: Manifest, new: Manifest, staged: Mapping[str, Path]) -> Manifest:
        for place in staged.values():
            _sync(place)
        for folder in {place.parent for place in staged.values()} | {self.path / STAGING}:
            _sync(folder)
        keep = {part.path for parts in new.tables.values() for part in parts.values()} | set(new.files)
        gone = {part.path for parts in old.tables.values() for part in parts.values()} | set(old.files)
        moves = [Move(str(place.relative_to(self.path)), target) for target, place in sorted(staged.items())]
        moves += [Move("", target) for target in sorted(gone - keep)]
        promised = dataclasses.replace(new, pending=tuple(moves))
        self._write_manifest(promised)
        return self._settle(promised)

    def _settle(self, manifest: Manifest) -> Manifest:
        """Carry out the promised moves; each may have been done before."""
        folders = set()
        for move in manifest.pending:
            target = self.path / move.target
            folders.add(target.parent)
            if not move.source:
                target.unlink(missing_ok=True)
            elif (self.path / move.source).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                (self.path / move.source).replace(target)
        for folder in sorted(folders):
            if folder.is_dir():
                _sync(folder)
                _drop_empty(folder, self.path)
        if manifest.pending:
            manifest = dataclasses.replace(manifest, pending=())
            self._write_manifest(manifest)
        shutil.rmtree(self.path / STAGING, ignore_errors=True)
        return manifest

    def _write_manifest(self, manifest: Manifest) -> None:
        place = self.path / MANIFEST
        fresh = place.with_suffix(".json.new")
        with fresh.open("w", encoding="utf-8") as handle:
            handle.write(manifest.to_json())
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(place)
        _sync(self.path)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_empty(folder: Path, top: Path) -> None:
    """Remove a folder whose last file went, and its parents, up to the working directory."""
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def storage_error(path: Path, error: OSError) -> TelcliError:
    """Say in a sentence what the file system would not do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UsageError(
            "disk-full",
            "There is no room left for {workdir}; nothing was changed.",
            hint="Free some space and run the same command again.",
            workdir=str(path),
        )
    return UsageError(
        "workdir-unwritable",
        "{workdir} cannot be written: {why}.",
        hint="Choose another directory with -w, or change its permissions.",
        workdir=str(path),
        why=os.strerror(error.errno) if error.errno else type(error).__name__,
    )
