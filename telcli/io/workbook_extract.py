"""The sheets of a workbook as extracts: each with a table is one, whatever stands above, below or beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.io.cells import as_text
from telcli.io.csv_extract import unique_names
from telcli.io.digest import sha256_of
from telcli.io.limits import SHEETS, TEXTS
from telcli.io.scratch_table import BATCH, ScratchTable
from telcli.io.sheet_shape import HEAD, Layout, is_footer, lay_out
from telcli.io.totals import is_total
from telcli.io.wide import refuse_wide
from telcli.io.workbook import LAST_ROW, Sheet, sheets
from telcli.tables.extract import Extract
from telcli.tables.refused import LINE

__all__ = ["read_sheets", "read_workbook", "refuse_many"]

Merge = tuple[tuple[int, int], tuple[int, int]]

_FOOTERS = 10
_MOST_ROWS = 1_048_576


@dataclass
class _Left:
    """What was not taken of one sheet, by why."""

    totals: int = 0
    remarks: int = 0
    headers: int = 0
    strays: int = 0
    last: int = 0
    tail: list[pl.DataFrame] = field(default_factory=list)


def read_workbook(path: Path, kind: str, scratch: Path) -> tuple[list[Extract], list[Notice]]:
    """Open every sheet that holds a table; `_line` is the row of the sheet.

    An extract is called ``book.xlsx#Sheet1``, or ``book.xlsx`` where one sheet alone has a table.

    Raises
    ------
    DataError
        Damaged, protected by a password, or without any table.
    """
    return read_sheets(path, kind, sheets(path, kind, scratch), scratch)


def read_sheets(path: Path, kind: str, found: Iterable[Sheet], scratch: Path) -> tuple[list[Extract], list[Notice]]:
    """The same of sheets already opened, whatever kind of file they came from."""
    extracts: list[Extract] = []
    notices: list[Notice] = []
    hidden: list[str] = []
    without: list[str] = []
    digest = sha256_of(path)
    for number, sheet in enumerate(found):
        refuse_many(path.name, number)
        if sheet.hidden:
            hidden.append(sheet.name)
            continue
        read = _read(path, sheet, scratch / f"{digest[:16]}.{number}", kind, digest)
        if read is None:
            without.append(sheet.name)
        else:
            extracts.append(read[0])
            notices += read[1]
    if not extracts:
        raise DataError(
            "workbook-empty",
            "{file} has no sheet that holds a table.",
            hint="A table is a header and rows below it; hidden sheets are not read.",
            file=path.name,
        )
    if len(extracts) == 1:
        only = extracts[0]
        notices = [Notice(one.code, one.template, {**one.values, "file": path.name}) for one in notices]
        extracts = [Extract(path.name, only.frame, kind, "", only.sha256, only.headed, only.repeated, only.rows)]
    return extracts, [*notices, *_left_out(path.name, hidden, without)]


def refuse_many(name: str, sheets: int) -> None:
    """Raise where a file that has so many tables already has one more than are read.

    >>> refuse_many("a.xlsx", 3)

    Raises
    ------
    DataError
        It has.
    """
    if sheets >= SHEETS:
        raise DataError(
            "sheets-many",
            "{file} holds more than {most} tables.",
            hint="Save those that are wanted in files of their own.",
            file=name,
            most=SHEETS,
        )


def _left_out(name: str, hidden: Sequence[str], without: Sequence[str]) -> Iterator[Notice]:
    if hidden:
        yield Notice(
            "sheets-hidden",
            "{file}: hidden sheets were left out: {sheets}.",
            {"file": name, "sheets": ", ".join(hidden)},
        )
    if without:
        yield Notice(
            "sheets-without-table",
            "{file}: sheets without a table were left out: {sheets}.",
            {"file": name, "sheets": ", ".join(without)},
        )


def _read(path: Path, sheet: Sheet, folder: Path, kind: str, digest: str) -> tuple[Extract, list[Notice]] | None:
    name = f"{path.name}#{sheet.name}"
    above, head = _head(sheet.rows)
    merged = [((top[0] - above, top[1]), (end[0] - above, end[1])) for top, end in sheet.merged]
    layout = lay_out(_even(head), merged)
    if layout is None:
        return None
    refuse_wide(name, len(layout.names))
    names, repeated = unique_names(layout.names)
    blank = pl.DataFrame(schema={**dict.fromkeys(names, pl.String()), LINE: pl.Int64()})
    left = _Left(tail=[blank])
    with ScratchTable(folder) as table:
        table.append(blank)
        for first, rows in _batches(_filled_down(name, chain(head, sheet.rows), merged, layout.first), layout.first):
            _hold(left, _taken(rows, above + first, layout, names, left), table)
        table.append(_without_footers(left))
    extract = Extract(name, table.scan(), kind, "", digest, layout.headed, repeated, table.rows)
    return extract, list(_told(name, left, LAST_ROW.get(kind, _MOST_ROWS)))


def _head(rows: Iterator[Sequence[Any]]) -> tuple[int, list[Sequence[Any]]]:
    """How many blank rows a sheet begins with, and the rows that follow."""
    for above, row in enumerate(rows):
        if _values(row):
            return above, [row, *islice(rows, HEAD - 1)]
    return 0, []


def _even(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows of one length."""
    width = max(map(len, rows), default=0)
    return [_wide(row, width) for row in rows]


def _wide(row: Sequence[Any], width: int) -> list[Any]:
    return [*row[:width], *[None] * (width - len(row))]


def _filled_down(
    file: str, rows: Iterable[Sequence[Any]], merged: Sequence[Merge], first: int
) -> Iterator[Sequence[Any]]:
    """Rows in which a cell merged over several rows of the table has its value in each of them."""
    begins: dict[int, list[Merge]] = {}
    for top, end in merged:
        if first <= top[0] < end[0]:
            begins.setdefault(top[0], []).append((top, end))
    held: dict[int, tuple[Any, int]] = {}
    length = 0
    for number, row in enumerate(rows):
        held = {place: (value, last) for place, (value, last) in held.items() if last >= number}
        filled = _wide(row, max([len(row), *[place + 1 for place in held]]))
        for place, (value, _) in held.items():
            filled[place] = value
            length += len(value) if isinstance(value, str) else 0
        if length > TEXTS:
            raise DataError(
                "sheet-merged",
                "The texts in merged cells of {file} would take more than {most} MB, each in the rows that it covers.",
                hint="Unmerge them, or export it as CSV.",
                file=file,
                most=TEXTS >> 20,
            )
        for top, end in begins.get(number, ()):
            if top[1] < len(row):
                held[top[1]] = (row[top[1]], end[0])
        yield filled


def _batches(rows: Iterator[Sequence[Any]], first: int) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """Rows from `first` on, with the place of each batch's own first row."""
    rest = islice(rows, first, None)
    while batch := list(islice(rest, BATCH)):
        yield first, batch
        first += len(batch)


def _taken(
    rows: Sequence[Sequence[Any]], first: int, layout: Layout, names: Sequence[str], left: _Left
) -> pl.DataFrame:
    """One batch as text, without blank rows, sums and headers printed again on each page."""
    width = layout.places[-1] + 1
    left.strays += sum(_values(row[width:]) for row in rows if len(row) > width)
    columns = list(zip(*[_wide(row, width) for row in rows], strict=True))
    left.strays += sum(_values(columns[place]) for place in {*range(width)} - {*layout.places})
    frame = pl.DataFrame(
        [as_text(columns[place]).alias(name) for place, name in zip(layout.places, names, strict=True)]
    ).with_columns(pl.int_range(first + 1, first + 1 + len(rows), dtype=pl.Int64).alias(LINE))
    frame = frame.filter(~pl.all_horizontal(pl.col(name).is_null() for name in names))
    total = is_total(pl.coalesce(names))
    again = pl.all_horizontal(
        pl.col(name).eq_missing(pl.lit(written or None)) for name, written in zip(names, layout.names, strict=True)
    )
    marked = frame.select(total.alias("total"), (again & pl.lit(layout.headed)).alias("again"))
    left.totals += int(marked["total"].sum())
    left.headers += int(marked["again"].sum())
    if frame.height:
        left.last = int(frame[LINE][-1])
    return frame.filter(~(marked["total"] | marked["again"]))


def _values(column: Sequence[Any]) -> int:
    return sum(value is not None and value != "" for value in column)


def _hold(left: _Left, frame: pl.DataFrame, table: ScratchTable) -> None:
    """Write a batch but for its last rows, which may prove to be remarks below the table."""
    whole = pl.concat([*left.tail, frame])
    table.append(whole[:-_FOOTERS])
    left.tail = [whole[-_FOOTERS:]]


def _without_footers(left: _Left) -> pl.DataFrame:
    rest = pl.concat(left.tail)
    while rest.height and is_footer(rest.drop(LINE).row(-1)):
        rest = rest[:-1]
        left.remarks += 1
    return rest


def _told(name: str, left: _Left, most: int) -> Iterator[Notice]:
    if left.totals:
        yield Notice(
            "totals-left-out",
            "{file}: rows that are sums of others were left out: {count}.",
            {"file": name, "count": left.totals},
        )
    if left.remarks or left.headers:
        yield Notice(
            "remarks-left-out",
            "{file}: remarks below the table and repeated headers were left out: {count} rows.",
            {"file": name, "count": left.remarks + left.headers},
        )
    if left.strays:
        yield Notice(
            "strays-left-out",
            "{file}: cells outside of the table were left out: {count}.",
            {"file": name, "count": left.strays},
        )
    if left.last >= most:
        yield Notice(
            "sheet-full",
            "{file} fills the last row a sheet can have, {rows}: the export may have been cut off.",
            {"file": name, "rows": most},
        )
