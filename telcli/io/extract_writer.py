"""Writing delimited text files piece by piece: under a temporary name until they are whole."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from telcli.io.durable import named

if TYPE_CHECKING:
    import polars as pl

__all__ = ["PART", "ExtractWriter", "Format"]

PART = ".part"
"""Suffix of a file that is not whole yet."""


@dataclass(frozen=True)
class Format:
    """How a delimited file is written: encoding, delimiter, and whether it starts with a byte order mark."""

    encoding: str = "utf-8"
    delimiter: str = ","
    mark: bool = False


class ExtractWriter:
    """Append frames to one file; it stays ``NAME.part`` until `publish` renames it.

    Leaving the `with` block by an exception removes the unfinished file.

    >>> import tempfile, polars as pl
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> with ExtractWriter(path, Format("gb18030", "|")) as writer:
    ...     writer.append(pl.DataFrame({"账期": ["202406"]}))
    ...     writer.append(pl.DataFrame({"账期": ["202407"]}))
    >>> path.exists()
    False
    >>> writer.publish()
    >>> path.read_bytes().decode("gb18030").split()
    ['账期', '202406', '202407']
    """

    def __init__(self, path: Path, form: Format) -> None:
        self.path, self._form, self.rows = path, form, 0
        self._handle: BinaryIO | None = None
        self._begun = False

    def __enter__(self) -> ExtractWriter:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = self._part.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle:
            self._handle.close()
        if kind is not None:
            self._part.unlink(missing_ok=True)

    @property
    def _part(self) -> Path:
        return self.path.with_name(self.path.name + PART)

    def append(self, frame: pl.DataFrame) -> None:
        """Write the frame's rows; the first call writes the header too. Values the encoding lacks raise."""
        assert self._handle is not None, "append needs an open writer"  # noqa: S101 - a programming error
        piece = io.BytesIO()
        frame.write_csv(piece, separator=self._form.delimiter, include_header=not self._begun)
        data = piece.getvalue()
        if self._form.encoding != "utf-8" and not data.isascii():
            data = data.decode("utf-8").encode(self._form.encoding)
        if self._form.mark and not self._begun:
            self._handle.write(b"\xef\xbb\xbf")
        self._handle.write(data)
        self._begun = True
        self.rows += frame.height

    def publish(self) -> None:
        """Give the finished file its name, in place of any earlier one."""
        named(self._part, self.path)
