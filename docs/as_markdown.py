"""Cells and tables of Markdown, out of text that is none."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["plain", "table"]


def table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    """A Markdown table."""
    cells = [[cell.replace("|", r"\|").replace("\n", " ") for cell in row] for row in rows]
    return [" | ".join(["", *row, ""]).strip() for row in (head, ["---"] * len(head), *cells)]


def plain(text: str) -> str:
    """Text of the code as Markdown shows it: nothing in it is markup, but what stands in backticks."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([<*_\[\]])", r"\\\1", part) for part in parts)
