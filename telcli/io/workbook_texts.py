"""How much all texts of an .xlsx take once each cell has its own: a few bytes can share a long one a million times."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from zipfile import ZipFile

from telcli.io.limits import TEXT, TEXTS

__all__ = ["SharedTexts", "is_shared", "read_shared", "texts_fit"]

_CHUNK = 1 << 22
_LONGEST = 16 * TEXT
"""Bytes of one text with the formats of its letters."""
_ITEM = re.compile(rb"<(?:\w{1,20}:)?si\b")
_COUNT = re.compile(rb"""<(?:\w{1,20}:)?sst\b[^<>]*?\buniqueCount=["'](\d+)""")
_SHOWN = re.compile(rb"""<(?:\w{1,20}:)?c\b[^<>]*?\bt=["']s["'][^<>]*>\s*<(?:\w{1,20}:)?v>(\d{1,9})<""")


@dataclass
class SharedTexts:
    """Lengths of the texts that cells share, how many cells there are, and how much these hold by themselves."""

    lengths: array[int] = field(default_factory=lambda: array("I"))
    cells: int = 0
    own: int = 0


def is_shared(name: str) -> bool:
    """Whether a part of the archive holds them."""
    return name.lower().endswith("sharedstrings.xml")


def read_shared(file: IO[bytes], texts: SharedTexts) -> None:
    """Add the lengths of the texts of a part, as they are written.

    Raises
    ------
    ValueError
        One is longer than a cell can hold, or there are said to be more than the part has bytes: room for so many
        would be asked for before the first is read.
    """
    size, carry, promised = 0, b"", 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        promised = max([promised, *map(int, _COUNT.findall(carry + chunk))])
        *whole, carry = _ITEM.split(carry + chunk)
        texts.lengths.extend(map(len, whole))
        if len(carry) > _LONGEST or max(map(len, whole), default=0) > _LONGEST:
            raise ValueError("no text")
    texts.lengths.append(len(carry))
    del texts.lengths[:1]  # what stands before the first
    if promised > size:
        raise ValueError("no count")


def texts_fit(book: ZipFile, texts: SharedTexts) -> bool:
    """Whether all texts fit in memory; cells are looked at one by one only where the longest for each would not."""
    if max(texts.lengths, default=0) * texts.cells + texts.own <= TEXTS:
        return True
    total = texts.own
    for part in book.infolist():
        if is_shared(part.filename):
            continue
        with book.open(part) as file:
            for at in _shown(file):
                total += texts.lengths[at] if at < len(texts.lengths) else 0
        if total > TEXTS:
            return False
    return True


def _shown(file: IO[bytes]) -> Iterator[int]:
    """Which text each cell shows."""
    carry = b""
    while chunk := file.read(_CHUNK):
        text = carry + chunk
        last = 0
        for found in _SHOWN.finditer(text):
            last = found.end()
            yield int(found[1])
        carry = text[max(last, len(text) - 4096) :]
