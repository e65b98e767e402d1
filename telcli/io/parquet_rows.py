"""A few rows of a large Parquet file, found by a text: no more is read than the row groups that may hold it.

pyarrow alone is used, which loads in half the time of polars; its compute functions, which take as long again to load
as the search takes, are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile, RowGroupMetaData

__all__ = ["rows_where"]


def rows_where(place: Path, name: str, texts: Collection[str], columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The rows whose column `name` is one of `texts`, in their order; columns that the file does not have are null.

    Where the file is sorted by that column one row group is read of it; else the column alone is read whole, and the
    others only where a row was found.

    >>> from tempfile import TemporaryDirectory
    >>> import pyarrow as pa
    >>> from pyarrow.parquet import write_table
    >>> with TemporaryDirectory() as folder:
    ...     write_table(pa.table({"id": ["a", "ab", "b"], "n": [1, 2, 3]}), Path(folder) / "t.parquet")
    ...     rows_where(Path(folder) / "t.parquet", "id", ["b"], ["n", "other"])
    [{'n': 3, 'other': None}]
    """
    from pyarrow.parquet import ParquetFile

    with ParquetFile(place, memory_map=True) as file:
        have = file.schema_arrow.names
        if name not in have or not texts:
            return []
        wanted = [column for column in columns if column in have]
        return list(_rows(file, have.index(name), sorted(set(texts)), wanted, columns))


def _rows(
    file: ParquetFile, at: int, texts: Sequence[str], wanted: Sequence[str], columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    name = file.schema_arrow.names[at]
    for group in range(file.metadata.num_row_groups):
        likely = _likely(file.metadata.row_group(group), at, texts)
        if not likely:
            continue
        places = _places(file.read_row_group(group, columns=[name], use_threads=False).column(0), likely)
        if not places:
            continue
        part = file.read_row_group(group, columns=list(wanted), use_threads=False)
        held = {column: part.column(column) for column in wanted}
        for place in places:
            yield {column: held[column][place].as_py() if column in held else None for column in columns}


def _likely(group: RowGroupMetaData, at: int, texts: Sequence[str]) -> list[str]:
    """The texts that lie within the bounds of a row group; an upper one may be cut short."""
    bounds = group.column(at).statistics
    if bounds is None or not bounds.has_min_max:
        return list(texts)
    low, high = bounds.min, bounds.max
    return [text for text in texts if low <= text and (text <= high or text.startswith(high))]


def _places(column: pa.ChunkedArray, texts: Sequence[str]) -> list[int]:
    """Where in a column of texts one of these stands."""
    found, before = [], 0
    for chunk in column.chunks:
        found += [before + place for text in texts for place in _in_chunk(chunk, text)]
        before += len(chunk)
    return sorted(found)


def _in_chunk(chunk: pa.Array, text: str) -> Iterator[int]:
    """Search the bytes that a chunk's texts make one after the other; what is found across two of them is none."""
    import numpy as np
    import pyarrow as pa

    if not (pa.types.is_large_string(chunk.type) or pa.types.is_string(chunk.type)) or not text:
        yield from (place for place, value in enumerate(chunk.to_pylist()) if value == text)
        return
    _, starts, body = chunk.buffers()
    if body is None:
        return
    kind = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    offsets = np.frombuffer(starts, kind)[chunk.offset : chunk.offset + len(chunk) + 1]
    sought, whole = text.encode(), body.to_pybytes()
    at = whole.find(sought, offsets[0])
    while 0 <= at < offsets[-1]:
        place = int(np.searchsorted(offsets, at, side="right")) - 1
        if offsets[place] == at and offsets[place + 1] == at + len(sought):
            yield place
        at = whole.find(sought, at + 1)
