"""How a contract declares a column: its type, unit, meaning in English and Chinese, and what it is made of.

`source` names the subject tables that a computed column is made of, with commas between several; a column that came as
it stands has none.
"""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

__all__ = ["count", "day", "flag", "integer", "moment", "money", "month", "number", "share", "text"]


def _about(meaning: str, zh: str, unit: str = "", source: str = "") -> dict[str, Any]:
    return {"unit": unit, "meaning": meaning, "zh": zh, "source": source}


def text(
    meaning: str, zh: str, *, key: bool = False, need: bool = False, one_of: tuple[str, ...] = (), source: str = ""
) -> dy.String:
    """Text; `need` forbids null, `one_of` lists the only values allowed."""
    check = {"one_of": lambda column: column.is_in(list(one_of))} if one_of else None
    about = _about(meaning, zh, source=source)
    if key or need:
        return dy.String(nullable=False, primary_key=key, min_length=1, check=check, metadata=about)
    return dy.String(nullable=True, check=check, metadata=about)


def number(
    meaning: str,
    zh: str,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    need: bool = False,
    source: str = "",
) -> dy.Float64:
    """A finite float; `low` and `high` are inclusive."""
    return dy.Float64(nullable=not need, min=low, max=high, metadata=_about(meaning, zh, unit, source))


def money(meaning: str, zh: str, *, low: float | None = None, need: bool = False, source: str = "") -> dy.Float64:
    """An amount in the operator's currency; below a thousand million, so that a wrong unit is caught."""
    lowest = -1e9 if low is None else low
    return number(meaning, zh, "currency", low=lowest, high=1e9, need=need, source=source)


def share(meaning: str, zh: str, *, need: bool = False, source: str = "") -> dy.Float64:
    """A share or probability, 0..1."""
    return number(meaning, zh, "0..1", low=0.0, high=1.0, need=need, source=source)


def count(meaning: str, zh: str, unit: str = "count", *, need: bool = False, source: str = "") -> dy.Float64:
    """How many or how much, never negative; a float because averages and gaps are common in extracts."""
    return number(meaning, zh, unit, low=0.0, need=need, source=source)


def integer(
    meaning: str,
    zh: str,
    unit: str = "",
    *,
    key: bool = False,
    low: int | None = None,
    high: int | None = None,
    need: bool = False,
    source: str = "",
) -> dy.Int64:
    """A whole number."""
    about = _about(meaning, zh, unit, source)
    return dy.Int64(nullable=not (need or key), primary_key=key, min=low, max=high, metadata=about)


def flag(meaning: str, zh: str, *, need: bool = False, source: str = "") -> dy.Bool:
    """True or false."""
    return dy.Bool(nullable=not need, metadata=_about(meaning, zh, source=source))


def month(meaning: str, zh: str, *, key: bool = False, need: bool = True, source: str = "") -> dy.Date:
    """A month, as the date of its first day."""
    about = _about(meaning, zh, "month", source)
    return dy.Date(nullable=not need, primary_key=key, check={"first_day_of_month": _first_day}, metadata=about)


def day(meaning: str, zh: str, *, key: bool = False, need: bool = False, source: str = "") -> dy.Date:
    """A calendar date between 1900 and 2100; open ends such as 2999-12-31 are null."""
    return dy.Date(
        nullable=not (need or key),
        primary_key=key,
        check={"between_1900_and_2100": _in_memory},
        metadata=_about(meaning, zh, "date", source),
    )


def moment(meaning: str, zh: str, *, key: bool = False, need: bool = False, source: str = "") -> dy.Datetime:
    """A local date and time, to the microsecond."""
    return dy.Datetime(
        nullable=not (need or key),
        primary_key=key,
        time_unit="us",
        check={"between_1900_and_2100": _in_memory},
        metadata=_about(meaning, zh, "local time", source),
    )


def _first_day(column: pl.Expr) -> pl.Expr:
    return column.dt.day() == 1


def _in_memory(column: pl.Expr) -> pl.Expr:
    return column.dt.year().is_between(1900, 2100)
