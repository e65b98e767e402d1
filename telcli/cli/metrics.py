"""``telcli metrics``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _metrics_view
from telcli.cli._complete import metric_names
from telcli.cli._options import Call, command
from telcli.cli._row_options import RowFormat

_Like = Annotated[
    str | None,
    typer.Argument(
        metavar="WORD", help="Only metrics with this in their name or meaning.", autocompletion=metric_names
    ),
]
_Report = Annotated[
    bool, typer.Option("--report", help="The report's own figures instead, which are no sums to take apart.")
]


@command()
def metrics(call: Call, word: _Like = None, report: _Report = False, format: RowFormat = "human") -> None:
    """Show what each metric means, and its one formula.

    Also the unit, the table it is made of, and the dimensions by which `telcli cube` takes metrics apart.
    """
    _metrics_view.tell_dictionary(call, word or "", report=report)
