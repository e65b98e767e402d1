"""``telcli merge``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli import _merged
from telcli.cli._options import Call, command

_Workdirs = Annotated[
    list[Path], typer.Argument(metavar="WORKDIRS", help="Working directories of branches.", show_default=False)
]
_As = Annotated[
    list[str] | None,
    typer.Option("--as", metavar="DIRECTORY=NAME", help="What a branch is called; its directory's name without it."),
]
_Strict = Annotated[bool, typer.Option("--strict", help="Refuse where a customer or a line stands in several.")]
_Apart = Annotated[bool, typer.Option("--apart", help="Branches number their customers apart: NAME: before every id.")]

_Same = Annotated[bool, typer.Option("--same", help="One id is one customer in all, though nothing confirms it.")]


@command(writes=True)
def merge(
    call: Call,
    workdirs: _Workdirs,
    called: _As = None,
    strict: _Strict = False,
    apart: _Apart = False,
    same: _Same = False,
) -> None:
    """Bring the working directories of several branches together into one.

    The tables of ingest are merged into the directory of -w, all at one instant; what each was merged from is kept with
    them. A customer or a line of several branches is that of the newest; customers without a branch get the name of
    their directory. Results are not merged: telcli run makes them of all.
    """
    from telcli.pipeline.merge import Wish
    from telcli.pipeline.merge import merge as merged

    call.refuse_month()
    wish = Wish(_merged.names(called or []), strict=strict, apart=apart, same=same)
    _merged.tell(call, merged(call.request(), workdirs, wish))
