"""Published files as a reader without the lock takes them: looked at cheaply, and held open."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from telcli.pipeline.provenance import Part

__all__ = ["pinned", "same_size"]

_HELD: dict[tuple[int, int, int], Path] = {}
"""Files held open by device, inode and time of change, so that one that is read again and again is held once."""


def same_size(place: Path, part: Part) -> bool:
    """A cheap look that a file is there and plausibly the one published."""
    try:
        return place.is_file() and place.stat().st_size == part.bytes
    except OSError:  # it went in between, or may not be looked at
        return False


def pinned(place: Path) -> Path:
    """The open file itself, where the system names those (Linux): it stays what it is when its name is given away."""
    handle = _opened(place)
    found = os.fstat(handle)
    state = (found.st_dev, found.st_ino, found.st_ctime_ns)
    own = Path(f"/proc/self/fd/{handle}")
    if state in _HELD or not own.exists():
        os.close(handle)
        return _HELD.get(state, place)
    _HELD[state] = own
    return own


def _opened(place: Path) -> int:
    """Open a file, asking for leave to hold more open where there are as many as are usual."""
    flags = os.O_RDONLY | os.O_CLOEXEC
    try:
        return os.open(place, flags)
    except OSError as error:
        if error.errno != errno.EMFILE or not _more():
            raise
    return os.open(place, flags)


def _more() -> bool:
    """Raise the number of files that may be open to the highest that this user may ask for."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True
