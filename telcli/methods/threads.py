"""Limits on the threads of the libraries below, without looking for those libraries each time."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["threads"]


def threads(most: int, kind: str | None = None) -> AbstractContextManager[Any]:
    """No more than `most` threads within, of libraries of a kind, ``"blas"`` or ``"openmp"``, or of all.

    >>> import numpy as np
    >>> with threads(1, "blas"):
    ...     float(np.ones(3) @ np.ones(3))
    3.0
    """
    limited: AbstractContextManager[Any] = _found(len(sys.modules)).limit(limits=most, user_api=kind)
    return limited


@lru_cache(1)
def _found(modules: int) -> ThreadpoolController:
    """The libraries loaded; they are looked for again after an import, which may have brought another.

    `threadpool_limits` looks for them at every call, longer than many a piece of work takes that it is put around.
    """
    return ThreadpoolController()
