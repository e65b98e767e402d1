"""Months as notices name them, and how thin a month is when it is worth one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

__all__ = ["THIN", "named_months"]

THIN = 0.5
"""A month with fewer rows than this share of those beside it is likely not complete."""
_NAMED = 6
"""So many months are named one by one."""


def named_months(months: Sequence[date]) -> str:
    """The months, in their order; of many the first, the last and how many they are.

    >>> named_months([date(2024, 5, 1), date(2024, 6, 1)])
    '2024-05, 2024-06'
    >>> named_months([date(2024, month, 1) for month in range(1, 9)])
    '2024-01, 2024-02, 2024-03, 2024-04, 2024-05, 2024-06 ... 2024-08 (8)'
    """
    few = ", ".join(f"{month:%Y-%m}" for month in months[:_NAMED])
    return few if len(months) <= _NAMED else f"{few} ... {months[-1]:%Y-%m} ({len(months)})"
