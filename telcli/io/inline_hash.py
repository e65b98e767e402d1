"""What a page's content security policy knows a style or a script by that stands in the page itself."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

__all__ = ["inline_hash"]


def inline_hash(text: str) -> str:
    """The SHA-256 of a text in base 64, as after ``sha256-`` in a policy (CSP level 3).

    >>> inline_hash("")
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return b64encode(sha256(text.encode("utf-8", errors="surrogateescape")).digest()).decode()
