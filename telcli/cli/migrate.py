"""``telcli migrate``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _verified
from telcli.cli._options import Call, Wait, command

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")]


@command()
def migrate(call: Call, dry_run: _DryRun = False, wait: Wait = 0.0) -> None:
    """Bring a working directory of an earlier version to the format of this one.

    The manifest is written anew at one instant, so that a kill leaves the old one or the new one; tables and files stay
    as they are. Every command reads earlier formats, and the next one that writes does the same: this is for those who
    want it done now. A directory of a newer version is refused.
    """
    from telcli.pipeline.migrate import migrate as bring

    call.refuse_month()
    _verified.tell_migrated(call, bring(call.workdir, wait, dry_run=dry_run), dry_run=dry_run)
