"""The SHA-256 of a file, read once however often it is asked for while the file stays as it is."""

from __future__ import annotations

from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

__all__ = ["sha256_of"]


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "a"
    >>> _ = place.write_bytes(b"abc")
    >>> sha256_of(place)[:8]
    'ba7816bf'
    """
    found = path.stat()
    return _digest(path.resolve(), (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino))


@lru_cache(maxsize=4096)
def _digest(path: Path, state: tuple[int, ...]) -> str:
    """`state` tells a file that was changed from the one whose digest is known."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
