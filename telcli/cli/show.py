"""``telcli show``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from telcli.cli import _rows
from telcli.cli._options import Call, command, table_names

_Table = Annotated[str, typer.Argument(metavar="TABLE", help="A table's name.", autocompletion=table_names)]
_Schema = Annotated[bool, typer.Option("--schema", help="Show what the columns mean, with units.")]
_Where = Annotated[
    str | None, typer.Option("--where", metavar="CONDITION", help='Only rows that meet it, as in SQL: "amount > 100".')
]
_Columns = Annotated[str | None, typer.Option("--columns", metavar="A,B", help="Only these columns, in this order.")]
_Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=0, help="At most so many rows; all of them, or 20 on the screen."),
]
_Format = Annotated[
    Literal["human", "json", "csv", "quiet"],
    typer.Option("--format", help="What to print: for people, one JSON object, CSV with a header, or nothing."),
]


@command()
def show(
    call: Call,
    table: _Table,
    schema: _Schema = False,
    where: _Where = None,
    columns: _Columns = None,
    limit: _Limit = None,
    format: _Format = "human",
) -> None:
    """Show a table's rows, or what its columns mean.

    Results are those of the as-of month, else of the newest; monthly tables show every month unless --as-of names one.
    """
    if schema:
        _rows.show_schema(call, table)
    else:
        _rows.show_rows(
            call, table, where, [name.strip() for name in (columns or "").split(",") if name.strip()], limit
        )
