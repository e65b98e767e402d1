"""``telcli simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli import _extracts
from telcli.cli._options import Call, command, setting

_Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Directory for the extracts.")]
_Second = Annotated[
    bool,
    typer.Option(
        "--second-system",
        help="Add a second system's customers: other numbers and spellings, duplicates, no shared key.",
    ),
]
_Fraud = Annotated[
    bool,
    typer.Option(
        "--fraud", help="Plant fraud and people who only look like it, and write their calls and all others'."
    ),
]
_Surveys = Annotated[
    bool, typer.Option("--surveys", help="Add what customers answered when asked how satisfied they are.")
]
_Force = Annotated[bool, typer.Option("--force", help="Replace the extracts of an earlier simulation.")]


@command()
def simulate(
    call: Call,
    output: _Output,
    customers: Annotated[int | None, setting("simulate", "customers", "--customers")] = None,
    months: Annotated[int | None, setting("simulate", "months", "--months")] = None,
    clusters: Annotated[int | None, setting("simulate", "clusters", "--clusters")] = None,
    second_system: _Second = False,
    fraud: _Fraud = False,
    surveys: _Surveys = False,
    force: _Force = False,
) -> None:
    """Write raw extracts of an imaginary operator.

    Several systems' files, messy as such files are, and an answer key that says what was planted. --as-of is the last
    month. The same settings and seed give the same files.
    """
    from telcli.pipeline.simulate import simulate as make

    settings, seed = _extracts.settle(
        call,
        customers=customers,
        months=months,
        clusters=clusters,
        second_system="on" if second_system else None,
        fraud="on" if fraud else None,
        surveys="on" if surveys else None,
    )
    _extracts.tell(call, make(output, settings, seed, call.out.progress, force=force))
