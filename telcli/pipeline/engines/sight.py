"""The working directory as a cluster sees it: the files of the manifest, and a place to hand frames over and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.io.parquet_files import scanned
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.workdir import STAGING, Workdir

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Opened", "Sight"]


@dataclass(frozen=True)
class Opened:
    """What was opened for a stage: `tables` of the partitions `chosen`, and tables whose `parts` are opened singly."""

    workdir: Workdir
    manifest: Manifest
    chosen: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, pl.LazyFrame]
    parts: Mapping[str, Mapping[str, Callable[[], pl.LazyFrame]]]


class Sight:
    """Where a cluster finds the rows of a frame, and where it leaves its own.

    `uri` is the working directory as the cluster sees it; empty where that is the same path.
    """

    def __init__(self, opened: Opened, uri: str) -> None:
        self._opened = opened
        self._path = opened.workdir.path.absolute()
        self.uri = uri.rstrip("/") or f"file://{self._path}"
        self._numbers = count()

    def files(self, table: str, frame: pl.LazyFrame) -> list[str]:
        """Parquet files that hold just the rows of a frame, as patterns that match nothing else.

        A table as it was opened is its published files. Any other frame is written to the staging folder first; so is
        a table whose files do not agree on the type of a column, which Spark would not settle.
        """
        own = frame is self._opened.tables.get(table)
        names = self._opened.chosen[table] if own else ()
        return self._published(table, names, frame.collect_schema()) or [self._handed_over(frame)]

    def part(self, table: str, name: str, opener: Callable[[], pl.LazyFrame], kinds: pl.Schema) -> str:
        """The same for one part of a table, `name`; `kinds` are the types of columns that are wanted."""
        own = opener is self._opened.parts.get(table, {}).get(name)
        found = self._published(table, (name,), kinds) if own else []
        if found:
            return found[0]
        frame = opener()
        return self._handed_over(frame.cast({column: kinds[column] for column in frame.collect_schema()}))

    def place(self) -> tuple[Path, str]:
        """A new path in the staging folder, here and as the cluster sees it."""
        name = f"{STAGING}/engine/{next(self._numbers)}"
        return self._path / name, f"{self.uri}/{name}"

    def _handed_over(self, frame: pl.LazyFrame) -> str:
        place, uri = self.place()
        frame.sink_parquet(place, compression="zstd", compression_level=1, mkdir=True)
        return _pattern(uri)

    def _published(self, table: str, names: tuple[str, ...], kinds: pl.Schema) -> list[str]:
        """The published files of these partitions; none where a column of one is of another type."""
        parts = [self._opened.manifest.tables[table][name] for name in names]
        for place in self._opened.workdir.checked(self._opened.manifest, parts):
            have = scanned(place).collect_schema()
            if any(have[name] != kind for name, kind in kinds.items() if name in have):
                return []
        return [_pattern(f"{self.uri}/{path}") for path in (part.path for part in parts)]


def _pattern(path: str) -> str:
    r"""A path with what Hadoop would take for wildcards escaped.

    >>> _pattern("file:///data/{a}/b") == r"file:///data/\{a\}/b"
    True
    """
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", path)
