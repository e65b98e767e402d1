"""Keep what a solver's own library prints away from standard output, which is for data."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["quiet"]

_STDOUT = 1


@contextmanager
def quiet() -> Iterator[None]:
    """Let nothing that compiled code prints inside reach standard output.

    HiGHS 1.12 prints a line of its own when it repairs a solution, whatever its options say
    (github.com/ERGO-Code/HiGHS/issues/2783). Does nothing where standard output is closed.

    >>> with quiet():
    ...     _ = os.write(1, b"not seen")
    """
    sys.stdout.flush()
    try:
        kept = os.dup(_STDOUT)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    _flush_compiled()
    os.dup2(nowhere, _STDOUT)
    try:
        yield
    finally:
        # The library's line waits in a buffer of its own, and would come out later.
        _flush_compiled()
        os.dup2(kept, _STDOUT)
        os.close(kept)
        os.close(nowhere)


def _flush_compiled() -> None:
    """Empty the buffers of the C library; where it cannot be called by name, they are left."""
    with suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).fflush(None)
