"""What the file system would not do, in a sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telcli.errors import TelcliError, UsageError
from telcli.io.refused import refusal

__all__ = ["storage_error", "storing", "why"]

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Tell of what the file system refuses within the block, whichever library met it; `path` is what was written to.

    Raises
    ------
    TelcliError
        It was refused.

    >>> with storing(Path("work")):
    ...     raise OSError(28, "")
    Traceback (most recent call last):
    ...
    telcli.errors.UsageError: There is no room left for work; nothing was changed.
    """
    try:
        yield
    except TelcliError:
        raise
    except Exception as error:
        refused = refusal(error)
        if refused is None and not isinstance(error, OSError):
            raise
        raise storage_error(path, refused or OSError()) from error


def storage_error(path: Path, error: OSError) -> TelcliError:
    """Say in a sentence what the file system would not do.

    >>> storage_error(Path("work"), PermissionError(13, "")).code
    'workdir-unwritable'
    """
    if error.errno in FULL:
        return UsageError(
            "disk-full",
            "There is no room left for {workdir}; nothing was changed.",
            hint="Free some space and run the same command again.",
            workdir=str(path),
        )
    return UsageError(
        "workdir-unwritable",
        "{workdir} cannot be written: {why}.",
        hint="Choose another directory with -w, or change its permissions.",
        workdir=str(path),
        why=why(error),
    )


def why(error: OSError) -> str:
    """What the system says of an error, in the words of the C library.

    >>> why(OSError(28, "full"))
    'No space left on device'
    """
    return os.strerror(error.errno) if error.errno else type(error).__name__
