"""``telcli audit``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _audited
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command

_Since = Annotated[
    str, typer.Option("--since", metavar="YYYY-MM-DD", help="Only from this day on (UTC).", show_default=False)
]
_Of = Annotated[str, typer.Option("--command", metavar="NAME", help="Only of this command.", show_default=False)]


@command()
def audit(call: Call, since: _Since = "", command: _Of = "") -> None:
    """Show who took rows out of the working directory.

    Written by export, show and diff where they go to a pipe or a file, customer, cube -o, merge, purge and rotate-key.
    It tells time, user, host, table, columns and rows, and no identifier nor value of anybody. Each line holds a hash
    of the one before it: lines that were changed or taken out of the middle are named, and the code is 4.
    """
    from telcli.pipeline.audit import broken_error, look

    call.refuse_month()
    found = look(call.workdir, since, command)
    failure = broken_error(found)
    _audited.tell(call, found, failure)
    if failure:
        raise ToldError(failure)
