"""Help pages as plain text: quick to make, and columns stay straight in Chinese.

Rich's formatting alone costs more than the rest of ``telcli --help``, so bold headings on a terminal are all the
decoration there is.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from telcli.cli._words import label, tr

__all__ = ["arguments", "bold", "columns", "pack", "page", "parameter_rows", "wide", "wrap"]

_LEFT_MOST = 23


def wide(text: str) -> int:
    """Columns a text takes on a terminal."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int) -> list[str]:
    """Break a text at spaces, and between Chinese characters, into lines of at most `width` columns.

    >>> wrap("one two three", 8)
    ['one two', 'three']
    >>> wrap("按客群查看客户", 8)
    ['按客群查', '看客户']
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and wide(line) + wide(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def pack(items: Sequence[str], between: str, width: int) -> list[str]:
    """Put whole items side by side into lines of at most `width` columns.

    >>> pack(["one", "two", "three"], ", ", 9)
    ['one, two,', 'three']
    """
    lines: list[str] = []
    for at, item in enumerate(items):
        told = item + (between if at + 1 < len(items) else "")
        if lines and wide(lines[-1] + told.rstrip()) <= width:
            lines[-1] += told
        else:
            lines.append(told)
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> Iterator[str]:
    """The smallest parts that a line may end after."""
    piece = ""
    for at, char in enumerate(text):
        piece += char
        ahead = text[at + 1] if at + 1 < len(text) else ""
        if (char == " " and ahead != " ") or _breaks(char, ahead):
            yield piece
            piece = ""
    if piece:
        yield piece


def _breaks(char: str, ahead: str) -> bool:
    """Whether a line may end between two characters of which at least one is Chinese."""
    wide = unicodedata.east_asian_width(char) in "WF" or (ahead and unicodedata.east_asian_width(ahead) in "WF")
    return bool(wide) and char not in "[(（《“" and ahead not in "，。；：、）》”？！)"


def columns(rows: Sequence[tuple[str, str]], width: int, left: int) -> list[str]:
    """Two columns, the first `left` wide, the second wrapped."""
    lines = []
    for name, text in rows:
        first, *rest = wrap(text, width - left - 4)
        if wide(name) > left:
            lines += [f"  {name}", " " * (left + 4) + first]
        else:
            lines.append(f"  {name}{' ' * (left - wide(name))}  {first}".rstrip())
        lines += [" " * (left + 4) + line for line in rest]
    return lines


def page(usage: str, text: str, sections: Sequence[tuple[str, Sequence[tuple[str, str]]]], tail: str = "") -> str:
    """Put a help page together."""
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    lines = [bold(label("Usage:")) + usage, ""]
    for paragraph in text.split("\n\n"):
        joined = " ".join(line.strip() for line in paragraph.splitlines())
        lines += [*wrap(tr(joined), width), ""]
    names = [wide(name) for _, rows in sections for name, _ in rows]
    left = max((size for size in names if size <= _LEFT_MOST), default=0)
    for title, rows in sections:
        if rows:
            lines += [bold(tr(title)), *columns(rows, width, left), ""]
    if tail:
        lines += [*wrap(tr(tail), width), ""]
    return "\n".join(lines[:-1])


def bold(text: str) -> str:
    seen = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not seen
    return text if plain else f"\x1b[1m{text}\x1b[0m"


def parameter_rows(parameters: Sequence[Any], context: Any) -> dict[str, list[tuple[str, str]]]:
    """Describe parameters, grouped by their panel, or as arguments and options."""
    panels: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        if parameter.hidden:
            continue
        plain = "Arguments" if parameter.param_type_name == "argument" else "Options"
        panel = getattr(parameter, "rich_help_panel", None) or plain
        panels.setdefault(panel, []).append(_row(parameter, context))
    return panels


def arguments(parameters: Sequence[Any]) -> list[str]:
    """Arguments as a usage line writes them: brackets where they may be left out."""
    found = [parameter for parameter in parameters if parameter.param_type_name == "argument"]
    return [_argument(one) if one.required else f"[{_argument(one)}]" for one in found]


def _argument(parameter: Any) -> str:
    return str(parameter.display_name_raw).upper() + ("..." if parameter.nargs != 1 else "")


def _row(parameter: Any, context: Any) -> tuple[str, str]:
    if parameter.param_type_name == "argument":
        name = _argument(parameter)
    else:
        # a short name first, one column for all of them
        short = [option for option in parameter.opts if not option.startswith("--")]
        long = [option for option in parameter.opts if option.startswith("--")]
        long[-1:] = ["/".join([*long[-1:], *parameter.secondary_opts])] if long else []
        name = ", ".join(short + long) if short else "    " + ", ".join(long)
        if not parameter.is_flag:
            name += " " + (parameter.metavar or parameter.display_type(context).strip("<>"))
    return name, tr(parameter.help or "") + _extra(parameter)


def _extra(parameter: Any) -> str:
    extra = []
    if parameter.envvar and parameter.show_envvar:
        extra.append(tr("or {name}", name=parameter.envvar))
    default = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    if default not in (None, "", False, (), []) and parameter.show_default:
        extra.append(tr("default {value}", value=default))
    return f" [{tr('; ').join(extra)}]" if extra else ""
