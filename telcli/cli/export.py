"""``telcli export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from telcli.cli import _exported
from telcli.cli._options import Call, Columns, command, table_names
from telcli.cli._words import language

_Table = Annotated[str, typer.Argument(metavar="TABLE", help="A table's name.", autocompletion=table_names)]
_Output = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Its ending says the kind: .csv, .xlsx or .parquet.", show_default=False
    ),
]
_Where = Annotated[
    str | None, typer.Option("--where", metavar="CONDITION", help='Only rows that meet it, as in SQL: "amount > 100".')
]
_Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="At most so many rows.")]
_Encoding = Annotated[
    Literal["utf-8", "utf-8-sig", "gb18030"],
    typer.Option("--encoding", case_sensitive=False, help="Of CSV; utf-8-sig opens in Excel, gb18030 in older ones."),
]
_Unmask = Annotated[bool, typer.Option("--unmask", help="Identifiers as they are; needs the key of pseudonyms.")]


@command()
def export(
    call: Call,
    table: _Table,
    output: _Output,
    where: _Where = None,
    columns: Columns = None,
    limit: _Limit = None,
    encoding: _Encoding = "utf-8",
    unmask: _Unmask = False,
) -> None:
    """Write a table to a file for others: CSV, a workbook or Parquet.

    What could be a number of a person is masked, and no text is taken for a formula by a spreadsheet. Workbooks have
    typed cells, further sheets where one is full, and tell what columns mean. The file is whole or not there.
    """
    from telcli.pipeline.export import Wish
    from telcli.pipeline.export import export as write

    names = tuple(name.strip() for name in (columns or "").split(",") if name.strip())
    wish = Wish(names, where, limit, encoding, unmask, language())
    _exported.tell(call, write(call.request(), table, output, wish))
