"""``telcli show``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _rows
from telcli.cli._options import Call, command
from telcli.cli._row_options import Columns, Limit, RowFormat, Table, Where

_Schema = Annotated[bool, typer.Option("--schema", help="Show what the columns mean, with units.")]


@command()
def show(
    call: Call,
    table: Table,
    schema: _Schema = False,
    where: Where = None,
    columns: Columns = None,
    limit: Limit = None,
    format: RowFormat = "human",
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
