"""Where a stage keeps what is costly to compute and wanted several times: files of its own, gone when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.io.parquet_files import scanned

if TYPE_CHECKING:
    import polars as pl

    from telcli.stages import Progress

__all__ = ["counted", "gatherer", "keeper"]

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


def gatherer(folder: Path) -> Callable[[Iterable[pl.DataFrame], str], pl.LazyFrame]:
    """A function that keeps frames as they come and gives back their rows, those of one value of a column together.

    The files of a value are read as one table: a plan with a frame for each file needs memory for every one of them.
    """
    import polars as pl

    numbers = count()

    def gather(frames: Iterable[pl.DataFrame], by: str) -> pl.LazyFrame:
        folder.mkdir(parents=True, exist_ok=True)
        places: dict[Any, list[Path]] = {}
        for frame in frames:
            for value in frame[by].unique(maintain_order=True).to_list() or [None]:
                places.setdefault(value, []).append(folder / f"{next(numbers)}.parquet")
                rows = frame.filter(pl.col(by).eq_missing(pl.lit(value, frame.schema[by])))
                rows.write_parquet(places[value][-1], compression="lz4", row_group_size=_GROUP)
        return pl.concat([scanned(files) for files in places.values()])

    return gather
