"""What a file is, by its bytes first and by its name last: exports are often called .xls and are something else."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from zipfile import ZipFile

from telcli.io.zip_file import BAD_ZIP, refuse_crowded

__all__ = ["PACKED", "SUFFIXES", "WORKBOOKS", "kind_of"]

WORKBOOKS = ("xlsx", "xlsb", "xls", "ods")
PACKED = ("gzip", "zstd", "bzip2", "xz", "zip")
SUFFIXES: dict[str, tuple[str, ...]] = {
    "text": (".csv", ".tsv", ".txt", ".dat", ".psv"),
    "parquet": (".parquet", ".pq"),
    "xlsx": (".xlsx", ".xlsm"),
    "xlsb": (".xlsb",),
    "xls": (".xls",),
    "ods": (".ods",),
    "json": (".json", ".jsonl", ".ndjson"),
    "html": (".html", ".htm"),
    "sqlite": (".sqlite", ".sqlite3", ".db"),
    "gzip": (".gz",),
    "zstd": (".zst",),
    "bzip2": (".bz2",),
    "xz": (".xz",),
    "zip": (".zip",),
}
"""Each kind that is read, and the suffixes it goes by."""

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", ""),
    (b"7z\xbc\xaf\x27\x1c", ""),
    (b"Rar!", ""),
    (b"\x89PNG", ""),
    (b"\xff\xd8\xff", ""),
    (b"GIF8", ""),
)
_HTML = re.compile(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|meta|table|style|div)\b", re.I | re.S)
_SHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_JSON = re.compile(rb"\{\s*(\"|\})|\[\s*(\{|\])")
_HEAD = 4096


def kind_of(path: Path) -> str:
    """The kind of a file, one of `SUFFIXES`; empty for what is not read.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "export.xls"
    >>> _ = place.write_bytes(b"<html><table><tr><td>1</td></tr></table></html>")
    >>> kind_of(place)
    'html'
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.match(text) or (text.startswith(b"<?xml") and _SHEET_XML in text):
        return "html"
    if _JSON.match(text):
        return "json"
    return _by_name(path, head)


def _by_name(path: Path, head: bytes) -> str:
    """Text, unless zeros say that it is not: those of UTF-16 stand in every other byte."""
    from telcli.io.encoding import unmarked_utf16

    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or unmarked_utf16(head)
    binary = (0 in head and not wide) or tarfile.is_tarfile(path)
    return "" if binary and path.suffix.lower() not in SUFFIXES["text"] else "text"


def _zipped(path: Path) -> str:
    """A workbook where the archive holds the parts of one."""
    refuse_crowded(path)
    try:
        with ZipFile(path) as archive:
            names = {name for name in archive.namelist() if name}
            if "xl/workbook.bin" in names:
                return "xlsb"
            if any(name.lower() == "xl/workbook.xml" for name in names):
                return "xlsx"
            if "content.xml" in names and "mimetype" in names:
                return "ods" if b"spreadsheet" in archive.open("mimetype").read(200) else ""
            return "" if "word/document.xml" in names or "ppt/presentation.xml" in names else "zip"
    except BAD_ZIP:
        return next((kind for kind in ("xlsx", "xlsb", "ods") if path.suffix.lower() in SUFFIXES[kind]), "zip")
