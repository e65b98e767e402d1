"""Files of TOML that people write: read whole, or refused for one reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

__all__ = ["TomlError", "toml_text", "toml_values"]

_LARGEST = 1 << 22
"""Bytes: such a file is written by hand."""


class TomlError(ValueError):
    """Why it is no TOML that can be read."""


def toml_text(path: Path) -> str:
    """The text of a file, less a mark of its encoding.

    Raises
    ------
    TomlError
        It has more than 4 MB.
    UnicodeDecodeError
        It is not UTF-8.
    OSError
        It cannot be opened.
    """
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise TomlError(f"it has more than {_LARGEST >> 20} MB")
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
