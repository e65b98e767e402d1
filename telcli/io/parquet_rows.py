"""A few rows of large Parquet files, found by a text: no more is read than the row groups that may hold it.

polars reads the text's column first and of the others only what stands beside a match, all files side by side. It takes
longer to load than pyarrow, and makes up for that with a dozen files of a million rows, where pyarrow reads each column
of a row group whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.io.parquet_files import scanned

if TYPE_CHECKING:
    import polars as pl

__all__ = ["UnreadableError", "rows_where"]


class UnreadableError(Exception):
    """One of the files is damaged."""


def rows_where(files: Sequence[tuple[Path, Sequence[str]]], name: str, text: str) -> list[list[dict[str, Any]]]:
    """Of each file, the rows whose column `name` is `text`, in their order, with the columns named beside the file.

    Columns that a file does not have are null. Where a file is sorted by `name` one row group is read of it.

    Raises
    ------
    UnreadableError
        One of the files is no Parquet file, or a damaged one.

    >>> from tempfile import TemporaryDirectory
    >>> import polars as pl
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder) / "t.parquet"
    ...     pl.DataFrame({"id": ["a", "ab", "b"], "n": [1, 2, 3]}).write_parquet(place)
    ...     rows_where([(place, ["n", "other"])], "id", "b")
    [[{'n': 3, 'other': None}]]
    """
    import polars as pl

    try:
        queries = [_query(place, columns, name, text) for place, columns in files]
        frames = iter(pl.collect_all([query for query in queries if query is not None]))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise UnreadableError from error
    found: list[list[dict[str, Any]]] = []
    for (_, columns), query in zip(files, queries, strict=True):
        rows = [] if query is None else next(frames).rows(named=True)
        found.append([{column: row.get(column) for column in columns} for row in rows])
    return found


def _query(place: Path, columns: Sequence[str], name: str, text: str) -> pl.LazyFrame | None:
    """What is to be read of one file; None where it has not the column that is searched."""
    import polars as pl

    frame = scanned(place)
    have = frame.collect_schema()
    if name not in have:
        return None
    wanted = [column for column in dict.fromkeys(columns) if column in have]
    return frame.filter(pl.col(name) == text).select(wanted or [name])
