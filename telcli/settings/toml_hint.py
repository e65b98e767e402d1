"""What to do about a file that is no TOML where its writer need not know why: names in Chinese, wide signs."""

from __future__ import annotations

import re

__all__ = ["toml_hint"]

_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_WIDE = "＝“”‘’＂＇［］，"
"""Signs that a Chinese keyboard writes where TOML wants those of ASCII."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_KEY = re.compile(r"[^\s=\[\]{},#'\"]*[^\x00-\x7f\s][^\s=\[\]{},#'\"]*(?=\s*[=\].])")


def toml_hint(text: str, error: Exception) -> str:
    """What to write instead, by the line in which tomllib stopped; empty where there is nothing to advise.

    >>> import tomllib
    >>> def hint(text: str) -> str:
    ...     try:
    ...         tomllib.loads(text)
    ...     except tomllib.TOMLDecodeError as error:
    ...         return toml_hint(text, error)
    ...     return "fine"
    >>> hint('校园 = "age < 25"'), hint("n_segments ＝ 4"), hint("a = b")
    ('Write the name in quotes: "校园"', 'Write ＝ as the sign of ASCII.', '')
    """
    place = _PLACE.search(str(error))
    lines = text.replace("\r\n", "\n").split("\n")
    if place is None or int(place[1]) > len(lines):
        return ""
    # what stands in quotes is text, where anything may stand
    line = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), lines[int(place[1]) - 1])
    wide = sorted({sign for sign in line.partition("#")[0] if sign in _WIDE})
    if wide:
        return f"Write {' '.join(wide)} as the {'sign' if len(wide) == 1 else 'signs'} of ASCII."
    key = _KEY.search(line)
    if key is None:
        return ""
    name = ".".join(part if part.isascii() else f'"{part}"' for part in key[0].split("."))
    return f"Write the name in quotes: {name}"
