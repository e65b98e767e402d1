"""Amounts of memory as people write them."""

from __future__ import annotations

import re

__all__ = ["memory_bytes"]

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}


def memory_bytes(text: str) -> int | None:
    """Bytes of an amount with its unit; None where it is none.

    >>> memory_bytes("2GB"), memory_bytes("1.5 GiB"), memory_bytes("800m"), memory_bytes("2"), memory_bytes("GB")
    (2000000000, 1610612736, 800000000, None, None)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]I?)B?", text.strip().upper(), re.ASCII)
    return int(float(found[1]) * _UNITS[found[2]]) if found else None
