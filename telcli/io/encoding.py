"""Which encoding a whole file is written in, and the same file as UTF-8, both in one chunk of memory.

The order is byte-order mark, strict UTF-8, then GB18030: GB18030 accepts most UTF-8 bytes, so it must not be asked
first. Nothing is decided on the first kilobytes, where a name in the last line would be missed.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from telcli.errors import DataError

__all__ = ["Text", "as_utf8"]

CHUNK = 1 << 22
_FIRST_LEVEL = 0xD7
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


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
    digest = _sha256(path)
    plain = _unpacked(path, scratch, digest) if path.suffix == ".gz" else path
    if plain.stat().st_size == 0:
        raise DataError(
            "empty-file", "{file} is empty.", hint="Export it again, or leave it out of the sources.", file=path.name
        )
    with plain.open("rb") as file:
        head = file.read(4)
    mark = next((name for bytes_, name in _MARKS if head.startswith(bytes_)), "")
    if mark == "utf-16":
        return Text(_transcoded(plain, "utf-16", scratch, digest, path.name), "utf-16", digest)
    bad = _first_bad(plain, "utf-8", path.name)
    if bad is None:
        return Text(plain, "utf-8", digest)
    if mark:
        _refuse(path.name, "utf-8", bad)
    return Text(_transcoded(plain, "gb18030", scratch, digest, path.name), "gb18030", digest)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _sha256(path: Path) -> str:
    digest = sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _unpacked(path: Path, scratch: Path, digest: str) -> Path:
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / f"{digest[:16]}.unpacked"
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as plain:
            while chunk := packed.read(CHUNK):
                plain.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(
            "gzip-broken",
            "{file} is not a complete gzip file.",
            hint="Copy it again; the transfer may have been cut off.",
            file=path.name,
        ) from None
    return target


def _first_bad(path: Path, encoding: str, name: str) -> int | None:
    """Offset of the first byte that is not in this encoding; None when all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    start = 0
    for chunk in _chunks(path):
        _no_nul(chunk, name, start)
        pending = len(decoder.getstate()[0])
        if not (pending == 0 and chunk.isascii()):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return start - pending + error.start
        start += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return start - len(error.object) + error.start
    return None


def _no_nul(chunk: bytes, name: str, start: int) -> None:
    at = chunk.find(0)
    if at >= 0:
        raise DataError(
            "binary-file",
            "{file} is not text: byte {offset} is zero.",
            hint="Export it as CSV or Parquet.",
            file=name,
            offset=start + at,
        )


def _transcoded(path: Path, encoding: str, scratch: Path, digest: str, name: str) -> Path:
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / f"{digest[:16]}.utf8"
    decoder = codecs.getincrementaldecoder(encoding)()
    seen: dict[str, None] = {}
    start = 0
    with target.open("wb") as plain:
        for chunk in _ends(path):
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                _refuse(name, encoding, start - pending + error.start)
            if len(seen) < 2000:
                seen.update(dict.fromkeys(letter for letter in text[:100_000] if ord(letter) > 0xFF))
            plain.write(text.encode("utf-8"))
            start += len(chunk)
    if encoding == "gb18030" and not _reads_as_chinese(seen):
        _refuse(name, encoding, _first_bad(path, "utf-8", name) or 0)
    return target


def _ends(path: Path) -> Iterator[bytes]:
    """The chunks, then an empty one that closes the decoder."""
    yield from _chunks(path)
    yield b""


def _reads_as_chinese(letters: dict[str, None]) -> bool:
    """Text of another encoding read as GB18030 gives rare characters; real Chinese mostly those of daily use.

    Daily use: the marks and the 3,755 characters of the first level of GB 2312, whose first byte is at most 0xD7.
    """
    common = 0
    for letter in letters:
        try:
            common += letter.encode("gb2312")[0] <= _FIRST_LEVEL
        except UnicodeEncodeError:
            continue
    return 2 * common >= len(letters)


def _refuse(name: str, encoding: str, offset: int) -> None:
    raise DataError(
        "encoding-unknown",
        "{file} is neither UTF-8 nor GB18030: the byte at offset {offset} does not belong there.",
        hint="Save it as UTF-8 and try again.",
        file=name,
        offset=offset,
        encoding=encoding,
    )
