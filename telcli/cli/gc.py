"""``telcli gc``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _collected
from telcli.cli._options import Call, Wait, command

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would go; remove nothing.")]


@command()
def gc(call: Call, dry_run: _DryRun = False, wait: Wait = 0.0) -> None:
    """Let go months that the settings no longer keep.

    Goes by [gc] of telcli.toml, whose defaults keep all: months of results, facts, reports, models and task sheets.
    What interrupted runs left goes too.
    What a later run looks back on stays, and so does what was filled in and not imported. All of it goes at one
    instant; files that telcli did not write are not touched.
    """
    from telcli.pipeline.gc import gc as collect

    call.refuse_month()
    _collected.tell(call, collect(call.workdir, dry_run=dry_run, wait=wait))
