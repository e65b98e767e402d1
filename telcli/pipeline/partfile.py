"""One file of a table, written part after part, so that no more than a part of it is ever in memory."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import polars as pl

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetWriter

__all__ = ["PartFile"]

_PACKED = 1
"""Level of zstd: higher ones cost more time than the room they save is worth in files that are read again and again."""
_GROUP = 100_000
"""Rows of a row group: what is read at least of a file, where only some customers are wanted."""


_LOOKED_AT = 1 << 14
"""First rows, by which it is told whether the values of a column come again and again."""


class PartFile:
    """A Parquet file that takes frames of one schema, in the order in which they come; `rows` counts theirs.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with PartFile(Path(folder) / "a.parquet") as file:
    ...         file.write(pl.DataFrame({"a": [1]}))
    ...         file.write(pl.DataFrame({"a": [2]}))
    ...     pl.read_parquet(Path(folder) / "a.parquet")["a"].to_list(), file.rows
    ([1, 2], 2)
    """

    def __init__(self, place: Path) -> None:
        self._place, self.rows = place, 0
        self._file: ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file:
            self._file.close()

    def write(self, rows: pl.DataFrame) -> None:
        """Add the rows at the end."""
        from pyarrow.parquet import ParquetWriter

        table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._file is None:
            self._file = ParquetWriter(
                self._place,
                table.schema,
                compression="zstd",
                compression_level=_PACKED,
                use_dictionary=_repeating(rows),
            )
        self._file.write_table(table, row_group_size=_GROUP)
        self.rows += rows.height


def _repeating(rows: pl.DataFrame) -> list[str]:
    """Columns whose values come again: a list of the distinct ones saves room there, and costs both elsewhere.

    >>> _repeating(pl.DataFrame({"id": ["a", "b", "c"], "kind": ["x", "x", "y"]}))
    ['kind']
    """
    first = rows.head(_LOOKED_AT)
    return [name for name in rows.columns if first[name].n_unique() <= first.height * 2 // 3]
