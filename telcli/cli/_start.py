"""What `telcli` alone says after its help: where the work stands, if there is any here."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from telcli.cli._words import tr

__all__ = ["tell_next"]


def tell_next() -> None:
    """Name the next command for the working directory in force."""
    from telcli.cli._options import DEFAULT_WORKDIR
    from telcli.cli._state import next_command

    workdir = Path(os.environ.get("TELCLI_WORKDIR") or DEFAULT_WORKDIR)
    if not (workdir / "manifest.json").is_file():
        return
    from telcli.pipeline.run import Request
    from telcli.pipeline.status import status

    following = next_command(status(Request(workdir)))
    typer.echo()
    typer.echo(
        tr(
            "{workdir}: {state}",
            workdir=workdir,
            state=tr("Next: {command}", command=following) if following else tr("Everything is up to date."),
        )
    )
