"""Signs for terminals and files that cannot show what telcli writes: the nearest in ASCII, else a code."""

from __future__ import annotations

import codecs
import os
from typing import TextIO

__all__ = ["BLOCKS", "PLAIN_BLOCKS", "reads_ascii_alone", "spare"]

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN_BLOCKS = "_.:-=+*#"
_NEAR = str.maketrans(f"{BLOCKS}→←·–—…✓×≥≤“”‘’━╸╺│─•¥", f"{PLAIN_BLOCKS}><.--.xx><\"\"''---|-*Y")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end].translate(_NEAR)
    return found.encode("ascii", "backslashreplace").decode("ascii"), error.end


def spare(stream: TextIO) -> None:
    r"""Have a stream write the nearest sign where its encoding has none, instead of failing.

    >>> import io
    >>> narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    >>> spare(narrow)
    >>> _ = narrow.write("1 → 2 ▁█ 客"), narrow.seek(0)
    >>> narrow.read()
    '1 > 2 _# \\u5ba2'
    """
    codecs.register_error("telcli", _nearest)
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="telcli")


def reads_ascii_alone(stream: TextIO) -> bool:
    """Whether blocks would not be seen: by the encoding, or on a terminal that was told to be of the C locale.

    Where nothing is told, as in many containers, terminals mostly are UTF-8.
    """
    try:
        BLOCKS.encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return True
    told = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return stream.isatty() and told in ("C", "POSIX")
