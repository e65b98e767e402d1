"""One writer at a time: two cron jobs queue, or the second fails with code 6.

The lock is the kernel's (flock): it ends with its process, however that ends, so there are no stale locks. What stands
in the lock file only names who holds it; what a dead process left there is not believed, be its number taken again.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from telcli.errors import BusyError
from telcli.pipeline.lock_holder import Holder, own_holder, read_holder
from telcli.pipeline.lock_place import elsewhere, no_locks, refuse_doubtful

__all__ = ["exclusive", "held_by"]

_POLL_SECONDS = 0.1
_NONE = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What a file system says that has no locks."""
_OPEN: set[int] = set()
"""Handles of the locks that this process holds."""


def _let_go() -> None:
    """A copy of the process that was forked off holds no lock: it would keep the directory locked beyond its parent."""
    while _OPEN:
        with suppress(OSError):
            os.close(_OPEN.pop())


os.register_at_fork(after_in_child=_let_go)


@contextmanager
def exclusive(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock file for the length of a block, waiting up to `wait` seconds for it.

    Raises
    ------
    BusyError
        Another process still holds it after `wait` seconds.
    UsageError
        The file system has no locks, or none that other machines see, and nothing says that one machine alone writes.
    """
    refuse_doubtful(path)
    deadline = time.monotonic() + wait
    handle = _taken(path, deadline)
    if handle is None:
        handle = _taken(elsewhere(path), deadline)
    if handle is None:
        raise no_locks(path)
    owner = os.getpid()
    _OPEN.add(handle)
    try:
        _write(handle, own_holder().to_text())
        yield
    finally:
        if os.getpid() == owner and handle in _OPEN:
            with suppress(OSError):
                os.ftruncate(handle, 0)
            _OPEN.discard(handle)
            os.close(handle)


def held_by(path: Path) -> Holder | None:
    """Who holds the lock of a working directory now; None where nobody does, or where it cannot be told.

    >>> held_by(Path("nowhere/.lock")) is None
    True
    """
    found = read_holder(path)
    return found if found is not None and found.lives() else None


def _write(handle: int, text: str) -> None:
    with suppress(OSError):  # it only names the holder: a full disk is told where it matters
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)


def _taken(path: Path, deadline: float) -> int | None:
    """The handle of the lock file once it is locked; None where the file system knows no locks."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _take(handle, path, deadline)
    except OSError as error:
        os.close(handle)
        if error.errno in _NONE:
            return None
        raise
    except BaseException:
        os.close(handle)
        raise
    return handle


def _take(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise _busy(path) from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def _busy(path: Path) -> BusyError:
    """Name the holder; where what the file says is of a process that is no more, say no more than is known."""
    found = held_by(path)
    if found is None:
        time.sleep(_POLL_SECONDS)  # whoever has just taken it is about to write who it is
        found = held_by(path)
    hint = "Wait for it to end, or give --wait SECONDS."
    if found is None:
        return BusyError(
            "workdir-busy-unnamed", "{workdir} is in use by another process.", hint=hint, workdir=str(path.parent)
        )
    return BusyError(
        "workdir-busy",
        "{workdir} is in use by {command} (process {pid} on {host}, since {since}).",
        hint=hint,
        workdir=str(path.parent),
        command=found.command,
        pid=found.pid,
        host=found.host,
        since=found.since,
    )
