"""The SHA-256 of files, each read once however often it is asked for while it stays as it is."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest
from pathlib import Path

__all__ = ["sha256_of", "sha256_of_each"]

State = tuple[int, ...]
_KNOWN: dict[State, str] = {}
"""Digests by what tells a file that was changed from the one that was read: device, inode, size and times."""
_MOST = 1 << 16
_SETTLED = 100_000_000
"""Nanoseconds: a file changed so shortly before could be changed again within one tick of the file system's clock."""
_AT_ONCE = 4


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes, in flat memory.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "a"
    >>> _ = place.write_bytes(b"abc")
    >>> sha256_of(place)[:8]
    'ba7816bf'
    """
    with path.open("rb") as file:
        state = _state(file.fileno())
        known = _KNOWN.get(state)
        if known is not None:
            return known
        found = file_digest(file, "sha256").hexdigest()
        if _state(file.fileno()) == state and time.time_ns() - max(state[3:]) > _SETTLED:
            if len(_KNOWN) >= _MOST:
                _KNOWN.clear()
            _KNOWN[state] = found
    return found


def sha256_of_each(paths: Sequence[Path]) -> list[str]:
    """Digests of several files, some at a time: hashing leaves other threads their processors.

    >>> sha256_of_each([])
    []
    """
    if len(paths) < 2:
        return [sha256_of(path) for path in paths]
    with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1, len(paths))) as pool:
        return list(pool.map(sha256_of, paths))


def _state(handle: int) -> State:
    found = os.fstat(handle)
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
