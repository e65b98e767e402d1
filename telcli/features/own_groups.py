"""Groups of the operator's own: a name and a condition each, as campus = "age < 25 AND plan_id LIKE '%校园%'"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from telcli.errors import UsageError
from telcli.features.own_rules import GROUPS, read, unfit
from telcli.features.touches import live_lines
from telcli.tables import contract
from telcli.tables.condition import ConditionError

__all__ = ["check_rules", "own_groups"]

Tables = Mapping[str, pl.LazyFrame]
_NO_VIEWS = ("customer_id", "as_of", "own_groups")
_LINES = "subscriptions"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ACROSS = re.compile(
    r"(?i)(?<![\w.])(avg|mean|sum|count|min|max|median|mode|first|last|any_value|first_value|last_value|nth_value"
    r"|approx_count_distinct|std\w*|var\w*|quantile\w*|percentile\w*|corr|covar\w*|array_agg|string_agg|bool_\w+"
    r"|rank|dense_rank|percent_rank|cume_dist|row_number|ntile|lag|lead|over)\s*\("
)


def check_rules(rules: Mapping[str, str], tables: Tables, as_of: date) -> None:
    """Read every rule, before anything is computed.

    Raises
    ------
    UsageError
        A rule cannot be read, names a column that there is not, or asks a mean or the like beside a column of lines;
        the sentence names the rule.
    """
    if rules:
        _conditions(rules, _sources(tables, as_of))


def own_groups(rules: Mapping[str, str], tables: Tables, views: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A column per rule, in the order of their names: whether it holds of each customer of `views`, row by row.

    Null is where it cannot be told of a customer, because a column that it names is not known.

    Conditions are over customer_months of the month, customers, the views, subscriptions and `age` (the year of the
    snapshot less that of birth). One that names a column of subscriptions holds of a customer where it holds of one
    line that lives at the end of the month. A mean in any other is that of the customers of `views`, each once,
    whatever other rules name.

    Raises
    ------
    UsageError
        A rule cannot be meant, or not of the values that there are.

    >>> customers = pl.LazyFrame({"customer_id": ["a", "b"], "birth_year": [2004, 1960]})
    >>> months = pl.LazyFrame({"customer_id": ["a", "b"], "month": [date(2024, 6, 1)] * 2, "active": [True] * 2,
    ...     "left": [False] * 2})
    >>> tables = {"customers": customers, "customer_months": contract("customer_months").conform(months)}
    >>> views = pl.DataFrame({"customer_id": ["a", "b"], "online": [True, True]})
    >>> own_groups({"campus": "age < 25", "all": "online"}, tables, views, date(2024, 6, 1)).rows()
    [(True, True), (True, False)]
    """
    sources = _sources(tables, as_of)
    conditions = _conditions(rules, sources)
    if not conditions:
        return views.select()
    of_lines = _columns(_LINES, sources)
    by_line = {name: found for name, found in conditions.items() if not of_lines.isdisjoint(found.meta.root_names())}
    by_customer = {name: found for name, found in conditions.items() if name not in by_line}
    sources["views"] = views.lazy()
    held = views.select("customer_id")
    for some, places in ((by_customer, [name for name in sources if name != _LINES]), (by_line, list(sources))):
        if some:
            told = _worked_out(some, rules, sources, places)
            held = held.join(told, on="customer_id", how="left", maintain_order="left")
    return held.select(list(conditions))


def _worked_out(
    conditions: Mapping[str, pl.Expr], rules: Mapping[str, str], sources: Mapping[str, pl.LazyFrame], places: list[str]
) -> pl.DataFrame:
    try:
        return _told(conditions, sources, places).collect(engine="streaming")
    except pl.exceptions.PolarsError:
        for name, found in conditions.items():
            try:
                _told({name: found}, sources, places).collect(engine="streaming")
            except pl.exceptions.PolarsError:
                raise unfit(GROUPS, name, rules[name], ConditionError("fails"), _schema(sources)) from None
        raise


def _told(conditions: Mapping[str, pl.Expr], sources: Mapping[str, pl.LazyFrame], places: list[str]) -> pl.LazyFrame:
    """Whether each condition holds of any row of a customer, the tables of `places` joined: rows are lines with them.

    Which rows there are hangs on the tables alone, so that no condition changes what another holds of.
    """
    named = {root for found in conditions.values() for root in found.meta.root_names()}
    frame = sources["views"].select("customer_id")
    for place in places:
        columns = sorted(_columns(place, sources) & named)
        if columns:
            rows = sources[place].select("customer_id", *columns)
            frame = frame.join(rows, on="customer_id", how="left", maintain_order="left")
    # first of each row, then of each customer: a mean in a condition is that of all rows
    held = [found.alias(f"rule_{at}") for at, found in enumerate(conditions.values())]
    told = frame.select("customer_id", *held).group_by("customer_id").agg(pl.all().any(ignore_nulls=False))
    return told.select("customer_id", *(pl.col(f"rule_{at}").alias(name) for at, name in enumerate(conditions)))


def _sources(tables: Tables, as_of: date) -> dict[str, pl.LazyFrame]:
    """What conditions may name, the first table first where two have a column; views as they will be, without rows."""
    months = contract("customer_months").conform(tables["customer_months"])
    customers = contract("customers").conform(tables["customers"])
    kinds = contract("customer_views").schema.columns().items()
    found = {
        "customer_months": months.filter(pl.col("month") == as_of),
        "customers": customers.with_columns(age=as_of.year - pl.col("birth_year")),
        "views": pl.LazyFrame(
            schema={"customer_id": pl.String, **{name: kind.dtype for name, kind in kinds if name not in _NO_VIEWS}}
        ),
    }
    if _LINES in tables:
        found[_LINES] = live_lines(tables[_LINES], as_of)
    return found


def _columns(place: str, sources: Mapping[str, pl.LazyFrame]) -> set[str]:
    """The columns that one table gives: those that none before it has; none where there is no such table."""
    before = {"customer_id"}
    for name, frame in sources.items():
        columns = set(frame.collect_schema().names())
        if name == place:
            return columns - before
        before |= columns
    return set()


def _schema(sources: Mapping[str, pl.LazyFrame]) -> pl.Schema:
    found: dict[str, pl.DataType] = {}
    for frame in sources.values():
        found = {**frame.collect_schema(), **found}
    return pl.Schema(found)


def _conditions(rules: Mapping[str, str], sources: Mapping[str, pl.LazyFrame]) -> dict[str, pl.Expr]:
    """Every rule read, in the order of their names."""
    schema, of_lines = _schema(sources), _columns(_LINES, sources)
    return {name: _read(name, rules[name], schema, of_lines) for name in sorted(rules)}


def _read(name: str, text: str, schema: pl.Schema, of_lines: Collection[str]) -> pl.Expr:
    found = read(GROUPS, name, text, schema)
    line = next((root for root in found.meta.root_names() if root in of_lines), None)
    across = _ACROSS.search(_QUOTED.sub("''", text))
    if line and across:
        raise UsageError(
            "rule-across-lines",
            "telcli.toml: the rule {own} in [{section}] asks {function}() beside {column}, a column of lines.",
            hint="It is tried line by line; make {function}() a rule of its own, without columns of lines.",
            own=name,
            section=GROUPS,
            function=across[1].lower(),
            column=line,
        )
    return found
