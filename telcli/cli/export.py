"""``telcli export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli import _exported
from telcli.cli._options import Call, command
from telcli.cli._row_options import Columns, Encoding, FileLimit, Table, Where
from telcli.cli._words import language

_Output = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Its ending says the kind: .csv, .xlsx or .parquet.", show_default=False
    ),
]
_Unmask = Annotated[bool, typer.Option("--unmask", help="Identifiers as they are; needs the key of pseudonyms.")]


@command()
def export(
    call: Call,
    table: Table,
    output: _Output,
    where: Where = None,
    columns: Columns = None,
    limit: FileLimit = None,
    encoding: Encoding = "utf-8",
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
