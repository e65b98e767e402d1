"""Files that are read whole, and what stands in the place of one: pipes and devices would be waited for without end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from telcli.errors import DataError

__all__ = ["BOOK", "given_bytes", "refuse_book", "refuse_large", "refuse_special", "special"]

BOOK = 1 << 28
"""Bytes of a workbook, or a sheet as text, that people fill in."""

_SPECIAL = (stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK)


def given_bytes(path: Path, most: int) -> bytes:
    """All bytes of an ordinary file that has no more than `most` of them, however large it is by now.

    Raises
    ------
    DataError
        It is larger, or is no ordinary file.
    OSError
        It cannot be opened; a folder is no file.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe is opened without waiting for a writer
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise _special(path)
    with os.fdopen(handle, "rb") as file:
        data = file.read(min(most, os.fstat(handle).st_size) + 1)
        while len(data) <= most and (more := file.read(1 << 20)):
            data += more
    if len(data) > most:
        raise _large(path, most)
    return data


def refuse_large(path: Path, most: int) -> None:
    """Raise where a file that is taken into memory has more than `most` bytes.

    >>> refuse_large(Path("nowhere"), 10)

    Raises
    ------
    DataError
        It has.
    """
    if path.is_file() and path.stat().st_size > most:
        raise _large(path, most)


def refuse_book(path: Path) -> None:
    """Raise where a sheet that people fill in is no ordinary file, or has more than `BOOK` bytes.

    >>> refuse_book(Path("nowhere"))

    Raises
    ------
    DataError
        It is so.
    """
    refuse_special(path)
    refuse_large(path, BOOK)


def special(path: Path) -> bool:
    """Whether a path is a pipe, a socket or a device.

    >>> special(Path("/dev/null")), special(Path("/")), special(Path("nowhere"))
    (True, False, False)
    """
    try:
        return stat.S_IFMT(path.stat().st_mode) in _SPECIAL
    except (OSError, ValueError):
        return False


def refuse_special(path: Path) -> None:
    """Raise where a library would wait for what comes out of a pipe or a device.

    >>> refuse_special(Path("nowhere"))

    Raises
    ------
    DataError
        It is one.
    """
    if special(path):
        raise _special(path)


def _large(path: Path, most: int) -> DataError:
    return DataError(
        "file-large",
        "{file} has more than {most} MB, which no such file has; it was not read.",
        hint="See that it is the right one, and what wrote it.",
        file=str(path),
        most=most >> 20,
    )


def _special(path: Path) -> DataError:
    return DataError(
        "file-special",
        "{file} is a pipe, a socket or a device, not a file.",
        hint="Write what it gives into a file first, and name that.",
        file=str(path),
    )
