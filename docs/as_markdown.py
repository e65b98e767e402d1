"""Cells and tables of Markdown, out of text that is none."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["plain", "table"]


def table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    r"""A Markdown table; a bar parts cells, but not within backticks.

    >>> table(["a", "b"], [["x|y", "`x|y`"]])[2]
    '| x\\\\|y | `x|y` |'
    """
    cells = [[_cell(cell) for cell in row] for row in rows]
    return [" | ".join(["", *row, ""]).strip() for row in (head, ["---"] * len(head), *cells)]


def _cell(text: str) -> str:
    parts = re.split(r"(`[^`]*`)", text.replace("\n", " "))
    return "".join(part if part.startswith("`") else part.replace("|", r"\|") for part in parts)


def plain(text: str) -> str:
    """Text of the code as Markdown shows it: nothing in it is markup, but what stands in backticks."""
    return "".join(part if part.startswith("`") else _escaped(part) for part in re.split(r"(`[^`]*`)", text))


def _escaped(text: str) -> str:
    return re.sub(r"([*_\[\]])", r"\\\1", text.replace("<", "&lt;"))
