"""What the operating system refused, whoever tells it: polars and others put it in words, without its number."""

from __future__ import annotations

import re

from telcli.errors import TelcliError

__all__ = ["refusal"]

_NUMBER = re.compile(r"\(os error (\d+)\)|\[Errno (\d+)\]")


def refusal(error: BaseException | None) -> OSError | None:
    """The refusal that an error is, or that it came of; None where it came of none.

    >>> refusal(OSError("No space left on device (os error 28): /a")).errno
    28
    >>> refusal(ValueError("28")) is None
    True
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen and not isinstance(error, TelcliError):
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno:
            return error
        if number := _NUMBER.search(str(error)):
            import os

            code = int(number[1] or number[2])
            return OSError(code, os.strerror(code))
        error = error.__cause__ or error.__context__
    return None
