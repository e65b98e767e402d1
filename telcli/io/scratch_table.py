"""A raw table on its way to an extract: batches of text written to scratch Parquet, so that none is kept in memory."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import polars as pl

from telcli.io.parquet_files import scanned
from telcli.tables.refused import LINE

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["BATCH", "ScratchTable"]

BATCH = 20_000
"""Records read at a time."""


class ScratchTable:
    """Append batches of String columns and `_line`; a batch with other columns starts another file.

    >>> import tempfile
    >>> with ScratchTable(Path(tempfile.mkdtemp()) / "t") as table:
    ...     table.append(pl.DataFrame({"a": ["1"], "_line": [2]}))
    ...     table.append(pl.DataFrame({"a": ["2"], "b": ["x"], "_line": [3]}))
    >>> table.rows, table.scan().collect().rows()
    (2, [('1', 2, None), ('2', 3, 'x')])
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self.rows, self.columns = folder, 0, dict[str, None]()
        self._files: list[Path] = []
        self._writer: pq.ParquetWriter | None = None
        self._open: list[str] = []

    def __enter__(self) -> ScratchTable:
        self._folder.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def append(self, frame: pl.DataFrame) -> None:
        """Write a batch; one without rows only tells the columns of a table that may have none."""
        if not frame.height and self._files:
            return
        frame = frame.rename(lambda name: name.replace("\0", "\ufffd"))  # which Arrow cannot hold in a name
        if frame.columns != self._open:
            self._start(frame)
        assert self._writer is not None, "a batch needs an open file"  # noqa: S101 - a programming error
        self._writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
        self.rows += frame.height

    def scan(self) -> pl.LazyFrame:
        """The whole table, lazily; columns in the order of their first batch, `_line` among them."""
        if not self._files:
            return pl.LazyFrame(schema={LINE: pl.Int64()})
        found = [scanned(file) for file in self._files]
        return found[0] if len(found) == 1 else pl.concat(found, how="diagonal")

    def _start(self, frame: pl.DataFrame) -> None:
        import pyarrow.parquet as pq

        self._close()
        self._open = frame.columns
        self.columns |= dict.fromkeys(frame.columns)
        file = self._folder / f"{len(self._files)}.parquet"
        self._files.append(file)
        schema = frame.head(0).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
        self._writer = pq.ParquetWriter(file, schema, compression="lz4")

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
