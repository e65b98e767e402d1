"""Rows and columns of a table on the screen, as JSON, or as CSV; streamed, since tables may be larger than memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._output import SCHEMA_VERSION, month_name
from telcli.cli._words import language, tr

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.pipeline.show import Selection

__all__ = ["show_rows", "show_schema"]

_SCREEN_ROWS = 20


def show_rows(call: Call, table: str, where: str | None, columns: Sequence[str], limit: int | None) -> None:
    """Print rows of a table."""
    from telcli.pipeline.show import batches, count, pick, read

    found = pick(read(call.workdir, table, call.as_of), columns, where)
    limited = found.frame if limit is None else found.frame.head(limit)
    if call.out.form == "csv":
        _csv(batches(limited))
    elif call.out.form == "json":
        _json(call, found, batches(limited))
    elif call.out.human:
        few = found.frame.head(_SCREEN_ROWS if limit is None else limit).collect(engine="streaming")
        call.out.show(_grid(few, found.rows if where is None else count(found.frame)))


def _csv(pieces: Iterator[pl.DataFrame]) -> None:
    """Write text, so that line ends and encoding are those of stdout."""
    for at, piece in enumerate(pieces):
        sys.stdout.write(piece.write_csv(include_header=at == 0))


def _json(call: Call, found: Selection, pieces: Iterator[pl.DataFrame]) -> None:
    """One object whose `rows` are written as they come."""
    head = {
        "schema_version": SCHEMA_VERSION,
        "stage": call.stage,
        "as_of": month_name(found.as_of),
        "outputs": [{"table": found.table, "path": str(found.path), "rows": found.rows}],
        "metrics": {},
        "warnings": [],
    }
    sys.stdout.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [')
    comma = ""
    for piece in pieces:
        lines = piece.write_ndjson().splitlines()
        if lines:
            sys.stdout.write(comma + ",\n".join(lines))
            comma = ",\n"
    sys.stdout.write("]}\n")


def _grid(frame: pl.DataFrame, total: int) -> Iterator[Any]:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, header_style="bold", pad_edge=False)
    for name, kind in frame.schema.items():
        grid.add_column(name, justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        grid.add_row(*(Text(_cell(value)) for value in row))
    yield grid
    yield tr("{shown} of {total} rows", shown=f"{frame.height:,}", total=f"{total:,}")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def show_schema(call: Call, table: str) -> None:
    """Print what the columns of a table hold."""
    from telcli.tables import contract

    about = contract(table)
    found = about.columns()
    chinese = language() == "zh"

    def human() -> Iterator[Any]:
        from rich.table import Table

        yield f"{table}: {about.zh if chinese else about.meaning}"
        grid = Table(box=None, header_style="bold", pad_edge=False)
        for title in ("column", "type", "unit", "key", "needed", "meaning"):
            grid.add_column(tr(title))
        for column in found:
            meaning = column.zh if chinese else column.meaning
            marks = ("✓" if mark else "" for mark in (column.key, column.required))
            grid.add_row(column.name, column.type, tr(column.unit), *marks, meaning)
        yield grid

    call.out.result(human, as_of=call.as_of, table=table, meaning=about.meaning, meaning_zh=about.zh, columns=found)
