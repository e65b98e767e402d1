"""Rules of the operator's own, read; what is wrong with one is told in a sentence that names it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import polars as pl

from telcli.errors import UsageError
from telcli.tables.condition import ConditionError, asks_clock, condition

__all__ = ["GROUPS", "OFFERS", "STARS", "equated", "read", "unfit"]

GROUPS, STARS, OFFERS = "segment.rules", "score-value.stars", "plan-retention.offers"
"""Sections of telcli.toml that hold rules."""
_RULE = "telcli.toml: the rule {own} in [{section}] "
_AS_SQL = "Write it as in SQL, text in single quotes: age < 25 AND region = 'North'"
_UNFIT = {
    "types": (
        "rule-types",
        _RULE + "compares things of different types: {text}",
        "{types}Text and days go in single quotes, numbers do not: region = 'North', joined_on >= '2024-05', age < 25",
    ),
    "no-condition": (
        "rule-no-condition",
        _RULE + "is not something true or false of each customer: {text}",
        "Write it as in SQL, and name a column: age < 25 AND region = 'North'",
    ),
    "subquery": (
        "rule-subquery",
        _RULE + "asks other rows with SELECT: {text}",
        "Name columns alone; those of subscriptions may stand beside the customer's own.",
    ),
    "pattern": (
        "rule-pattern",
        _RULE + "holds a pattern that is no regular expression: {text}",
        "Signs such as ( and [ go after a \\; LIKE '%text%' needs no pattern.",
    ),
    "long": (
        "rule-long",
        _RULE + "is longer than is read: 100,000 letters, and 300 words such as AND, OR and =.",
        "Many values go in one list: region IN ('North', 'South')",
    ),
    "day": (
        "rule-day",
        _RULE + "names a day that there is not, {part}: {text}",
        "Write days as '2024-05-31' and months as '2024-05'.",
    ),
    "flag": (
        "rule-flag",
        _RULE + "compares a column that is true or false with {part}: {text}",
        "Write moved or NOT moved, or compare with 'yes' or 'no'. {types}",
    ),
    "clock": (
        "rule-clock",
        _RULE + "asks the time of the run by {part}, and would find others every day: {text}",
        "Write the day: joined_on >= '2024-05-01'",
    ),
    "fails": (
        "rule-fails",
        _RULE + "cannot be worked out of every customer: {text}",
        "A value that does not fit is null with cast(region as int).",
    ),
    "wide-sign": (
        "rule-wide-sign",
        _RULE + "cannot be read, {part} is not a sign of ASCII: {text}",
        "Signs and quotes are those of ASCII: age < 25 AND region = 'North'",
    ),
    "unreadable": ("rule-unreadable", _RULE + "cannot be read as a condition: {text}", _AS_SQL),
}
_TEXT = re.compile(r"'(?:[^']|'')*'")
_COLUMN = r'(?:\w+|"[^"]+")'
_EQUATED = re.compile(
    rf"(?P<column>{_COLUMN})\s*==?\s*(?P<text>{_TEXT.pattern})"
    rf"|(?P<first>{_TEXT.pattern})\s*==?\s*(?P<last>{_COLUMN})(?!\s*\()"
    rf"|(?<!\w)(?P<of_list>(?!not\s){_COLUMN})\s+in\s*\((?P<list>[^()]*)\)",
    re.IGNORECASE,
)
_TABLES = ("customer_months", "customers", "subscriptions", "customer_views", "views", "value_scores")
_COLUMNS = {
    GROUPS: "customer_months, customers (and age), subscriptions and customer_views",
    STARS: "value_scores, customer_months and customers",
    OFFERS: "the plan, customer_months, customers (and age), customer_views, value_scores and churn_scores",
}


def read(section: str, name: str, text: str, schema: pl.Schema) -> pl.Expr:
    """A rule as an expression; `schema` holds every column that it may name.

    Raises
    ------
    UsageError
        It cannot be meant; the sentence names the rule and its section.

    >>> str(read(STARS, "five", "score >= 80", pl.Schema({"score": pl.Float64()})))
    '[(col("score")) >= (dyn int: 80)]'
    """
    if clock := asks_clock(text):
        raise unfit(section, name, text, ConditionError("clock", part=clock), schema)
    try:
        return condition(text, schema)
    except ConditionError as error:
        raise unfit(section, name, text, error, schema) from None


def equated(text: str) -> list[tuple[str, str]]:
    """Columns that a condition asks to be equal to a text, with it, in the order of the condition.

    >>> equated("value_tier = 'Gold' OR region IN ('North', 'South') AND fee > 5 AND lower(city) = 'x'")
    [('value_tier', 'Gold'), ('region', 'North'), ('region', 'South')]
    >>> equated("'it''s' = note AND region NOT IN ('North')")
    [('note', "it's")]
    """
    found = []
    for at in _EQUATED.finditer(text):
        texts = [at["text"] or at["first"]] if at["list"] is None else _TEXT.findall(at["list"])
        column = (at["column"] or at["last"] or at["of_list"]).strip('"')
        found += [(column, one[1:-1].replace("''", "'")) for one in texts]
    return found


def unfit(section: str, name: str, text: str, error: ConditionError, schema: pl.Schema) -> UsageError:
    """The error of one rule of a section; `schema` holds every column that it may name."""
    if error.why == "column":
        return UsageError(
            "rule-column-unknown",
            _RULE + "names {column}, which is no column.",
            hint="{near}",
            own=name,
            section=section,
            column=error.column,
            near=_near(error.column, schema.names(), _COLUMNS[section]),
        )
    code, template, hint = _UNFIT[error.why]
    types = _types(text, schema)
    return UsageError(code, template, hint=hint, own=name, section=section, text=text, part=error.part, types=types)


def _near(column: str, columns: Sequence[str], tables: str) -> str:
    """What was meant, perhaps.

    >>> _near("aeg", ["age", "region"], "customers"), _near("customers", ["age", "customer_id"], "customers")[:42]
    ('Did you mean age? Text goes in single quotes.', 'Columns are named without their table: age')
    """
    if column in _TABLES:
        return f"Columns are named without their table: age, not {column}.age."
    by_small = {one.lower(): one for one in columns}
    near = [by_small[one] for one in difflib.get_close_matches(column.lower(), by_small, n=3)]
    if near:
        return f"Did you mean {', '.join(near)}? Text goes in single quotes."
    return f"Text goes in single quotes; columns are those of {tables}."


def _types(text: str, schema: pl.Schema) -> str:
    """The columns of a rule with their types, where it can be read at all.

    >>> _types("age < 'x'", pl.Schema({"age": pl.Int64()}))
    'age Int64. '
    """
    try:
        named = pl.sql_expr(text).meta.root_names()
    except pl.exceptions.PolarsError:
        return ""
    told = [f"{name} {schema[name]}" for name in dict.fromkeys(named) if name in schema]
    return f"{', '.join(told)}. " if told else ""
