"""Conditions as in SQL over the columns of a table, tried on no rows, so that what is wrong is known early."""

from __future__ import annotations

import difflib
import re
from datetime import date

import polars as pl

from telcli.tables.file_names import not_utf8

__all__ = ["ConditionError", "asks_clock", "condition"]

_CAST = re.compile(
    r"'[^']*'|(?P<cast>(?<![\w.])cast\s*\()|(?P<value>\"[^\"]*\"|\w+)\s*::\s*(?P<kind>\w+)|\"[^\"]*\"", re.I
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_CLOCK = re.compile(r"(?i)(?<![\w.])(?:current_(?:date|time|timestamp)|localtime(?:stamp)?|now(?=\s*\())(?!\w)")
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w.])(?P<name>[^\W\d]\w*)(?!\w|\s*\()")
_SUBQUERY = re.compile(r"\(\s*select\b", re.IGNORECASE)
_WIDE = re.compile("[＜＞＝≤≥≠（）‘’“”＂＇，％]")
_DATE = re.compile(r"'(\d{4}-\d{2})(-\d{2})?'")
_OF_DAYS = (
    r"(?i)(?<![\w.'])(?:{names})\s*(?:[<>=!]=?\s*\d+|<>\s*\d+|(?:not\s+)?between\s+\d+\s+and\s+\d+"
    r"|(?:not\s+)?in\s*\(\s*\d+(?:\s*,\s*\d+)*\s*\))"
)
_NUMBER = re.compile(r"(?<![\w'])\d+(?![\w'])")
_MONTH = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?")

_DIGITS_OF_DAYS = (6, 8)

MOST_SIGNS = 100_000
"""Letters of one condition."""
MOST_WORDS = 300
"""Operators in one condition: each nests in the one before, and polars looks at them in the cube of their number."""
_OPERATOR = re.compile(r"(?i)\b(?:and|or|xor|div)\b|\|\||[-+*/%&|^~]|[<>=!]+")

_TEXT = r"'(?:[^']|'')*'"
_VALUE = rf"(?:{_TEXT}|\d+(?:\.\d+)?)"
_OF_FLAGS = (
    rf"(?<![\w.\"'])(?P<first>{_VALUE})(?P<is>\s*(?:=|==|!=|<>)\s*)(?P<last>(?:{{names}})(?![\w(]))"
    rf"|{_TEXT}"
    rf"|(?<![\w.\"'])(?P<column>{{names}})(?P<op>\s*(?:==?|!=|<>|<=?|>=?|\s(?i:(?:not\s+)?(?:like|ilike|between)))\s*)"
    rf"(?P<value>{_VALUE})"
    rf"|(?<![\w.\"'])(?P<of_list>(?:{{names}})\s+(?i:not\s+)?(?i:in)\s*)\((?P<list>\s*{_VALUE}(?:\s*,\s*{_VALUE})*)\s*\)"
)
_EACH = re.compile(_VALUE)
_EQUAL = ("=", "==", "!=", "<>")
_FLAGS = {
    **dict.fromkeys(("yes", "true", "t", "y", "1", "是", "有"), "true"),
    **dict.fromkeys(("no", "false", "f", "n", "0", "否", "无"), "false"),
}
"""What is written for yes and no."""


class ConditionError(Exception):
    """A condition cannot be meant.

    `why` is ``unreadable``, ``no-condition`` (not true or false of each row), ``types``, ``subquery`` (SELECT in it),
    ``pattern`` (no regular expression), ``long``, ``day``, ``flag`` or ``wide-sign``: `part` is what is no day, what a
    column of yes and no cannot be compared with, or a sign that is not of ASCII; or ``column``: there is no such
    `column`; `near` is one that is called much like it, or empty.
    """

    def __init__(self, why: str, column: str = "", near: str = "", part: str = "") -> None:
        self.why, self.column, self.near, self.part = why, column, near, part
        super().__init__(why)


def condition(where: str, schema: pl.Schema) -> pl.Expr:
    """Read a condition over columns, such as ``amount > 100 AND kind = 'total'``.

    Where types do not fit, texts that look like dates are read as dates, and numbers that are compared with a day as
    the day they mean: ``month >= '2024-05'`` and ``month >= 202405`` mean what they say; so does ``moved = 'yes'`` of a
    column that is true or false. What cannot be cast is null.

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
    if not_utf8(where):
        raise ConditionError("unreadable")  # bytes of a command line that are no UTF-8
    plain = _QUOTED.sub("''", where)
    if len(where) > MOST_SIGNS or sum(1 for _ in _OPERATOR.finditer(plain)) > MOST_WORDS:
        raise ConditionError("long")
    if _SUBQUERY.search(plain):
        raise ConditionError("subquery")
    where = _CAST.sub(_as_try, _with_flags(_with_days(where, empty), empty))
    try:
        found, tried = _tried(where, empty)
    except pl.exceptions.PolarsError:
        try:
            found, tried = _tried(_DATE.sub(_as_date, where), empty)
        except pl.exceptions.PolarsError as error:
            raise ConditionError("pattern" if "regex" in str(error) else "types") from None
    if tried.dtypes != [pl.Boolean] or tried.height:
        raise ConditionError("no-condition")
    return found


def asks_clock(where: str) -> str:
    """The word by which a condition asks the time of the run; empty where it asks none.

    >>> asks_clock("joined_on < CURRENT_DATE"), asks_clock("name = 'now()'")
    ('current_date', '')
    """
    found = _CLOCK.search(_QUOTED.sub("''", where))
    return found[0].lower() if found else ""


def _tried(where: str, empty: pl.DataFrame) -> tuple[pl.Expr, pl.DataFrame]:
    """The condition, and what it gives of no rows."""
    found = _parsed(where, empty)
    return found, empty.lazy().select(found).collect()


def _as_try(found: re.Match[str]) -> str:
    if found["cast"]:
        return "try_cast("
    return f"try_cast({found['value']} as {found['kind']})" if found["kind"] else found[0]


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
            raise ConditionError("day" if len(found[0]) in _DIGITS_OF_DAYS else "types", part=found[0])
        return f"'{told[1]}-{told[2]}-{told[3] or '01'}'"

    return re.sub(_OF_DAYS.format(names="|".join(names)), lambda found: _NUMBER.sub(day, found[0]), where)


def _with_flags(where: str, empty: pl.DataFrame) -> str:
    """The condition with yes and no, in either language, as true and false where a column of these is compared.

    Any other text would be compared with the words true and false, and finds nobody, or everybody.
    """
    flags = sorted((name for name, kind in empty.schema.items() if kind == pl.Boolean), key=len, reverse=True)
    if not flags:
        return where
    names = "|".join(f'{re.escape(name)}(?!\\w)|"{re.escape(name)}"' for name in flags)

    def meant(found: re.Match[str]) -> str:
        if found["first"]:
            return f"{_flag(found['first'])}{found['is']}{found['last']}"
        if found["of_list"]:
            return f"{found['of_list']}({_EACH.sub(lambda value: _flag(value[0]), found['list'])})"
        if found["column"]:
            if found["op"].strip() not in _EQUAL:
                raise ConditionError("flag", part=found["value"].strip("'"))
            return f"{found['column']}{found['op']}{_flag(found['value'])}"
        return found[0]

    return re.sub(_OF_FLAGS.format(names=names), meant, where)


def _flag(value: str) -> str:
    """True or false, as SQL has it, for what is written for it."""
    word = value.strip("'").strip()
    if word.lower() not in _FLAGS:
        raise ConditionError("flag", part=word)
    return _FLAGS[word.lower()]


def _as_date(found: re.Match[str]) -> str:
    day = f"{found[1]}{found[2] or '-01'}"
    try:
        date.fromisoformat(day)
    except ValueError:
        raise ConditionError("day", part=found[0].strip("'")) from None
    return f"DATE '{day}'"


def _parsed(where: str, empty: pl.DataFrame) -> pl.Expr:
    try:
        found, roots = _read(where, empty)
    except pl.exceptions.PolarsError:
        _DATE.sub(_as_date, where)  # refuses what is no day
        wide = _WIDE.search(_QUOTED.sub("''", where))
        raise ConditionError("wide-sign" if wide else "unreadable", part=wide[0] if wide else "") from None
    for name in roots:
        if name not in empty.columns:
            raise ConditionError("column", name, next(iter(difflib.get_close_matches(name, empty.columns, n=1)), ""))
    return found


def _read(where: str, empty: pl.DataFrame) -> tuple[pl.Expr, list[str]]:
    """The condition and the columns that it names; those that are words of SQL too need no quotes."""
    try:
        found = pl.sql_expr(where)
        return found, found.meta.root_names()
    except pl.exceptions.PolarsError:
        quoted = _WORD.sub(lambda word: f'"{word[0]}"' if word["name"] in empty.columns else word[0], where)
        if quoted == where:
            raise
        found = pl.sql_expr(quoted)
        return found, found.meta.root_names()
