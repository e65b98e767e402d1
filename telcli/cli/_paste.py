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

_LED = re.compile(r"[:：(（]|(?<![\w-])(?:[Rr]un|or|then|运行) ?$")
"""What stands before a command that is to be typed, not told of: a colon, a bracket, a word such as run, or nothing."""
_SENTENCE = re.compile(r"(?<!\.)\.\s|。")
_ARGUMENTS = re.compile(r" (?:--?[a-z]|[A-Z][A-Z_]+|文件|[\w./-]+\.\w+)")
_NAMED = re.compile(r"(?<=show) [a-z_]+")


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
    >>> pasteable("Name directories that telcli ingest wrote.")
    'Name directories that telcli ingest wrote.'
    >>> remember([])
    >>> pasteable("Run first: telcli segment")
    'Run first: telcli segment'
    """
    named = _WORKDIR.get()
    return _COMMAND.sub(lambda found: _with(found, named), text) if named else text


def _with(found: re.Match[str], named: str) -> str:
    """A command with the directory; as it is where a sentence tells of it without saying what to type."""
    text, end = found.string, found.end()
    before = text[: found.start()]
    typed = not before.strip() or _LED.search(_SENTENCE.split(before)[-1])
    typed = typed or _ARGUMENTS.match(text, end) or _NAMED.match(text, end)
    return f"{found[0]} -w {shlex.quote(named)}" if typed else found[0]
