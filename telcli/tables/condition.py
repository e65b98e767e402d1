"""Conditions as in SQL over the columns of a table, tried on no rows, so that what is wrong is known early."""

from __future__ import annotations

import difflib
import re

import polars as pl

__all__ = ["ConditionError", "condition"]

_CAST = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w.])(cast)\s*\(", re.IGNORECASE)
_DATE = re.compile(r"'(\d{4}-\d{2})(-\d{2})?'")
_OF_DAYS = (
    r"(?i)(?<![\w.'])(?:{names})\s*(?:[<>=!]=?\s*\d+|<>\s*\d+|(?:not\s+)?between\s+\d+\s+and\s+\d+"
    r"|(?:not\s+)?in\s*\(\s*\d+(?:\s*,\s*\d+)*\s*\))"
)
_NUMBER = re.compile(r"(?<![\w'])\d+(?![\w'])")
_MONTH = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?")


class ConditionError(Exception):
    """A condition cannot be meant.

    `why` is ``unreadable``, ``no-condition`` (not true or false of each row), ``types``, or ``column``: there is no
    such `column`; `near` is one that is called much like it, or empty.
    """

    def __init__(self, why: str, column: str = "", near: str = "") -> None:
        self.why, self.column, self.near = why, column, near
        super().__init__(why)


def condition(where: str, schema: pl.Schema) -> pl.Expr:
    """Read a condition over columns, such as ``amount > 100 AND kind = 'total'``.

    Where types do not fit, texts that look like dates are read as dates, and numbers that are compared with a day as
    the day they mean: ``month >= '2024-05'`` and ``month >= 202405`` mean what they say. What cannot be cast is null.

    Raises
    ------
    ConditionError
        It cannot be read, or not as a condition over these columns.

    >>> frame = pl.DataFrame({"amount": [90.0, 120.0]})
    >>> frame.filter(condition("amount > 100", frame.schema)).rows()
    [(120.0,)]
    >>> names = pl.DataFrame({"region": ["5", "North"]})
    >>> names.filter(condition("cast(region as int) > 3", names.schema)).rows()
    [('5',)]
    """
    empty = pl.DataFrame(schema=schema)
    where = _CAST.sub(lambda one: one[0] if one[1] is None else "try_cast(", _with_days(where, empty))
    try:
        found = _parsed(where, empty)
        tried = empty.lazy().select(found).collect()
    except pl.exceptions.PolarsError:
        try:
            found = _parsed(_DATE.sub(_as_date, where), empty)
            tried = empty.lazy().select(found).collect()
        except pl.exceptions.PolarsError:
            raise ConditionError("types") from None
    if tried.dtypes != [pl.Boolean] or tried.height:
        raise ConditionError("no-condition")
    return found


def _with_days(where: str, empty: pl.DataFrame) -> str:
    """The condition with numbers that are compared with a day as the days they mean: 202404, 20240401.

    Any other number would be taken for days since 1970, and finds nothing.
    """
    names = [re.escape(name) for name, kind in empty.schema.items() if kind.is_temporal()]
    if not names:
        return where

    def day(found: re.Match[str]) -> str:
        told = _MONTH.fullmatch(found[0])
        if told is None:
            raise ConditionError("types")
        return f"'{told[1]}-{told[2]}-{told[3] or '01'}'"

    return re.sub(_OF_DAYS.format(names="|".join(names)), lambda found: _NUMBER.sub(day, found[0]), where)


def _as_date(found: re.Match[str]) -> str:
    return f"DATE '{found[1]}{found[2] or '-01'}'"


def _parsed(where: str, empty: pl.DataFrame) -> pl.Expr:
    try:
        found = pl.sql_expr(where)
        roots = found.meta.root_names()
    except pl.exceptions.PolarsError:
        raise ConditionError("unreadable") from None
    for name in roots:
        if name not in empty.columns:
            raise ConditionError("column", name, next(iter(difflib.get_close_matches(name, empty.columns, n=1)), ""))
    return found
