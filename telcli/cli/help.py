"""``telcli help``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _topics
from telcli.cli._options import Call, command

_Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TOPIC", help="A topic or a command; without it, what there is.", autocompletion=_topics.names
    ),
]


@command()
def help(call: Call, topic: _Words = None) -> None:
    """Explain a topic, or a command.

    Topics are what commands have in common: the walk, data, months, settings, filters, JSON, exit codes, privacy,
    schedules, files, the terminal. `telcli help COMMAND` is the same as `telcli COMMAND --help`.
    """
    _topics.tell(call, "-".join(topic or ()).lower())
