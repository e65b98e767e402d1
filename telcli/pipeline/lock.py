"""One writer at a time: two cron jobs queue, or the second fails with code 6."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telcli.errors import BusyError

__all__ = ["exclusive"]

_POLL_SECONDS = 0.1


@contextmanager
def exclusive(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock file for the length of a block, waiting up to `wait` seconds for it.

    The lock is the kernel's (flock), so it ends with its process, however that ends: there are no stale locks.

    Raises
    ------
    BusyError
        Another process still holds it after `wait` seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _take(handle, path, time.monotonic() + wait)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise BusyError(
                    "workdir-busy",
                    "{workdir} is in use by process {pid}.",
                    hint="Wait for it to end, or give --wait SECONDS.",
                    workdir=str(path.parent),
                    pid=os.pread(handle, 20, 0).decode() or "unknown",
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return
