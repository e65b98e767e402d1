"""Typed values of workbooks, Parquet files and databases as the text that every raw table is made of.

Whole numbers lose their ``.0``; dates are ISO text; what has more than 15 digits was a float and has lost some of them,
so it is written in scientific form, which no reader of identifiers accepts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

__all__ = ["as_text", "duration", "number_text", "typed_text"]

_EXACT = 1e15
"""A spreadsheet keeps 15 digits of a number."""


def as_text(values: Sequence[Any]) -> pl.Series:
    """One column of Python values as text; None and blank text are null.

    >>> as_text(["a", " ", None, 12.0, True, date(2024, 1, 2), 110101199003072316.0]).to_list()
    ['a', None, None, '12', 'true', '2024-01-02', '1.1010119900307232E+17']
    """
    plain = [None if value is None or value == "" or (type(value) is str and value.isspace()) else value
             for value in values]  # fmt: skip
    kinds = {type(value) for value in plain} - {type(None)}
    if kinds <= {str}:
        return pl.Series(plain, dtype=pl.String)
    if kinds == {float}:
        return pl.Series(plain, dtype=pl.Float64).to_frame("v").select(number_text(pl.col("v"))).to_series()
    return pl.Series([None if value is None else _one(value) for value in plain], dtype=pl.String)


def number_text(number: pl.Expr) -> pl.Expr:
    """Floats as text: whole ones without ``.0``, those of more than 15 digits in scientific form, NaN as null.

    >>> pl.select(number_text(pl.Series([12.0, 12.5, 1e17, float("nan")]).implode().explode())).to_series().to_list()
    ['12', '12.5', '1E+17', None]
    """
    whole = number.is_finite() & (number == number.round(0)) & (number.abs() < _EXACT)
    large = number.is_finite() & (number.abs() >= _EXACT)
    scientific = number.cast(pl.String).str.replace(r"\.0e|e", "e").str.replace(r"e\+?(\d)", "E+$1")
    return (
        pl.when(whole)
        .then(number.cast(pl.Int64, strict=False).cast(pl.String))
        .when(large)
        .then(scientific)
        .when(number.is_finite())
        .then(number.cast(pl.String))
    )


def typed_text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """A typed column of polars as text."""
    if isinstance(kind, pl.Float32 | pl.Float64):
        return number_text(column.cast(pl.Float64))
    if isinstance(kind, pl.Datetime):
        zone = "%:z" if kind.time_zone else ""
        return column.dt.to_string(f"%Y-%m-%d %H:%M:%S%.f{zone}")
    if isinstance(kind, pl.Duration):
        return column.map_elements(duration, return_dtype=pl.String)
    if isinstance(kind, pl.Time):
        return column.dt.to_string("%H:%M:%S%.f")
    return column.cast(pl.String)


def duration(length: timedelta) -> str:
    """Hours, minutes and seconds, as a spreadsheet shows them.

    >>> duration(timedelta(hours=30, seconds=5))
    '30:00:05'
    """
    seconds = round(length.total_seconds())
    sign, seconds = "-" if seconds < 0 else "", abs(seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _one(value: Any) -> str | None:
    written = _WRITTEN.get(type(value))
    return written(value) if written else str(value)


def _float(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    if abs(value) >= _EXACT:
        return _scientific(value)
    return str(int(value)) if value == int(value) else repr(value)


def _scientific(value: float) -> str:
    if "e" in repr(value):
        return repr(value).upper()
    sign, digits = "-" if value < 0 else "", repr(abs(value)).removesuffix(".0")
    return f"{sign}{digits[0]}.{digits[1:]}".rstrip("0").rstrip(".") + f"E+{len(digits) - 1}"


def _moment(value: datetime) -> str:
    return value.isoformat(sep=" ")


_WRITTEN: Mapping[type, Callable[[Any], str | None]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _float,
    datetime: _moment,
    date: date.isoformat,
    time: lambda value: value.isoformat("seconds"),
    timedelta: duration,
    bytes: lambda value: value.decode("utf-8", errors="replace"),
}
