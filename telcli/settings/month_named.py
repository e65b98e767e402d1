"""A month as it is typed."""

from __future__ import annotations

import re
from datetime import date

from telcli.errors import UsageError

__all__ = ["month"]


def month(given: str | None, option: str = "--as-of") -> date | None:
    """Read YYYY-MM, also written YYYYMM or YYYY/MM, as the first day of that month.

    >>> month("2024-06") == month("202406") == month("2024/06")
    True
    """
    if given is None:
        return None
    found = re.fullmatch(r"(\d{4})[-/]?(\d{2})", given, re.ASCII)
    if not found or not (1900 <= int(found[1]) <= 2100 and 1 <= int(found[2]) <= 12):
        raise UsageError(
            "as-of-invalid",
            "{option} must be a month such as 2024-06, not {value}.",
            hint="Write the year and the month alone: {option} 2024-06",
            option=option,
            value=repr(given),
        )
    return date(int(found[1]), int(found[2]), 1)
