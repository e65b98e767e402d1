"""Commands that telcli suggests work when pasted: they name the working directory that this command was given."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from contextvars import ContextVar

from telcli.cli._words import peek

__all__ = ["pasteable", "remember"]

_WORKDIR: ContextVar[str] = ContextVar("workdir", default="")
_DEFAULT = "work"
_COMMAND = re.compile(
    r"telcli (run|ingest|customer-months|segment|score-value|predict-churn|plan-retention|import-outcomes"
    r"|evaluate-retention|knowledge|recommend-offers|campaigns|score-satisfaction|complaints|assess-credit"
    r"|report|status|show|customer|config)(?![\w-])"
    r"(?! --help)(?!(?:(?!telcli ).)* -w )"
)


def remember(args: Sequence[str]) -> None:
    """Keep the working directory named by -w, where it is not the one a command without -w would use."""
    named = peek(args, "--workdir") or peek(args, "-w") or ""
    _WORKDIR.set("" if named == (os.environ.get("TELCLI_WORKDIR") or _DEFAULT) else named)


def pasteable(text: str) -> str:
    """Add -w DIR to each command that a text suggests, where it is needed and not there.

    >>> remember(["run", "-w", "flat"])
    >>> pasteable("Run first: telcli segment")
    'Run first: telcli segment -w flat'
    >>> pasteable("Start with: telcli ingest SOURCES... -w other")
    'Start with: telcli ingest SOURCES... -w other'
    >>> remember([])
    >>> pasteable("Run first: telcli segment")
    'Run first: telcli segment'
    """
    named = _WORKDIR.get()
    return _COMMAND.sub(lambda found: f"{found[0]} -w {shlex.quote(named)}", text) if named else text
