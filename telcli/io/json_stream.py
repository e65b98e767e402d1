"""JSON read record by record: lines, an array, or an object that holds one; a few megabytes in memory at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from telcli.errors import DataError

__all__ = ["records"]

_CHUNK = 1 << 22
_LONGEST = 48 << 20
_BLANK = re.compile(r"[ \t\r\n]*+")


def records(path: Path) -> Iterator[tuple[int, Any]]:
    """Each record with its place: its line where each stands on a line of its own, else its number, from 1.

    An object that stands alone and holds one array of objects, at any depth, stands for that array.

    Raises
    ------
    DataError
        Not valid JSON, not UTF-8, or one value of more than 48 MB.
    """
    with path.open("rb") as file:
        stream = _Stream(path, file)
        if stream.next() == "[":
            yield from _array(stream)
            return
        first = stream.value()
        if not stream.next():
            inside = _only_array(first)
            yield from enumerate([first] if inside is None else inside, start=1)
            return
        yield 1, first
        while stream.next():
            line = stream.line
            yield line, stream.value()


def _array(stream: _Stream) -> Iterator[tuple[int, Any]]:
    stream.step()
    number = 0
    while (letter := stream.next()) != "]":
        if number:
            if letter != ",":
                stream.refuse()
            stream.step()
            stream.next()
        number += 1
        yield number, stream.value()
    stream.step()
    if stream.next():
        stream.refuse()


def _only_array(value: Any) -> list[Any] | None:
    """The one array of objects that a lone object holds; None where there is none, or more than one."""
    if not isinstance(value, Mapping):
        return None
    found = [one for one in value.values() if isinstance(one, list) and one and isinstance(one[0], Mapping)]
    scalars = [one for one in value.values() if not isinstance(one, list | Mapping)]
    if len(found) == 1 and len(scalars) < 4:
        return found[0]
    inner = [array for one in value.values() if (array := _only_array(one)) is not None]
    return inner[0] if not found and len(inner) == 1 else None


class _Stream:
    """A window on the text of a file, from which values are taken one after another."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file, self._text, self._at, self._ended = path, file, "", 0, False
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._scan = json.JSONDecoder(parse_int=str, parse_float=_number, parse_constant=lambda _: None).raw_decode
        self.line = 1

    def next(self) -> str:
        """The next letter that is not blank, without taking it; empty at the end."""
        while True:
            found = _BLANK.match(self._text, self._at)
            end = found.end() if found else self._at
            self.line += self._text.count("\n", self._at, end)
            self._at = end
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def step(self) -> None:
        """Take one letter."""
        self._at += 1

    def value(self) -> Any:
        """Take one value."""
        while True:
            try:
                found, end = self._scan(self._text, self._at)
            except (json.JSONDecodeError, RecursionError):
                if len(self._text) - self._at > _LONGEST or not self._more():
                    self.refuse()
                continue
            if end == len(self._text) and not isinstance(found, dict | list) and self._more():
                continue  # a number may go on in the next piece
            self.line += self._text.count("\n", self._at, end)
            self._at = end
            return found

    def refuse(self) -> None:
        """Say where the text is no JSON."""
        raise DataError(
            "json-broken",
            "{file} is not valid JSON: the value that begins on line {line} cannot be read.",
            hint="Export it again as JSON lines (one record per line) or an array of records, each below 48 MB.",
            file=self._path.name,
            line=self.line,
        ) from None

    def _more(self) -> bool:
        """Read on; False at the end of the file."""
        if self._ended:
            return False
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        try:
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise DataError(
                "json-encoding",
                "{file} is JSON but not UTF-8.",
                hint="Save it as UTF-8 and try again.",
                file=self._path.name,
            ) from None
        self._text, self._at = self._text[self._at :] + more, 0
        return not self._ended


def _number(text: str) -> str:
    """A number as written, without the ``.0`` that whole ones get in systems that know floats alone."""
    return text.removesuffix(".0")
