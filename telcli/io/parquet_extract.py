"""A Parquet file as an extract: every value as text, so that it walks the same road as a CSV file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from telcli.errors import DataError
from telcli.io.digest import sha256_of
from telcli.tables.checks import LINE
from telcli.tables.extract import Extract

__all__ = ["read_parquet"]


def read_parquet(path: Path) -> Extract:
    """Open one Parquet file lazily; `_line` is the row, from 1.

    Raises
    ------
    DataError
        Not Parquet, without rows, or with nested columns, which have no form as text.
    """
    try:
        raw = pl.scan_parquet(path, row_index_name=LINE, row_index_offset=1, glob=False)
        schema = raw.collect_schema()
        rows = raw.select(pl.len()).collect().item()
    except (PolarsError, OSError):
        raise DataError(
            "parquet-broken", "{file} is not a Parquet file.", hint="Copy it again.", file=path.name
        ) from None
    nested = [name for name, kind in schema.items() if kind.is_nested()]
    if nested:
        raise DataError(
            "parquet-nested",
            "{file}: column {column} holds lists or records, which cannot be read.",
            hint="Export one plain value per cell.",
            file=path.name,
            column=nested[0],
        )
    if rows == 0:
        raise DataError(
            "header-only",
            "{file} has a header but no rows.",
            hint="Export it again, or leave it out of the sources.",
            file=path.name,
        )
    names = [name for name in schema if name != LINE]
    frame = raw.select(
        *[pl.col(name).cast(pl.String).alias(name.strip()) for name in names], pl.col(LINE).cast(pl.Int64)
    )
    return Extract(path.name, frame, "utf-8", "", sha256_of(path), rows=rows)
