"""Titles above the header of a delimited text, as reports have them: taken off where it is certain what they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from telcli.io.csv_shape import DELIMITERS, first_records

__all__ = ["title_lines", "without_lines", "without_title"]

_MOST, _LOOKED_AT, _NARROWEST = 10, 60, 3
_TITLE = re.compile(r"[^\W\d]{4,}|[:：\s]")
"""A title has a word of four letters, a colon or a blank; what has none of these may be an identifier."""
_NUMBER = re.compile(r"[\d.,:/%年月日 -]*\d[\d.,:/%年月日 -]*")
_VALUE = re.compile(r"\d{4}|^\d+$")
"""No name of a column has so many digits."""
_CHUNK = 1 << 23

LooksLikeData = Callable[[Sequence[str]], bool]


def title_lines(records: Sequence[Sequence[str]], looks_like_data: LooksLikeData) -> int:
    """How many of the first records are titles above the header; 0 where that is not certain.

    Each fills its first cell alone, or none; the header below fills most of the width, with a different name in each
    cell, and numbers stand under it.

    >>> rows = [["Customers of May", "", ""], ["id", "name", "fee"], ["a1", "Wu", "12"]]
    >>> title_lines(rows, lambda header: False), title_lines(rows[1:], lambda header: False)
    (1, 0)
    """
    head = [[cell.replace("\ufeff", "").strip() for cell in record] for record in records[:_LOOKED_AT]]
    width = _usual(head)
    if width < _NARROWEST or not head or _filled(head[0]) != 1:
        return 0
    at = next((number for number, row in enumerate(head[: _MOST + 1]) if _filled(row) > 1), 0)
    above, header, below = head[:at], head[at], head[at + 1 :]
    if not all(_is_title(row) for row in above) or len(header) != width or _of_values(header, looks_like_data):
        return 0
    names = [cell for cell in header if cell]
    wide = len(names) >= max(2, -(-6 * width // 10)) and len(set(names)) == len(names)
    numbered = any(_NUMBER.fullmatch(cell) for row in below for cell in row)
    return at if at and wide and numbered else 0


def without_title(path: Path, target: Path, eol: str, looks_like_data: LooksLikeData) -> tuple[Path, int]:
    """A file without the titles above its header, written anew, and how many lines those were; else itself, and 0."""
    above = max(title_lines(first_records(path, mark, _LOOKED_AT), looks_like_data) for mark in DELIMITERS)
    if not above:
        return path, 0
    return without_lines(path, target, eol, above), above


def without_lines(path: Path, target: Path, eol: str, lines: int) -> Path:
    """A file without its first lines, written anew."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file, target.open("wb") as plain:
        rest = _after(file.read(_CHUNK), eol.encode(), lines)
        while rest:
            plain.write(rest)
            rest = file.read(_CHUNK)
    return target


def _after(head: bytes, eol: bytes, lines: int) -> bytes:
    return head.split(eol, lines)[lines]


def _of_values(header: Sequence[str], looks_like_data: LooksLikeData) -> bool:
    return looks_like_data(header) or any(_VALUE.search(cell) for cell in header)


def _usual(head: Sequence[Sequence[str]]) -> int:
    """How many fields most records have."""
    counts = Counter(len(row) for row in head if len(row) > 1)
    return counts.most_common(1)[0][0] if counts else 0


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _is_title(row: Sequence[str]) -> bool:
    """Nothing, or words in the first cell; a line break inside them would not be one line."""
    if not any(row):
        return True
    return bool(row[0]) and _filled(row) == 1 and "\n" not in row[0] and bool(_TITLE.search(row[0]))
