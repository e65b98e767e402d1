"""``telcli diff``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _changes
from telcli.cli._complete import kinds_of_change, months
from telcli.cli._options import Call, command
from telcli.cli._row_options import Columns, Limit, RowFormat
from telcli.settings.month_named import month

_From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="YYYY-MM", help="The earlier month; the last one before --to.", autocompletion=months
    ),
]
_To = Annotated[
    str | None,
    typer.Option("--to", metavar="YYYY-MM", help="The later month; the newest one held.", autocompletion=months),
]
_What = Annotated[
    str | None,
    typer.Option(
        "--what",
        metavar="A,B",
        help="Only these kinds of change, as in left,plan_id.",
        autocompletion=kinds_of_change,
    ),
]
_Rows = Annotated[bool, typer.Option("--rows", help="Show a row per change too, as csv always does.")]


@command()
def diff(
    call: Call,
    since: _From = None,
    to: _To = None,
    what: _What = None,
    rows: _Rows = False,
    columns: Columns = None,
    limit: Limit = None,
    format: RowFormat = "human",
) -> None:
    """Show what changed in the base from one month to another.

    Who joined, returned and left; lines taken, given up or moved to another customer; plans, stages of life, classes,
    regions and managers that changed; and what it is worth in revenue; with --what x_NAME also one of your own
    attributes of customers. Nothing is written, so it works while another command does.
    """
    from telcli.pipeline.diff import diff as compare

    wanted = _changes.wanted(what, columns, limit, rows=rows or format == "csv")
    found = compare(call.request(), month(since, "--from"), month(to, "--to") or call.as_of, wanted.own)
    _changes.tell(call, found, wanted)
