"""A raw extract: one table as an operator's system wrote it, every value still text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["RAGGED", "Extract", "outside_name"]

RAGGED = "_ragged"
_HIDDEN = (RAGGED, "_line", "_source", "_faults", "_row", "_file")
"""Names that stand for something of telcli's own beside the columns of an extract."""


@dataclass(frozen=True)
class Extract:
    """One raw table.

    Parameters
    ----------
    name : the file's name, shown to the analyst and kept in rejects; never a full path. A sheet, a file in an archive
        or a table of a database follows after ``#``: ``book.xlsx#Sheet1``, ``a.zip#inner.csv``, ``crm#customers``.
    frame : lazy, every column String in file order, values untouched, plus ``_line`` (Int64): the line (row of the
        sheet) where the record starts, from 1, the header's line counted. Header names are stripped and made unique.
        Where some records have too few or too many fields, ``_ragged`` says which rule they break, else null.
    encoding, delimiter : as found ("utf-8", "gb18030"; "," ...); of what is no text, its kind ("xlsx", "json"), and "".
    sha256 : hex digest of the file's bytes.
    headed : False where no header was found and columns are called ``column_1``, ``column_2`` ...
    repeated : columns renamed because their header stood there before, with the header as written.
    rows : records, where reading them is not needed to know.
    hiding : lines of records in which one quoted value spans lines and could hold whole records.
    delivered : the name as it was delivered, where `name` is another that tells of nobody; kept nowhere.
    titles, sums : lines above the header, and rows that are sums of others, that were left out of a delimited text.
    """

    name: str
    frame: pl.LazyFrame
    encoding: str
    delimiter: str
    sha256: str
    headed: bool = True
    repeated: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    hiding: tuple[int, ...] = ()
    titles: int = 0
    sums: int = 0
    delivered: str = ""


def outside_name(header: str) -> str:
    """The name of a column of an extract, never one of telcli's own hidden ones, nor what polars takes for several.

    >>> outside_name("_line"), outside_name("_id"), outside_name("line"), outside_name("*"), outside_name("^a.*$")
    ('_line_', '_id', 'line', '*_', '^a.*$_')
    """
    several = header == "*" or (header.startswith("^") and header.endswith("$"))
    return f"{header}_" if several or header in _HIDDEN else header
