"""The shape of a delimited text: delimiter, header, number of records, and which records have too few fields.

Every byte is looked at once: all but delimiters, line ends and quotes are struck out by ``bytes.translate``, and
what is left must be the same few bytes for each record. That costs a tenth of parsing the file, and finds the ragged
records that a CSV reader would fill up or cut off in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from telcli.io.limits import LINE, RAGGED

__all__ = ["Shape", "first_records", "one_byte_delimiter", "sniff_delimiter", "survey", "unusual_delimiter"]

DELIMITERS = (",", ";", "\t", "|", "\x1f", "\x01")
_MARKS = re.compile(r"[^\w\s\"'.\-+/()（）%]{1,4}")
"""What may part fields beside the usual delimiters: one to four marks that stand in no number, date or name."""
_ALIKE = 50
_SINGLE = b"\x1f"
_CHUNK = 1 << 23
_HEAD = 1 << 18
_QUOTED, _ENCLOSED = re.compile(rb'"[^"]*"'), re.compile(r'"[^"]*"')


@dataclass
class Shape:
    """Records in the file (the header among them), those that are ragged by number from 0, and what quotes hide.

    `blank` is whether some record may have no value at all, `unclosed` whether a quotation mark is left open. `endless`
    is whether a line was met that is too long to be one, `lost` whether more records are ragged than are remembered;
    the rest of the file was not looked at then.
    """

    records: int = 0
    blank: bool = False
    quotes: bool = False
    quoted_newlines: bool = False
    unclosed: bool = False
    endless: bool = False
    lost: bool = False
    ragged: dict[int, int] = field(default_factory=dict)


def first_records(path: Path, delimiter: str, limit: int = 200) -> list[list[str]]:
    """The first records of the file, read with the quoting rules of RFC 4180."""
    head = _head(path)
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    while len(found) < limit:
        try:
            found.append(next(reader))
        except (StopIteration, csv.Error):  # the end, or a field longer than csv reads: what came before is enough
            return found
    return found


def sniff_delimiter(path: Path) -> str:
    """The delimiter that parts the first records into the same number of fields, more than one; else empty.

    A delimiter is preferred by the share of records that have as many fields as the header, then by how many.
    """
    best, chosen = (0.0, 0), ""
    for delimiter in DELIMITERS:
        records = [record for record in first_records(path, delimiter) if record]
        if not records or len(records[0]) < 2:
            continue
        width = len(records[0])
        score = (sum(len(record) == width for record in records) / len(records), width)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def unusual_delimiter(path: Path) -> str:
    r"""A delimiter of several characters, or of one that is seldom used; empty where a usual one parts the file.

    It stands equally often in each of the first lines, quoted parts left aside. One of several characters also beats
    the usual delimiter that it is made of, which would leave every other field empty. Stars only hide digits.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = place.write_text("id€€fee\n1€€2,5\n2€€3\n", encoding="utf-8")
    >>> unusual_delimiter(place)
    '€€'
    """
    lines = [line.rstrip("\r") for line in _ENCLOSED.sub('""', _head(path)).split("\n")[:_ALIKE]]
    lines = [line for line in lines if line]
    if len(lines) < 2:
        return ""
    runs: dict[str, None] = dict.fromkeys(
        run for run in _MARKS.findall(lines[0]) if run not in DELIMITERS and run.strip("*")
    )
    fits = [run for run in runs if len({line.count(run) for line in lines}) == 1]
    several = [run for run in fits if len(run) > 1 and _uses_up(run, lines)]
    if several:
        return max(several, key=lambda run: (lines[0].count(run), len(run)))
    if sniff_delimiter(path):
        return ""
    return max(fits, key=lines[0].count, default="")


def _uses_up(run: str, lines: Sequence[str]) -> bool:
    """Whether the usual delimiters in this run stand nowhere outside it."""
    usual = [mark for mark in DELIMITERS if mark in run]
    return all(line.count(mark) == run.count(mark) * line.count(run) for line in lines for mark in usual)


def one_byte_delimiter(path: Path, target: Path) -> tuple[Path, str]:
    """A file of an unusual delimiter, written anew with one byte; the delimiter as it was, empty for other files.

    Inside of quotes it is part of a value, and stays.
    """
    unusual = unusual_delimiter(path)
    if not unusual:
        return path, ""
    old, carry, quoted = unusual.encode(), b"", False
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as plain:
        for chunk in _chunks(path):
            *closed, last = (carry + chunk).split(b'"')
            for piece in closed:
                plain.write((piece if quoted else piece.replace(old, _SINGLE)) + b'"')
                quoted = not quoted
            last = last if quoted else last.replace(old, _SINGLE)
            sure = len(last) if quoted else max(len(last) - len(old) + 1, 0)  # it may go on in the next chunk
            plain.write(last[:sure])
            carry = last[sure:]
        plain.write(carry)
    return target, unusual


def survey(path: Path, delimiter: str, width: int, eol: str = "\n") -> Shape:
    """Count the records and find those whose number of fields is not `width`."""
    shape = Shape()
    delim, end = delimiter.encode(), eol.encode()
    strike = bytes(byte for byte in range(256) if byte not in delim + end + b'"')
    usual = delim * (width - 1) + end
    nothing = end + delim * (width - 1)
    carry, tail, length = b"", b"", 0
    for chunk in _chunks(path):
        length = 0 if end in chunk else length + len(chunk)
        if length > LINE:
            shape.endless = True
            return shape
        shape.blank = shape.blank or _holds_blank(tail + chunk[: len(nothing)], nothing) or _holds_blank(chunk, nothing)
        tail = chunk[-len(nothing) :]
        carry = _whole_records(shape, carry + chunk.translate(None, strike), delim, end, usual)
        if shape.lost:
            return shape
    shape.unclosed = b'"' in carry
    if carry or tail[-1:] not in (end, b""):
        _whole_records(shape, carry + end, delim, end, usual)
    return shape


def _holds_blank(piece: bytes, nothing: bytes) -> bool:
    """Whether a record without any value may stand here, at an end of line or at the end of the piece."""
    at = piece.find(nothing)
    while at >= 0:
        if piece[at + len(nothing) : at + len(nothing) + 1] in (b"\n", b"\r", b""):
            return True
        at = piece.find(nothing, at + 1)
    return False


def _whole_records(shape: Shape, marks: bytes, delim: bytes, end: bytes, usual: bytes) -> bytes:
    """Take the complete records off the front of the marks, and return what is left of the last one."""
    if b'"' in marks:
        shape.quotes = True
        marks = _unquoted(shape, marks, end)
    closed = marks.find(b'"') if b'"' in marks else len(marks)
    cut = marks.rfind(end, 0, closed) + 1
    whole, rest = marks[:cut], marks[cut:]
    count = whole.count(end)
    if whole != usual * count:
        for number, record in enumerate(whole.split(end)[:-1]):
            if len(record) != len(usual) - 1:
                shape.blank |= not record
                shape.ragged[shape.records + number] = record.count(delim) + 1
                if len(shape.ragged) > RAGGED:
                    shape.lost = True
                    break
    shape.records += count
    return rest


def _unquoted(shape: Shape, marks: bytes, end: bytes) -> bytes:
    """Strike out quoted parts; an odd quote at the end waits for the next chunk."""

    def strike(found: re.Match[bytes]) -> bytes:
        shape.quoted_newlines |= end in found.group()
        return b""

    return _QUOTED.sub(strike, marks)


def _head(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(_HEAD)
    text = raw.decode("utf-8-sig", errors="ignore")
    if len(raw) == _HEAD:
        text = text[: text.rfind("\n") + 1] or text
    return text


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
