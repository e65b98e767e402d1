"""A seal in the first line of a JSON text: a hash of all that follows, so that no byte of it changes unseen.

It holds no secret: it tells an accident or a careless edit from what telcli wrote, and proves no author.
"""

from __future__ import annotations

import re
from hashlib import sha256

__all__ = ["sealed", "unbroken"]

_OPENING = "{\n"
_HEAD, _TAIL = '{\n "seal": "', '",\n'
_SEALED = re.compile(re.escape(_HEAD.encode()) + rb"([0-9a-f]{64})" + re.escape(_TAIL.encode()))


def sealed(text: str) -> str:
    r"""The text of a JSON object, as telcli writes these, with its seal before all else.

    >>> sealed('{\n "a": 1\n}\n').splitlines()[1][:25], sealed('{\n "a": 1\n}\n').splitlines()[2:]
    (' "seal": "2aa9267d86ed0d2', [' "a": 1', '}'])
    """
    rest = text.removeprefix(_OPENING)
    return _HEAD + sha256(rest.encode()).hexdigest() + _TAIL + rest


def unbroken(raw: bytes) -> bool | None:
    r"""Whether the bytes are those that were sealed; None where there is no seal in its place.

    >>> text = sealed('{\n "a": 1\n}\n').encode()
    >>> unbroken(text), unbroken(text.replace(b"1\n", b"2\n")), unbroken(b"{}")
    (True, False, None)
    """
    found = _SEALED.match(raw)
    return None if found is None else sha256(raw[found.end() :]).hexdigest() == found[1].decode()
