"""Every setting with its value and where that came from, as rows for the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from telcli.cli._words import language, tr

__all__ = ["view"]

_VALUE = 24
"""Columns of a value; a longer one is folded, so that names and where they came from stay whole."""


def view(rows: list[dict[str, Any]]) -> Iterator[Any]:
    from itertools import groupby

    from rich.table import Table
    from rich.text import Text

    for section, settings in groupby(rows, key=lambda row: row["section"]):
        yield Text(f"[{section}]", style="bold")
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(max_width=_VALUE, overflow="fold")
        grid.add_column(no_wrap=True)
        for row in settings:
            chosen = Text(_shown(row["value"]), style="" if row["source"] == "default" else "bold")
            source = Text(
                tr(row["source"]) if row["source"] in ("default", "command line") else row["source"],
                style="dim" if row["source"] == "default" else "",
            )
            meaning = row["zh" if language() == "zh" else "meaning"]
            grid.add_row("  " + row["name"], chosen, source, Text(f"{meaning} {_range(row)}".strip()))
        yield grid


def _shown(value: Any) -> str:
    return "-" if value == "" else str(value)


def _range(row: dict[str, Any]) -> str:
    """Unit and allowed values, in brackets."""
    if row["choices"]:
        return "[" + ", ".join(row["choices"]) + "]"
    low, high = row["low"], row["high"]
    limits = "" if low is None else (f"{low}..{high}" if high is not None else f">= {low}")
    told = " ".join(word for word in (limits, tr(row["unit"])) if word)
    return f"[{told}]" if told else ""
