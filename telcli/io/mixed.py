"""Where a file changes from one encoding to another, as two exports put together do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from telcli.errors import DataError

__all__ = ["line_at", "refuse_mixed"]

_PIECE = 1 << 19
_SPARED = 64
"""Of large files the first piece, the last two and one in so many between are looked at."""
_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}")
"""Chinese characters in UTF-8, two or more."""
_SURE = 6
"""Characters of daily use that a piece has in UTF-8 before it is taken for it: by chance others have hardly two."""
_MOSTLY = 0.5

Daily = Callable[[str], float]


def refuse_mixed(path: Path, bad: int, daily: Daily) -> bool:
    """Refuse a file, not all of which is UTF-8, where a part of it is: read as anything else that part is garbled.

    `bad` is the offset of the first byte that is not UTF-8, `daily` the share of characters that are in daily use. Told
    is whether the file is in UTF-8 but for some damage there.

    Raises
    ------
    DataError
        It is mixed: the line and the byte at which it changes are named.
    """
    last = (path.stat().st_size - 1) // _PIECE
    chosen = sorted({0, max(last - 1, 0), last, bad // _PIECE, *range(0, last, _SPARED)})
    if not any(_in_utf8(piece, daily) for _, piece in _pieces(path, chosen)):
        return False
    start = _start(path, last, daily)
    if start <= bad and _utf8_again(path, bad):
        return True
    offset = bad if start <= bad else start
    raise DataError(
        "encoding-mixed",
        "{file} is in UTF-8 in one part and in another encoding in the rest: it changes in line {line}, at the byte at "
        "offset {offset}.",
        hint="It seems to be two exports put together: give each as a file of its own.",
        file=path.name,
        line=line_at(path, offset),
        offset=offset,
    )


def line_at(path: Path, offset: int) -> int:
    """The line, from 1, in which a byte stands."""
    lines, left = 1, offset
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(_PIECE, left))):
            lines += chunk.count(b"\n")
            left -= len(chunk)
    return lines


def _start(path: Path, last: int, daily: Daily) -> int:
    """The offset of the first characters in UTF-8: in the first piece that is sure to hold some, or just before it."""
    before = b""
    for begin, piece in _pieces(path, range(last + 1)):
        if _in_utf8(piece, daily):
            return begin - len(before) + _in_utf8(before + piece, daily) - 1
        before = piece
    return 0


def _pieces(path: Path, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Some pieces of a file, each with its offset."""
    with path.open("rb") as file:
        for number in numbers:
            file.seek(number * _PIECE)
            yield number * _PIECE, file.read(_PIECE)


def _utf8_again(path: Path, bad: int) -> bool:
    """Whether the lines below that of a bad byte are UTF-8 as those above: then it is only damaged there."""
    with path.open("rb") as file:
        file.seek(bad)
        file.readline()
        below = file.readline() + file.readline()
    try:
        below.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not below.isascii()


def _in_utf8(piece: bytes, daily: Daily) -> int:
    """One more than the offset of the first run of daily characters in UTF-8; 0 where there are too few of them."""
    first, seen = 0, 0
    for found in _RUN.finditer(piece):
        text = found[0].decode("utf-8")
        if daily(text) > _MOSTLY:
            first = first or found.start() + 1
            seen += len(text)
        if seen >= _SURE:
            return first
    return 0
