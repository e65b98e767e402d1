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
from telcli.tables.refused import LINE

__all__ = ["customer_list"]


_HEADERS = {"customer_id", "客户编号", "客户ID", "客户标识"}
"""What such a list is headed with; of other headers it is told that they are nobody."""


def customer_list(path: Path, scratch: Path) -> dict[str, tuple[int, ...]]:
    """Read the names in a list, sorted, without a usual header, each with the lines (rows of a sheet) it stands in.

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
    lines: dict[str, list[int]] = {}
    for line, text in found:
        name = (text or "").strip()
        if name and name not in _HEADERS:
            lines.setdefault(name, []).append(line)
    if not lines:
        raise DataError("list-empty", "{file} names nobody.", hint="Write a customer_id to a line.", file=path.name)
    return {name: tuple(lines[name]) for name in sorted(lines)}


def _of_workbook(path: Path, kind: str, scratch: Path) -> Iterable[tuple[int, str | None]]:
    extracts, _ = read_workbook(path, kind, scratch)
    for one in extracts:
        first = one.frame.collect_schema().names()[0]
        rows = one.frame.select(LINE, first).collect(engine="streaming")
        if one.headed:
            yield max(min(rows[LINE], default=2) - 1, 1), first
        yield from rows.iter_rows()


def _of_text(path: Path) -> Iterable[tuple[int, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter=sniff_delimiter(path) or ",")
        # A quoted field may run over lines: a row is told by the line it ends in.
        yield from ((rows.line_num, row[0]) for row in rows if row)
