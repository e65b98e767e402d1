"""Months as whole numbers, so that they add and compare like numbers."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

__all__ = ["YEAR", "add_months", "date_at", "end_of_month", "index_at", "month_at", "month_index", "part_of_month"]

YEAR = 12
"""Months of one."""


def month_index(day: date) -> int:
    """Months since year 0 of the month that holds a day.

    >>> month_index(date(2024, 6, 30)) - month_index(date(2023, 6, 1))
    12
    """
    return day.year * 12 + day.month - 1


def month_at(index: int) -> date:
    """The first day of a month.

    >>> month_at(month_index(date(2024, 6, 30)))
    datetime.date(2024, 6, 1)
    """
    return date(index // 12, index % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The first day of a month `months` later.

    >>> add_months(date(2024, 11, 1), 3)
    datetime.date(2025, 2, 1)
    """
    return month_at(month_index(day) + months)


def end_of_month(day: date) -> date:
    """The last day of the month that holds a day.

    >>> end_of_month(date(2024, 2, 1)), end_of_month(date(2023, 12, 31))
    (datetime.date(2024, 2, 29), datetime.date(2023, 12, 31))
    """
    return add_months(day, 1) - timedelta(days=1)


def index_at(day: pl.Expr) -> pl.Expr:
    """`month_index` of a column of dates or local times; Int32, null stays null."""
    return day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1


def date_at(index: pl.Expr) -> pl.Expr:
    """`month_at` of a column of indices."""
    return pl.date(index // 12, index % 12 + 1, 1)


def part_of_month(day: pl.Expr) -> pl.Expr:
    """The share of its month that lies before a date: 0 on the first; 0.5 on 16 June."""
    return (day.dt.day().cast(pl.Float64) - 1.0) / day.dt.days_in_month().cast(pl.Float64)
