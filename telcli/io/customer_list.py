"""A list of customers: what stands first in each line of a text, or in each row of a workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from telcli.errors import DataError
from telcli.io.csv_shape import sniff_delimiter
from telcli.io.encoding import as_utf8
from telcli.io.kinds import WORKBOOKS, kind_of
from telcli.io.workbook_extract import read_workbook

__all__ = ["customer_list"]


_HEADERS = {"customer_id", "客户编号", "客户ID", "客户标识"}
"""What such a list is headed with; of other headers it is told that they are nobody."""


def customer_list(path: Path, scratch: Path) -> tuple[str, ...]:
    """Read the names in a list, each once, sorted, without a usual header.

    Raises
    ------
    DataError
        It is neither a text nor a workbook, or holds nothing.
    """
    kind = kind_of(path)
    if kind in WORKBOOKS:
        found = _of_workbook(path, kind, scratch)
    elif kind == "text":
        found = _of_text(as_utf8(path, scratch).path)
    else:
        raise DataError(
            "list-kind",
            "{file} is no list of customers: it is neither a text nor a workbook.",
            hint="Write a customer_id to a line, as text or CSV.",
            file=path.name,
        )
    names = tuple(sorted({name.strip() for name in found if name and name.strip()} - _HEADERS))
    if not names:
        raise DataError("list-empty", "{file} names nobody.", hint="Write a customer_id to a line.", file=path.name)
    return names


def _of_workbook(path: Path, kind: str, scratch: Path) -> Iterable[str]:
    extracts, _ = read_workbook(path, kind, scratch)
    for one in extracts:
        first = one.frame.collect_schema().names()[0]
        yield first
        yield from one.frame.select(first).collect(engine="streaming")[first].drop_nulls().to_list()


def _of_text(path: Path) -> Iterable[str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter=sniff_delimiter(path) or ",")
        yield from (row[0] for row in rows if row)
