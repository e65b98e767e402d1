"""Which encoding a whole file is written in, and the same file as UTF-8, both in a few chunks of memory.

The order is byte-order mark, strict UTF-8, UTF-16 where every other byte is zero, then GB18030 and Big5, whichever
gives the more everyday Chinese: GB18030 accepts most bytes of the others, so it must not be asked first. Nothing is
decided on the first kilobytes, where a name in the last line would be missed.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_CUR
from pathlib import Path
from typing import NoReturn

import polars as pl
from polars.exceptions import ComputeError

from telcli.errors import DataError
from telcli.io.digest import sha256_of
from telcli.io.mixed import line_at, refuse_mixed

__all__ = ["Text", "as_utf8", "unmarked_utf16"]

CHUNK = 1 << 23
_PIECE = 1 << 19
"""Bytes taken at a time: as few as stay near the processor, which takes them in half the time of a whole chunk."""
_LONGEST = 1 << 26
"""A line longer than this is checked in pieces."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LEVEL = {"gb18030": ("gb2312", 0xD7), "big5": ("big5", 0xC6)}
"""Where the characters of daily use stand: the highest first byte of the first level of GB 2312 and of Big5."""
_CHINESE, _SURELY = 0.5, 0.9
_SEEN, _LOOKED = 2000, 100_000


@dataclass(frozen=True)
class Text:
    """A file that can be read as UTF-8: where, how it was encoded, and the digest of the bytes as delivered."""

    path: Path
    encoding: str
    sha256: str


def as_utf8(path: Path, scratch: Path) -> Text:
    """Find the encoding on every byte of the file, and write it anew as UTF-8 in `scratch` where it is another.

    Raises
    ------
    DataError
        The file is empty, is binary, or is text in no encoding known here: the first bad byte is named.
    """
    digest = sha256_of(path)
    if path.stat().st_size == 0:
        raise DataError(
            "empty-file", "{file} is empty.", hint="Export it again, or leave it out of the sources.", file=path.name
        )
    with path.open("rb") as file:
        head = file.read(CHUNK)
    target = scratch / f"{digest[:16]}.utf8"
    mark = next((name for bytes_, name in _MARKS if head.startswith(bytes_)), "") or unmarked_utf16(head)
    if mark.startswith("utf-16"):
        _transcoded(path, mark, target)
        return Text(target, "utf-16", digest)
    bad = _first_bad(path, path.name)
    if bad is None:
        return Text(path, "utf-8", digest)
    damaged = refuse_mixed(path, bad, lambda text: _daily(dict.fromkeys(text), "gb18030"))
    if mark or damaged:
        _refuse(path, "utf-8", bad)
    return Text(target, _chinese(path, target, bad), digest)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_PIECE):
            yield chunk


def unmarked_utf16(head: bytes) -> str:
    """UTF-16 without its mark: delimiters, digits and line ends leave a zero in every other byte, on one side."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < max(len(head) / 20, 4) or 5 * min(even, odd) > max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _first_bad(path: Path, name: str) -> int | None:
    """Offset of the first byte that is not UTF-8; None when all are. A zero anywhere is of no text."""
    start, bad = 0, None
    for piece in _lines(path):
        at = piece.find(0)
        if at >= 0:
            raise DataError(
                "binary-file",
                "{file} is not text: byte {offset} is zero.",
                hint="Export it as CSV or Parquet.",
                file=name,
                offset=start + at,
            )
        if bad is None and not (piece.isascii() or _valid(piece)):
            try:
                piece.decode("utf-8")
            except UnicodeDecodeError as error:
                bad = start + error.start
        start += len(piece)
    return bad


def _valid(piece: bytes) -> bool:
    """Whether the bytes are UTF-8; several times faster than decoding them."""
    try:
        pl.Series([piece], dtype=pl.Binary).cast(pl.String)
    except ComputeError:
        return False
    return True


def _lines(path: Path) -> Iterator[bytes]:
    """The file in pieces that end with a line, so that no character is cut; an endless line is cut at a safe byte."""
    with path.open("rb") as file:
        size = _PIECE
        while chunk := file.read(size):
            cut = chunk.rfind(b"\n") + 1
            if len(chunk) < size or cut == len(chunk):
                yield chunk
                size = _PIECE
                continue
            if not cut and size < _LONGEST:  # a line longer than a chunk: take a larger one
                file.seek(-len(chunk), SEEK_CUR)
                size *= 2
                continue
            cut = cut or _safe(chunk)
            file.seek(cut - len(chunk), SEEK_CUR)
            yield chunk[:cut]
            size = _PIECE


def _safe(piece: bytes) -> int:
    """A place near the end where a character of UTF-8 begins; the end where there is none."""
    return next((len(piece) - back for back in range(1, 5) if piece[-back] & 0xC0 != 0x80), len(piece))


def _chinese(path: Path, target: Path, bad: int) -> str:
    """Write the text as UTF-8 and tell which Chinese encoding it was in: the one whose characters are in daily use."""
    daily, refused = _tried(path, "gb18030", target)
    if daily >= _SURELY:
        return "gb18030"
    other = target.with_suffix(".big5")
    taiwan, _ = _tried(path, "big5", other)
    if taiwan >= _CHINESE and taiwan > daily:
        other.replace(target)
        return "big5"
    if refused:
        raise refused
    if daily < _CHINESE:
        _refuse(path, "gb18030", bad)
    return "gb18030"


def _tried(path: Path, encoding: str, target: Path) -> tuple[float, DataError | None]:
    """The share of daily characters under one encoding; 0 and the refusal where a byte does not belong there."""
    try:
        return _transcoded(path, encoding, target), None
    except DataError as error:
        return 0.0, error


def _transcoded(path: Path, encoding: str, target: Path) -> float:
    """Write the text as UTF-8, and tell which share of its different characters are in daily use.

    Some letters of each chunk's beginning are looked at; text of another encoding gives rare characters throughout.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    decoder = codecs.getincrementaldecoder(encoding)()
    seen: dict[str, None] = {}
    start = 0
    with target.open("wb") as plain:
        for number, chunk in enumerate(_ends(path)):
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                _refuse(path, encoding, start - pending + error.start)
            if len(seen) < _SEEN and number % (CHUNK // _PIECE) == 0:
                seen.update(dict.fromkeys(letter for letter in text[:_LOOKED] if ord(letter) > 0xFF))
            plain.write(text.encode("utf-8"))
            start += len(chunk)
    return _daily(seen, encoding)


def _ends(path: Path) -> Iterator[bytes]:
    """The pieces, then an empty one that closes the decoder."""
    yield from _chunks(path)
    yield b""


def _daily(letters: dict[str, None], encoding: str) -> float:
    """Share of the letters that stand in the first level of their character set; 1 where there are none."""
    codec, highest = _LEVEL.get(encoding, ("", 0))
    if not codec or not letters:
        return 1.0
    common = 0
    for letter in letters:
        try:
            common += letter.encode(codec)[0] <= highest
        except UnicodeEncodeError:
            continue
    return common / len(letters)


def _refuse(path: Path, encoding: str, offset: int) -> NoReturn:
    raise DataError(
        "encoding-unknown",
        "{file} is in none of UTF-8, UTF-16, GB18030 and Big5: the byte at offset {offset}, in line {line}, does not "
        "belong there.",
        hint="Save it as UTF-8 and try again.",
        file=path.name,
        offset=offset,
        line=line_at(path, offset),
        encoding=encoding,
    )
