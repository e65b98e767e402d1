"""A scanner for planted secrets: numbers however they are written or hashed, and marked names, in any bytes.

    python -m tests.trust.scanner DIRECTORY SECRETS.txt

names every file under a directory in which a line of SECRETS.txt stands (numbers), and ends with 1 if there is one.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import hmac
import html
import io
import re
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pyarrow.parquet as pq

__all__ = ["Scanner", "texts"]

_RUN = re.compile(rb"(?:\d[ \-.]?){10,}[\dXx]")
_HEX = re.compile(rb"[0-9a-fA-F]{32,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")
_DOMAINS = ("msisdn", "cert", "imei", "imsi", "mail", "name", "purged")
_SIZES = (32, 40, 64)
_DEEP = 4


class Scanner:
    """Finds numbers and marks.

    Parameters
    ----------
    numbers : telephone numbers, certificates, cards, devices: 11 signs or more.
    marks : texts of which each planted name, address, mail or password holds one; of two Chinese signs or more, since
        the three bytes of one stand somewhere in any large file by chance.

    >>> scanner = Scanner(["13987654321"], ["曌昶"])
    >>> [scanner.found("call 139-8765 4321".encode()), scanner.found("王曌昶".encode("utf-16-le"))]
    [['13987654321'], ['曌昶']]
    >>> scanner.found(hashlib.md5(b"13987654321").hexdigest().upper().encode()), scanner.found(b"13987654320")
    (['hash of 13987654321'], [])
    """

    def __init__(self, numbers: Iterable[str], marks: Iterable[str]) -> None:
        self.numbers = {number.upper(): number for number in numbers}
        self.numbers |= {number.upper()[::-1]: f"{number} backwards" for number in list(self.numbers.values())}
        self._lengths = sorted({len(number) for number in self.numbers})
        self._shortest = min(self._lengths, default=0)
        self.marks = {
            encoded: mark
            for mark in marks
            for coding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
            for encoded in [mark.encode(coding)]
        }
        self.hashes = {digest: number for number in list(self.numbers) for digest in _hashes(number)}

    def found(self, body: bytes) -> list[str]:
        """What stands in some bytes, as they are, as text of two bytes a sign, or escaped."""
        hits: set[str] = set()
        for view in _views(body):
            hits |= {mark for encoded, mark in self.marks.items() if encoded in view} | set(self._in(view))
        return sorted(hits)

    def _in(self, body: bytes) -> Iterator[str]:
        for run in _RUN.finditer(body):
            bare = re.sub(rb"[ \-.]", b"", run[0]).decode().upper()
            for length in self._lengths:
                for at in range(len(bare) - length + 1):
                    if (part := bare[at : at + length]) in self.numbers:
                        yield self.numbers[part]
        for found in _HEX.finditer(body):
            word = found[0].decode().lower()
            for size in _SIZES:
                for at in range(min(len(word), 256) - size + 1):
                    if (part := word[at : at + size]) in self.hashes:
                        yield f"hash of {self.hashes[part]}"

    def in_file(self, file: Path, name: str = "") -> list[str]:
        """Where secrets stand in a file, its name, and all that is packed in it."""
        called = name or str(file)
        hits = [f"{one} in the name {called}" for one in self.found(called.encode())]
        return hits + [
            f"{one} in {where}" for where, body in texts(called, file.read_bytes()) for one in self.found(body)
        ]

    def under(self, folder: Path) -> list[str]:
        """The same of every file under a folder, names of folders included."""
        hits = []
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                hits += self.in_file(file, str(file.relative_to(folder)))
        return hits


def _views(body: bytes) -> Iterator[bytes]:
    """Bytes as digits may stand in them."""
    yield body
    if b"\x00" in body:  # text of two bytes a sign, in either order
        yield body.replace(b"\x00", b"")
    if b"\\u" in body:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "surrogatepass"), body)
    if b"&#" in body or b"%" in body:
        text = body.decode("utf-8", errors="replace")
        yield unquote(html.unescape(text)).encode("utf-8", errors="replace")
    if b"\xef\xbc" in body:  # wide digits
        yield unicodedata.normalize("NFKC", body.decode("utf-8", errors="replace")).encode()


def _hashes(number: str) -> Iterator[str]:
    """What somebody might have thought hides a number."""
    for text in (number, *(f"{domain}|{number}" for domain in _DOMAINS)):
        body = text.encode()
        for name in ("md5", "sha1", "sha256"):
            yield hashlib.new(name, body).hexdigest()
        yield hashlib.blake2b(body, digest_size=32).hexdigest()
        for key in (b"", bytes(32)):
            yield hmac.new(key, body, hashlib.sha256).hexdigest()
            yield hmac.new(key, body, hashlib.sha256).hexdigest()[:32]


def texts(name: str, body: bytes, deep: int = _DEEP) -> Iterator[tuple[str, bytes]]:
    """A file's bytes, and whatever is packed in them: archives, Parquet pages and statistics, base64 within pages."""
    yield name, body
    if not deep:
        return
    if body[:4] == b"PAR1":
        yield from _parquet(name, body)
    elif zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for part in archive.namelist():
                yield from texts(f"{name}!{part}", archive.read(part), deep - 1)
    elif body[:2] == b"\x1f\x8b":
        yield from texts(f"{name}!gz", gzip.decompress(body), deep - 1)
    else:
        for found in _BASE64.finditer(body):
            for unpacked in _unpacked(found[0]):
                yield from texts(f"{name}!base64@{found.start()}", unpacked, deep - 1)


def _unpacked(word: bytes) -> Iterator[bytes]:
    try:
        raw = base64.b64decode(word + b"=" * (-len(word) % 4))
    except (binascii.Error, ValueError):
        return
    yield raw
    if raw[:1] == b"\x78":
        try:
            yield zlib.decompress(raw)
        except zlib.error:
            return


def _parquet(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Values, and what the footer says: names, statistics, metadata."""
    file = pq.ParquetFile(io.BytesIO(body))
    frame = pl.read_parquet(io.BytesIO(body))
    plain = frame.select(
        pl.col(name).cast(pl.String, strict=False) for name, kind in frame.schema.items() if not kind.is_nested()
    )
    yield f"{name}!values", plain.write_csv().encode()
    about = file.metadata
    yield f"{name}!footer", repr([about.to_dict(), about.metadata, file.schema_arrow.metadata]).encode()
    for one in frame.iter_columns():
        if one.dtype.is_nested():
            yield f"{name}!{one.name}", repr(one.to_list()).encode()


if __name__ == "__main__":
    sought = Scanner(Path(sys.argv[2]).read_text(encoding="utf-8").split(), [])
    seen = sought.under(Path(sys.argv[1]))
    sys.stdout.writelines(f"{one}\n" for one in seen)
    sys.exit(bool(seen))
