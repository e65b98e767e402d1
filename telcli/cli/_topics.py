"""Topics that `telcli help` explains: Markdown in topics/LANGUAGE/NAME.md, laid out for the terminal.

Of Markdown there are headings, paragraphs, items, commands set in by four blanks, and tables of two columns.
"""

from __future__ import annotations

import difflib
import json
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.cli import COMMANDS
from telcli.cli._help import bold, columns, pack, wide, wrap
from telcli.cli._words import label, language, tr
from telcli.errors import UsageError

if TYPE_CHECKING:
    from telcli.cli._options import Call

__all__ = ["ALIASES", "SCHEMA", "TOPICS", "laid_out", "names", "schema", "tell", "text_of"]

TOPICS = (
    "walk",
    "data",
    "months",
    "filters",
    "files",
    "settings",
    "schedules",
    "json",
    "json-schema",
    "exit-codes",
    "privacy",
    "terminal",
)
ALIASES = {
    "as-of": "months",
    "snapshots": "months",
    "where": "filters",
    "sql": "filters",
    "conditions": "filters",
    "sources": "data",
    "extracts": "data",
    "formats": "data",
    "toml": "settings",
    "telcli.toml": "settings",
    "configuration": "settings",
    "cron": "schedules",
    "schedule": "schedules",
    "automation": "schedules",
    "workbook": "files",
    "xlsx": "files",
    "csv": "files",
    "parquet": "files",
    "envelope": "json",
    "schema": "json-schema",
    "exit": "exit-codes",
    "codes": "exit-codes",
    "errors": "exit-codes",
    "pseudonyms": "privacy",
    "key": "privacy",
    "pii": "privacy",
    "colours": "terminal",
    "colors": "terminal",
    "completion": "terminal",
    "pipes": "terminal",
    "progress": "terminal",
    "start": "walk",
    "stages": "walk",
    "workflow": "walk",
}
"""Other names under which a topic is looked for."""
SCHEMA = "json-schema"
_HERE = Path(__file__).parent
_WIDEST = 100


def names(incomplete: str) -> list[tuple[str, str]]:
    """Complete a topic or a command, with what it is about."""
    found = {**{topic: summary(topic) for topic in TOPICS}, **{name: tr(text) for name, text in COMMANDS.items()}}
    return [(name, text) for name, text in found.items() if name.startswith(incomplete)]


@cache
def text_of(topic: str, spoken: str) -> str:
    """The Markdown of a topic in a language, ``en`` or ``zh``.

    >>> text_of("walk", "en").partition(" ")[0]
    '#'
    """
    return (_HERE / "topics" / spoken / f"{topic}.md").read_text(encoding="utf-8")


def summary(topic: str) -> str:
    """What a topic is about: its heading.

    >>> summary("exit-codes")
    'What the exit code of a command tells'
    """
    return text_of(topic, language()).partition("\n")[0].removeprefix("# ")


def schema() -> str:
    """The JSON Schema of what `--format json` prints."""
    return (_HERE / "json_schema.json").read_text(encoding="utf-8")


def tell(call: Call, asked: str) -> None:
    """Print a topic, a command's help, or what there is where nothing is asked for.

    Raises
    ------
    UsageError
        There is no such topic, nor a command of that name.
    """
    topic = ALIASES.get(asked, asked)
    width = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)
    if not topic:
        topics = [{"name": name, "summary": summary(name)} for name in TOPICS]
        commands = [{"name": name, "summary": tr(text)} for name, text in COMMANDS.items()]
        call.out.result(lambda: _list(width), topics=topics, commands=commands)
    elif topic in COMMANDS:
        text = _page(topic)
        call.out.result(lambda: [text], topic=topic, text=text)
    elif topic == SCHEMA:
        call.out.result(lambda: [schema().rstrip("\n")], topic=topic, schema=json.loads(schema()))
    elif topic in TOPICS:
        text = text_of(topic, language())
        call.out.result(lambda: laid_out(text, width), topic=topic, text=text)
    else:
        raise _unknown(asked)


def _unknown(asked: str) -> UsageError:
    known = [*TOPICS, *COMMANDS, *ALIASES]
    near = difflib.get_close_matches(asked, known, n=1, cutoff=0.7)
    if near:
        return UsageError(
            "topic-unknown-near",
            "There is no topic or command {name}.",
            hint="Did you mean: telcli help {near}. Topics: {known}.",
            name=asked,
            near=ALIASES.get(near[0], near[0]),
            known=", ".join(TOPICS),
        )
    return UsageError(
        "topic-unknown",
        "There is no topic or command {name}.",
        hint="Topics: {known}; commands: telcli --help",
        name=asked,
        known=", ".join(TOPICS),
    )


def _page(command: str) -> str:
    """A command's own help page."""
    import typer

    from telcli.cli._group import root

    group = root()
    above = typer.Context(group, info_name="telcli")
    found = group.get_command(above, command)
    return str(found.get_help(found.make_context(command, [], parent=above, resilient_parsing=True)))


def _list(width: int) -> Iterator[str]:
    yield bold(tr("Topics"))
    left = max(map(wide, TOPICS))
    yield from columns([(topic, summary(topic)) for topic in TOPICS], width, left)
    yield ""
    yield bold(tr("Commands"))
    yield from (f"  {line}" for line in pack(list(COMMANDS), ", ", width - 2))
    yield ""
    yield from wrap(label("More:") + tr("telcli help TOPIC, telcli help COMMAND, telcli --help"), width)


def laid_out(text: str, width: int) -> Iterator[str]:
    r"""Markdown as lines of at most `width` columns; commands stay as they are.

    >>> list(laid_out("# Months\n\nOne two three.\n\n- an item\n\n    telcli status", 10))
    ['Months', '', 'One two', 'three.', '', '- an item', '', '    telcli status']
    """
    block: list[str] = []
    for line in [*text.rstrip("\n").split("\n"), None]:
        single = line is None or not line or line.startswith(("#", "    ", "|"))
        if block and (single or (line or "").startswith("- ")):
            yield from _wrapped(" ".join(block), width)
            block = []
        if line is None or (line.startswith("|") and set(line) <= set("|- ")):
            continue
        if line.startswith("|"):
            yield from _row(line, text, width)
        elif single:
            yield from map(bold, wrap(line.lstrip("# "), width)) if line.startswith("#") else [line]
        else:
            block.append(line.strip() if block else line)


def _wrapped(block: str, width: int) -> Iterator[str]:
    """A paragraph, or an item whose further lines stand under its text."""
    if not block.startswith("- "):
        yield from wrap(block, width)
        return
    first, *rest = wrap(block[2:], width - 2)
    yield from (f"- {first}", *(f"  {line}" for line in rest))


def _row(line: str, text: str, width: int) -> Iterator[str]:
    """A row of a table, its first column as wide as that of all rows."""
    rows = [_cells(each) for each in text.split("\n") if each.startswith("| ")]
    left = min(max(wide(row[0]) for row in rows), width // 2)
    first, second = _cells(line)
    yield from columns([(first, second)], width, left)


def _cells(line: str) -> Sequence[str]:
    return [cell.strip() for cell in line.strip("|").split(" | ")]
