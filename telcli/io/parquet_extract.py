"""A Parquet file as an extract: every value as text, so that it walks the same road as a CSV file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError

from telcli.errors import DataError
from telcli.io.archive import bomb
from telcli.io.digest import sha256_of
from telcli.io.limits import TEXTS
from telcli.io.nested import flat_frames
from telcli.io.parquet_files import scanned
from telcli.io.wide import refuse_wide
from telcli.tables.extract import Extract, outside_name
from telcli.tables.refused import LINE

__all__ = ["read_parquet"]

_ROWS, _PACKED = 20_000_000, 200
"""Rows that a file of any size may have, and how many it may have to a byte beyond; as many bytes of text."""
_TEXTS = (pl.String, pl.Categorical, pl.Enum, pl.Binary)
_LONG = 4096
"""Bytes of text in a row that nobody would call long."""


def read_parquet(path: Path) -> list[Extract]:
    """Open one Parquet file lazily; `_line` is the row, from 1. Nested columns are taken apart as those of JSON are.

    Raises
    ------
    DataError
        Not Parquet, without rows, or with lists in lists or bytes that are no text.
    """
    try:
        raw = scanned(path)
        refuse_wide(path.name, len(raw.collect_schema()))
        _refuse_inflated(path, raw)
        raw = raw.rename({name: outside_name(name) for name in raw.collect_schema()}).with_row_index(LINE, offset=1)
        # every page is read once: a damaged one would be found only in the middle of the work
        rows = (
            raw.select(pl.len().alias(LINE), pl.all().exclude(LINE).null_count())
            .collect(engine="streaming")[LINE]
            .item()
        )
    except (PolarsError, PanicException, OSError):
        raise DataError(
            "parquet-broken", "{file} is not a Parquet file.", hint="Copy it again.", file=path.name
        ) from None
    if rows == 0:
        raise DataError(
            "header-only",
            "{file} has a header but no rows.",
            hint="Export it again, or leave it out of the sources.",
            file=path.name,
        )
    return [
        Extract(f"{path.name}#{name}" if name else path.name, frame, "parquet", "", sha256_of(path), rows=found)
        for name, frame, found in flat_frames(path, raw, rows)
    ]


def _refuse_inflated(path: Path, raw: pl.LazyFrame) -> None:
    """Raise where a few bytes stand for more rows, or for longer ones, than any export packs into them.

    One value can stand for a million of the same. So can it in an export, but not in every column, and no long one.
    """
    size = path.stat().st_size
    if raw.select(pl.len()).collect().item() > max(_ROWS, _PACKED * size):
        raise bomb(path)
    texts = {name: kind for name, kind in raw.collect_schema().items() if isinstance(kind, _TEXTS)}
    if not texts:
        return
    sizes = [
        pl.col(name).bin.size() if isinstance(kind, pl.Binary) else pl.col(name).cast(pl.String).str.len_bytes()
        for name, kind in texts.items()
    ]
    lengths = [size.cast(pl.Int64).sum().alias(str(at)) for at, size in enumerate(sizes)]
    told = raw.select(pl.len().alias("rows"), *lengths).collect(engine="streaming").row(0)
    if sum(told[1:]) > max(TEXTS, _PACKED * size, _LONG * told[0]):
        raise bomb(path)
