"""Parquet files opened by their names as they are: a folder may be called `[2024] *`, and no column comes of a path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["scanned"]


def scanned(places: Path | list[Path]) -> pl.LazyFrame:
    """The rows of a file, or of several of the same columns one after the other, lazily.

    >>> from tempfile import TemporaryDirectory
    >>> import polars as pl
    >>> with TemporaryDirectory(suffix="[1]") as folder:
    ...     place = Path(folder) / "a.parquet"
    ...     pl.DataFrame({"a": [1]}).write_parquet(place)
    ...     scanned([place, place]).collect()["a"].to_list()
    [1, 1]
    """
    import polars as pl

    return pl.scan_parquet(places, hive_partitioning=False, glob=False)
