"""Where a stage keeps what is costly to compute and wanted several times: files of its own, gone when it ends."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["keeper"]

_GROUP = 1 << 15
"""Rows of a row group: several are read ahead at once, so that large ones fill the memory."""


def keeper(folder: Path) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """A function that computes a frame as a stream, keeps it in a file of this folder, and gives back that file's rows.

    Packed lightly, since it is read again at once; memory is that of the stream.
    """
    import polars as pl

    numbers = count()

    def keep(frame: pl.LazyFrame) -> pl.LazyFrame:
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{next(numbers)}.parquet"
        frame.sink_parquet(place, compression="lz4", maintain_order=True, row_group_size=_GROUP)
        return pl.scan_parquet(place, glob=False)

    return keep
