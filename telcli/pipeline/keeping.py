"""Where a stage keeps what is costly to compute and wanted several times: files of its own, gone when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.io.parquet_files import scanned
from telcli.tables import contract

if TYPE_CHECKING:
    import polars as pl

    from telcli.stages import Outcome, Progress

__all__ = ["Gatherer", "counted", "keeper"]

_GROUP = 1 << 15
"""Rows of a row group: several are read ahead at once, so that large ones fill the memory."""


def keeper(folder: Path) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """A function that computes a frame as a stream, keeps it in a file of this folder, and gives back that file's rows.

    Packed lightly, since it is read again at once; memory is that of the stream.
    """
    numbers = count()

    def keep(frame: pl.LazyFrame) -> pl.LazyFrame:
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{next(numbers)}.parquet"
        frame.sink_parquet(place, compression="lz4", maintain_order=True, row_group_size=_GROUP)
        return scanned(place)

    return keep


def counted(
    keep: Callable[[pl.LazyFrame], pl.LazyFrame], progress: Progress, extracts: int
) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """The same keeping, which tells how many of the extracts have been read for it."""
    done = count(1)

    def keep_and_tell(frame: pl.LazyFrame) -> pl.LazyFrame:
        kept = keep(frame)
        if (at := next(done)) <= extracts:
            progress("extracts understood", at, extracts)
        return kept

    return keep_and_tell


class Gatherer:
    """Keeps frames as they come and gives back their rows, those of one value of a column together.

    The files of a value are read as one table: a plan with a frame for each file needs memory for every one of them.

    >>> import polars as pl
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     gather = Gatherer(Path(folder))
    ...     rows = gather([pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [2]})], "a")
    ...     rows.collect()["a"].to_list(), [len(files) for files in gather.files(rows, "a").values()]
    ([1, 2, 2], [1, 2])
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._made: list[tuple[pl.LazyFrame, str, dict[Any, list[tuple[Path, int]]]]] = []

    def __call__(self, frames: Iterable[pl.DataFrame], by: str) -> pl.LazyFrame:
        """The rows of all frames, lazily."""
        import polars as pl

        self._folder.mkdir(parents=True, exist_ok=True)
        places: dict[Any, list[tuple[Path, int]]] = {}
        for frame in frames:
            for value in frame[by].unique(maintain_order=True).to_list() or [None]:
                rows = frame.filter(pl.col(by).eq_missing(pl.lit(value, frame.schema[by])))  # one at a time, for memory
                place = self._folder / f"{next(self._numbers)}.parquet"
                rows.write_parquet(place, compression="lz4", row_group_size=_GROUP)
                places.setdefault(value, []).append((place, rows.height))
        gathered = pl.concat([scanned([place for place, _ in files]) for files in places.values()])
        self._made.append((gathered, by, places))
        return gathered

    def files(self, frame: pl.LazyFrame, by: str | None) -> dict[Any, list[tuple[Path, int]]] | None:
        """The files of each value, with their rows, of a frame that was gathered by this column; None of any other."""
        return next((places for made, column, places in self._made if made is frame and column == by), None)

    def with_files(self, outcome: Outcome) -> Outcome:
        """What a stage hands back, with the files of those of its tables that were gathered by their months."""
        parted = {table: frame for table, frame in outcome.tables.items() if not contract(table).buckets}
        found = {table: self.files(frame, contract(table).partition) for table, frame in parted.items()}
        return replace(outcome, files={table: files for table, files in found.items() if files is not None})
