"""Files of TOML that people write: read whole, or refused for one reason."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

__all__ = ["LARGEST", "TomlError", "toml_text", "toml_values"]

LARGEST = 1 << 22
"""Bytes: such a file is written by hand."""


class TomlError(ValueError):
    """Why it is no TOML that can be read."""


def toml_text(path: Path) -> str:
    """The text of a file, less a mark of its encoding.

    Raises
    ------
    TomlError
        It has more than 4 MB, or is no ordinary file.
    UnicodeDecodeError
        It is not UTF-8.
    OSError
        It cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe is opened without waiting for a writer
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise TomlError("it is a pipe or a device, not a file")
    with os.fdopen(handle, "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise TomlError(f"it has more than {LARGEST >> 20} MB")
    return data.decode("utf-8-sig")


def toml_values(text: str) -> dict[str, Any]:
    """What a text of TOML says.

    >>> toml_values("a = [1, 2]")
    {'a': [1, 2]}

    Raises
    ------
    TomlError
        It is no TOML, nests too deep, or holds a number of thousands of digits.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(str(error)) from None
    except RecursionError:
        raise TomlError("it nests too deep") from None
    except (ValueError, OverflowError):
        raise TomlError("it holds a number that is too long") from None
