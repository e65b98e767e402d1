"""Folders for what must not outlive its use: gone when it ends, and where a process was killed, when another begins."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import finalize

__all__ = ["PREFIX", "Scratch", "scratch", "sweep"]

PREFIX = ".telcli-"
"""How such folders are called; a hidden name, so that no glob of an analyst takes what is in them for data."""
_TRIES = 10


class Scratch:
    """A folder of this process's own, at `path`, under `near`; with no `near`, where the system keeps temporary files.

    Only its owner may read it. It goes by `close`, or when nobody holds this any more. A lock of the kernel's tells
    that its process lives, however that may end: one without is left over, and the next one made beside it removes it.

    >>> with tempfile.TemporaryDirectory() as near:
    ...     one = Scratch(Path(near))
    ...     one.path.is_dir(), one.path.parent == Path(near)
    ...     one.close()
    ...     one.path.exists()
    (True, True)
    False
    """

    def __init__(self, near: Path | None = None) -> None:
        place = near or _temporary()
        sweep(place)
        self.path, handle = _made(place)
        self.close = finalize(self, _gone, self.path, handle)


@contextmanager
def scratch(near: Path | None = None) -> Iterator[Path]:
    """A `Scratch` for the length of a block: its path.

    >>> with scratch() as folder:
    ...     folder.is_dir()
    True
    >>> folder.exists()
    False
    """
    kept = Scratch(near)
    try:
        yield kept.path
    finally:
        kept.close()


def _temporary() -> Path:
    """Where temporary files are kept. `tempfile` would write one to see whether it can, and a kill leave it there."""
    named = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - what is made in it is of a name of its own, and private
    return Path(named if os.access(named, os.W_OK | os.X_OK) else tempfile.gettempdir())


def _made(place: Path) -> tuple[Path, int]:
    """A new folder, locked. Between its making and its locking another process may take it for left over: then anew."""
    for _ in range(_TRIES):
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            with suppress(OSError):  # some file systems lock no folders: then nobody can take it for left over either
                fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists():
                return path, handle
            os.close(handle)
    raise FileNotFoundError(f"{place}: temporary folders vanish as they are made")


def _gone(path: Path, handle: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(handle)


def sweep(place: Path) -> None:
    """Remove the folders under `place` of processes that are no more; those of other users are theirs.

    >>> with tempfile.TemporaryDirectory() as near:
    ...     left = Path(tempfile.mkdtemp(prefix=".telcli-", dir=near))
    ...     sweep(Path(near))
    ...     left.exists()
    False
    """
    for left in place.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is in use, has just gone, or cannot be told
            found = left.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
                _sweep_one(left)


def _sweep_one(left: Path) -> None:
    handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(handle)
