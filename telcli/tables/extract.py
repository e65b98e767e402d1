"""A raw extract: one table as an operator's system wrote it, every value still text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Extract"]


@dataclass(frozen=True)
class Extract:
    """One raw table.

    Parameters
    ----------
    name : the file's name, shown to the analyst and kept in rejects; never a full path.
    frame : lazy, every column String in file order, values untouched, plus ``_line`` (Int64): the line (row of the
        sheet) where the record starts, from 1, the header's line counted. Header names are stripped and made unique.
    encoding, delimiter : as found ("utf-8", "gb18030"; "," ...; empty for Parquet).
    sha256 : hex digest of the file's bytes.
    """

    name: str
    frame: pl.LazyFrame
    encoding: str
    delimiter: str
    sha256: str
