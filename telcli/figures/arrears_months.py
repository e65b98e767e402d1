"""What is owed past due by month and age, and how much of it went on to older ages."""

from __future__ import annotations

from typing import Any

import polars as pl

__all__ = ["late_months"]

_GROUPS = {"late_30": ("1-30",), "late_90": ("31-60", "61-90"), "late_over": ("91-180", "181-365", "365+")}


def late_months(rolls: pl.DataFrame, ageing: pl.DataFrame | None, least: int) -> list[dict[str, Any]]:
    """One row per month: owed 1-30, 31-90 and over 90 days past due, and all of it; shares that rolled on.

    `rolled_due` is the share of what was not yet due at the month's beginning that fell due unpaid, `rolled_late` that
    of what was 1-30 days late that grew older. Nothing is told where fewer than `least` customers owe at one of the
    three ages in the month of the report.

    >>> from datetime import date
    >>> ages = ["0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+"]
    >>> rolls = pl.DataFrame({"month": [date(2024, 6, 1)] * 7, "bucket": ages, "closing": [90.0, 10, 5, 3, 2, 1, 0],
    ...     "roll_rate": [0.1, 0.5, None, None, None, None, None]})
    >>> people = pl.DataFrame({"dimension": ["all"] * 7, "bucket": ages, "customers": [30] * 7})
    >>> late_months(rolls, people, 10)[0]["late_90"], late_months(rolls, None, 10)
    (8.0, [])
    """
    if ageing is None or any(_owing(ageing, ages) < least for ages in _GROUPS.values()):
        return []
    rows = []
    for (month,), mine in rolls.sort("month", "bucket").group_by("month", maintain_order=True):
        closing = dict(mine.select("bucket", "closing").iter_rows())
        rate = dict(mine.select("bucket", "roll_rate").iter_rows())
        told = {name: sum(closing.get(age) or 0.0 for age in ages) for name, ages in _GROUPS.items()}
        shares = {"rolled_due": rate.get("0"), "rolled_late": rate.get("1-30")}
        rows.append({"month": f"{month:%Y-%m}", **told, "late": sum(told.values()), **shares})
    return rows


def _owing(ageing: pl.DataFrame, ages: tuple[str, ...]) -> int:
    """Customers that owe at one of these ages, at the least: some may owe at several."""
    found = ageing.filter((pl.col("dimension") == "all") & pl.col("bucket").is_in(ages))["customers"].drop_nulls()
    return int(found.max() or 0) if len(found) else 0  # type: ignore[arg-type]
