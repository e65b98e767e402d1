"""The working directory: named tables by month, read through the manifest, changed only by a commit.

A commit stages every file, makes them durable, then replaces manifest.json: that rename is the one instant at which
old becomes new. The new manifest promises the moves from the staging folder to the final names; they are carried out
next, and by whoever opens the directory next if this process dies. Until a move is done, readers follow the promise.
"""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from telcli.errors import DataError, MissingInputError, TelcliError, UsageError
from telcli.io.digest import sha256_of_each
from telcli.io.durable import sync
from telcli.io.parquet_files import scanned
from telcli.io.scratch import sweep
from telcli.pipeline.links import refuse_links
from telcli.pipeline.lock import exclusive
from telcli.pipeline.pinned import pinned, same_size
from telcli.pipeline.provenance import Manifest, Move, Part, Record
from telcli.pipeline.storing import storage_error, storing, why

if TYPE_CHECKING:
    import polars as pl

__all__ = ["HANDED_OUT", "Workdir", "storage_error"]

_Opened = TypeVar("_Opened")
MANIFEST, STAGING, LOCK = "manifest.json", ".staging", ".lock"
_FRESH = f"{MANIFEST}.new"
HANDED_OUT = "tasks/"
"""Where files are that people write into: one that is changed, or was taken away, is not damaged."""

_LOOKS, _PAUSE = 40, 0.05
"""How often, and after how many seconds, files are looked for again while another process moves them."""


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

    def scan(self, manifest: Manifest, table: str, partitions: Sequence[str], *, pin: bool = False) -> pl.LazyFrame:
        """Scan some partitions of a table as one lazy frame, having compared each file with its hash.

        `pin` holds each file open until the process ends, so that a commit in the meantime does not change what is
        read.

        Raises
        ------
        DataError
            A file is missing, or is not the one that telcli published.
        """
        import polars as pl

        parts = [manifest.tables[table][name] for name in partitions]
        frames = [scanned(place) for place in self.checked(manifest, parts, pin=pin)]
        return pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]

    def checked(self, manifest: Manifest, parts: Sequence[Part], *, pin: bool = False) -> list[Path]:
        """Where the bytes of published files are, which are those that telcli published; `pin` as `scan` has it.

        A file that stays as it is is hashed once in the life of the process.

        Raises
        ------
        DataError
            A file is missing, or is not the one that telcli published.
        """
        places = [self.locate(manifest, part) for part in parts]
        for place, part in zip(places, parts, strict=True):
            if not same_size(place, part):
                raise self._damaged(manifest, part)
        places = [pinned(place) for place in places] if pin else places
        for found, part in zip(sha256_of_each(places), parts, strict=True):
            if found != part.sha256:
                raise self._damaged(manifest, part)
        return places

    def _damaged(self, manifest: Manifest, part: Part) -> DataError:
        from telcli.pipeline.remade import AGAIN, remade

        again = remade(manifest, self.path, part.path)
        return DataError(
            "table-damaged",
            "{file} is missing or was changed after telcli wrote it.",
            hint="What makes it again: {command}",
            file=part.path,
            command=again.command if again.how == AGAIN else f"telcli verify -w {self.path}",
        )

    def intact(self, manifest: Manifest, chosen: Mapping[str, Sequence[str]]) -> bool:
        """A cheap look that the files a stage would read are there and plausibly the ones published."""
        parts = [manifest.tables[table][name] for table, names in chosen.items() for name in names]
        return all(same_size(self.locate(manifest, part), part) for part in parts)

    def hold(
        self, table: str, choose: Callable[[Manifest], Sequence[str]]
    ) -> tuple[Manifest, Sequence[str], pl.LazyFrame]:
        """Read a table without the lock: the manifest, the partitions chosen by it, and their rows at that instant."""
        manifest, chosen, frames = self.hold_all(lambda manifest: {table: choose(manifest)})
        return manifest, chosen[table], frames[table]

    def hold_all(
        self, choose: Callable[[Manifest], Mapping[str, Sequence[str]]]
    ) -> tuple[Manifest, Mapping[str, Sequence[str]], dict[str, pl.LazyFrame]]:
        """Read several tables without the lock, all as of one instant; `choose` names the partitions of each.

        A commit may come between reading the manifest and opening the files; then all are read again.
        """

        def opened(manifest: Manifest, table: str, names: Sequence[str]) -> pl.LazyFrame:
            return self.scan(manifest, table, names, pin=True)

        return self._held(choose, opened)

    def hold_files(
        self, choose: Callable[[Manifest], Mapping[str, Sequence[str]]]
    ) -> tuple[Manifest, Mapping[str, Sequence[str]], dict[str, dict[str, Path]]]:
        """As `hold_all`, but the files themselves by partition: for few rows of them."""

        def opened(manifest: Manifest, table: str, names: Sequence[str]) -> dict[str, Path]:
            parts = [manifest.tables[table][name] for name in names]
            return dict(zip(names, self.checked(manifest, parts, pin=True), strict=True))

        return self._held(choose, opened)

    def _held(
        self,
        choose: Callable[[Manifest], Mapping[str, Sequence[str]]],
        opened: Callable[[Manifest, str, Sequence[str]], _Opened],
    ) -> tuple[Manifest, Mapping[str, Sequence[str]], dict[str, _Opened]]:
        for again in count():
            manifest = self.manifest()
            chosen = choose(manifest)
            try:
                found = {table: opened(manifest, table, names) for table, names in chosen.items()}
            except (DataError, FileNotFoundError):
                if self.stands(manifest, again):
                    raise
                continue
            now = self.manifest().tables
            if all(now.get(table) == manifest.tables.get(table) for table in chosen):
                return manifest, chosen, found
        raise AssertionError("it is tried until it is told")

    def stands(self, manifest: Manifest, again: int) -> bool:
        """Whether what was found amiss of a manifest that was read is so, or was a commit that came in between.

        While a commit carries out its moves a file may be gone from the one place before it is looked for at the
        other: then it is to be looked at again, which is waited for a little, `again` being how often it was.
        """
        if self.manifest() != manifest:
            return False
        if manifest.pending and again < _LOOKS:
            time.sleep(_PAUSE)
            return False
        return True

    def lost(self, manifest: Manifest, record: Record) -> list[str]:
        """What a run published that is no longer so: a file that is gone or of another size, or was replaced since."""
        tables = [(table, name) for table, names in record.gave.items() for name in names]
        parts = [(f"{table}/{name}", manifest.tables.get(table, {}).get(name)) for table, name in tables]
        parts += [(path, manifest.files.get(path)) for path in record.files if not path.startswith(HANDED_OUT)]
        found = []
        for name, part in parts:
            if part is None or not same_size(self.locate(manifest, part), part):
                found.append(part.path if part else name)
            elif name in record.files and part.sha256 != record.files[name]:
                found.append(part.path)
        return found

    @contextmanager
    def writing(self, wait: float) -> Iterator[Manifest]:
        """Hold the directory for writing; first finish what an interrupted run had promised, drop what it had not.

        What this run leaves in the staging folder goes in the end, however it ends.
        """
        with ExitStack() as held:
            with storing(self.path):
                self._make()
                held.enter_context(exclusive(self.path / LOCK, wait))
                sweep(self.path)
                manifest = self.manifest()
                if manifest.pending:  # whoever promised may have died before the promise was on the disk
                    sync(self.path)
                manifest = self._settle(manifest)
            try:
                yield manifest
            finally:
                self._sweep()

    def _make(self) -> None:
        made = [place for place in (self.path, *self.path.parents) if not place.exists()]
        self.path.mkdir(mode=0o750, parents=True, exist_ok=True)  # tables tell of customers: none of others' business
        for place in made:
            sync(place.parent)

    def staging(self) -> Path:
        """An empty folder for files on their way in, which nobody else may open; hold the lock."""
        place = self.path / STAGING
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        return place

    def _sweep(self) -> None:
        """Drop what did not get in: raw values stay nowhere. What a commit has promised is kept for the next run."""
        with suppress(OSError, TelcliError):  # why the run ends was told already, and the next one sweeps too
            self._drop_fresh()
            place = self.path / STAGING
            if place.exists() and not self.manifest().pending:
                shutil.rmtree(place, ignore_errors=True)

    def commit(
        self, old: Manifest, new: Manifest, staged: Mapping[str, Path], dropped: Collection[str] = ()
    ) -> Manifest:
        """Publish: `staged` maps final paths to files in the staging folder, `new` names every part that is to be.

        `dropped` are files beside, that no manifest names, to be removed. Returns the manifest as it stands once every
        move is done.
        """
        with storing(self.path):
            promised = self._promised(old, new, staged, dropped)
            self._write_manifest(promised)
        try:
            sync(self.path)  # what a move takes away the manifest before it names: first this one has to last
            return self._settle(promised)
        except OSError as error:
            raise UsageError(
                "commit-unfinished",
                "The results are published, but {workdir} could not be put in order: {why}.",
                hint="Mend that and run the same command again; it finishes the work.",
                workdir=str(self.path),
                why=why(error),
            ) from None

    def _promised(self, old: Manifest, new: Manifest, staged: Mapping[str, Path], dropped: Collection[str]) -> Manifest:
        """Make the staged files durable, with their names; the manifest that promises to move them."""
        for place in staged.values():
            sync(place)
        for folder in {parent for place in staged.values() for parent in _between(place, self.path)}:
            sync(folder)
        keep = {part.path for parts in new.tables.values() for part in parts.values()} | set(new.files)
        gone = {part.path for parts in old.tables.values() for part in parts.values()} | set(old.files)
        gone |= {name for name in dropped if (self.path / name).exists()}
        moves = [Move(str(place.relative_to(self.path)), target) for target, place in sorted(staged.items())]
        moves += [Move("", target) for target in sorted(gone - keep)]
        return dataclasses.replace(new, pending=tuple(moves))

    def _settle(self, manifest: Manifest) -> Manifest:
        """Carry out the promised moves; each may have been done before."""
        refuse_links(
            self.path, [f"{STAGING}/part", *(path for move in manifest.pending for path in vars(move).values() if path)]
        )
        _make_folders([self.path / move.target for move in manifest.pending if move.source], self.path)
        folders = set()
        for move in manifest.pending:
            target = self.path / move.target
            folders |= set(_between(target, self.path))
            if not move.source:
                target.unlink(missing_ok=True)
            elif (self.path / move.source).exists():
                (self.path / move.source).replace(target)
        for folder in sorted(folders, reverse=True):  # the innermost first, since a folder's name is kept by its parent
            if folder.is_dir():
                sync(folder)
                _drop_empty(folder, self.path)
        if manifest.pending:
            manifest = dataclasses.replace(manifest, pending=())
            self._write_manifest(manifest)
            sync(self.path)
        self._drop_fresh()
        shutil.rmtree(self.path / STAGING, ignore_errors=True)
        return manifest

    def _drop_fresh(self) -> None:
        """A manifest that did not come to be: its run was killed, or the disk was full."""
        if (self.path / _FRESH).exists():
            (self.path / _FRESH).unlink()

    def _write_manifest(self, manifest: Manifest) -> None:
        """Put a manifest in place of the one there is; the caller sees to it that its name outlives a power cut."""
        fresh = self.path / _FRESH
        fresh.unlink(missing_ok=True)  # what is there may be a link to anything
        with fresh.open("x", encoding="utf-8") as handle:
            handle.write(manifest.to_json())
        sync(fresh)
        fresh.replace(self.path / MANIFEST)


def _between(place: Path, top: Path) -> list[Path]:
    """The folders that hold a file, from its own up to the working directory."""
    return [folder for folder in place.parents if folder == top or top in folder.parents]


def _make_folders(places: Sequence[Path], top: Path) -> None:
    """Make the folders of files that are to come, with their names on the disk before anything is moved into them."""
    folders = {folder for place in places for folder in _between(place, top)} - {top}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for above in sorted({folder.parent for folder in folders}):
        sync(above)


def _drop_empty(folder: Path, top: Path) -> None:
    """Remove a folder whose last file went, and its parents, up to the working directory."""
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
