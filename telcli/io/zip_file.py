"""What goes wrong with an archive whose bytes lie, and how long a list of its files may be before any is read."""

from __future__ import annotations

import lzma
import struct
import zlib
from pathlib import Path
from zipfile import BadZipFile

from telcli.errors import DataError
from telcli.io.limits import LISTING

__all__ = ["BAD_ZIP", "refuse_crowded"]

BAD_ZIP = (BadZipFile, EOFError, OSError, LookupError, ArithmeticError, RuntimeError, ValueError, TypeError,
           struct.error, zlib.error, lzma.LZMAError)  # fmt: skip
"""Whatever `zipfile` and what it unpacks with raise of bytes that are no archive; an OSError may be the system's."""
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"
_TAIL = 1 << 17


def refuse_crowded(path: Path) -> None:
    """Raise where an archive's list of files is longer than any export's: the whole of it is held in memory.

    Raises
    ------
    DataError
        It is.
    """
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(file.tell() - _TAIL, 0))
        tail = file.read()
    size = max(_number(tail, _END, 12, 4), _number(tail, _END64, 40, 8))
    if size > LISTING:
        raise DataError(
            "archive-listing",
            "{file} lists more files than are read of one archive.",
            hint="Unpack it and name the folder.",
            file=path.name,
        )


def _number(tail: bytes, mark: bytes, at: int, width: int) -> int:
    """A number of the record that begins with `mark`, the last of them; 0 where there is none, or it says elsewhere.

    >>> _number(b"..PK" + bytes([5, 6]) + bytes(8) + bytes([7, 0, 0, 0]), b"PK" + bytes([5, 6]), 12, 4)
    7
    """
    start = tail.rfind(mark)
    found = int.from_bytes(tail[start + at : start + at + width], "little") if start >= 0 else 0
    return 0 if found == (1 << 8 * width) - 1 else found
