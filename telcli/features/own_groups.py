"""Groups of the operator's own: a name and a condition each, as campus = "age < 25 AND plan_id LIKE '%校园%'"."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.errors import UsageError
from telcli.features.touches import live_lines
from telcli.features.view_words import REASONS
from telcli.tables import contract
from telcli.tables.condition import ConditionError, condition

__all__ = ["check_rules", "own_groups"]

Tables = Mapping[str, pl.LazyFrame]
_VIEWS = (*REASONS, *REASONS.values(), "rfm_variant", "recency", "frequency", "monetary", "exit_remedy")


def check_rules(rules: Mapping[str, str], tables: Tables, as_of: date) -> None:
    """Read every rule, before anything is computed.

    Raises
    ------
    UsageError
        A rule cannot be read, or names a column that there is not; the sentence names the rule.
    """
    if rules:
        schema = _schema(_sources(tables, as_of))
        for name in sorted(rules):
            _read(name, rules[name], schema)


def own_groups(rules: Mapping[str, str], tables: Tables, views: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A column per rule, in the order of their names: whether it holds of each customer of `views`, row by row.

    Conditions are over customer_months of the month, customers, the views, subscriptions and `age` (the year of the
    snapshot less that of birth). One that names a column of subscriptions holds of a customer where it holds of one
    line that lives at the end of the month.

    >>> customers = pl.LazyFrame({"customer_id": ["a", "b"], "birth_year": [2004, 1960]})
    >>> months = pl.LazyFrame({"customer_id": ["a", "b"], "month": [date(2024, 6, 1)] * 2, "active": [True] * 2,
    ...     "left": [False] * 2})
    >>> tables = {"customers": customers, "customer_months": contract("customer_months").conform(months)}
    >>> views = pl.DataFrame({"customer_id": ["a", "b"], "online": [True, True]})
    >>> own_groups({"campus": "age < 25", "all": "online"}, tables, views, date(2024, 6, 1)).rows()
    [(True, True), (True, False)]
    """
    sources = _sources(tables, as_of)
    schema = _schema(sources)
    conditions = {name: _read(name, rules[name], schema) for name in sorted(rules)}
    if not conditions:
        return views.select()
    named = {root for found in conditions.values() for root in found.meta.root_names()}
    sources["views"] = views.lazy()
    frame = views.lazy().select("customer_id")
    for place, source in sources.items():
        columns = [name for name in _columns(place, schema, sources) if name in named]
        if columns:
            frame = frame.join(source.select("customer_id", *columns), on="customer_id", how="left")
    # first of each row, then of each customer: a mean in a condition is that of all rows
    held = [found.fill_null(value=False).alias(f"rule_{at}") for at, found in enumerate(conditions.values())]
    told = frame.select("customer_id", *held).group_by("customer_id").agg(pl.all().any()).collect(engine="streaming")
    joined = views.select("customer_id").join(told, on="customer_id", how="left", maintain_order="left")
    return joined.select(pl.col(f"rule_{at}").alias(name) for at, name in enumerate(conditions))


def _sources(tables: Tables, as_of: date) -> dict[str, pl.LazyFrame]:
    """What conditions may name, the first table first where two have a column; views as they will be, without rows."""
    months = contract("customer_months").conform(tables["customer_months"])
    customers = contract("customers").conform(tables["customers"])
    kinds = contract("customer_views").schema.columns()
    found = {
        "customer_months": months.filter(pl.col("month") == as_of),
        "customers": customers.with_columns(age=as_of.year - pl.col("birth_year")),
        "views": pl.LazyFrame(schema={"customer_id": pl.String, **{name: kinds[name].dtype for name in _VIEWS}}),
    }
    if "subscriptions" in tables:
        found["subscriptions"] = live_lines(tables["subscriptions"], as_of)
    return found


def _columns(place: str, schema: pl.Schema, sources: Mapping[str, pl.LazyFrame]) -> list[str]:
    """The columns that one table gives: those that none before it has."""
    before = {"customer_id"}
    for name, frame in sources.items():
        if name == place:
            break
        before |= set(frame.collect_schema().names())
    return [name for name in sources[place].collect_schema().names() if name in schema and name not in before]


def _schema(sources: Mapping[str, pl.LazyFrame]) -> pl.Schema:
    found: dict[str, pl.DataType] = {}
    for frame in sources.values():
        found = {**frame.collect_schema(), **found}
    return pl.Schema(found)


def _read(name: str, text: str, schema: pl.Schema) -> pl.Expr:
    try:
        return condition(text, schema)
    except ConditionError as error:
        raise _unfit(name, text, error, list(schema)) from None


def _unfit(name: str, text: str, error: ConditionError, columns: list[str]) -> UsageError:
    """What is wrong with a rule, by its name."""
    if error.why == "column":
        near = difflib.get_close_matches(error.column, columns, n=1)
        return UsageError(
            "rule-column-unknown",
            "telcli.toml: the rule {own} in [segment.rules] names {column}, which is no column.",
            hint="{near}",
            own=name,
            column=error.column,
            near=f"Did you mean {near[0]}?"
            if near
            else "Text goes in single quotes; columns are those of customer_months, customers and subscriptions.",
        )
    if error.why == "types":
        return UsageError(
            "rule-types",
            "telcli.toml: the rule {own} in [segment.rules] compares things of different types: {text}",
            hint="Text and days go in single quotes: region = 'North', joined_on >= '2024-05'",
            own=name,
            text=text,
        )
    if error.why == "no-condition":
        return UsageError(
            "rule-no-condition",
            "telcli.toml: the rule {own} in [segment.rules] is not something true or false of each customer: {text}",
            hint="Write it as in SQL: age < 25 AND region = 'North'",
            own=name,
            text=text,
        )
    return UsageError(
        "rule-unreadable",
        "telcli.toml: the rule {own} in [segment.rules] cannot be read as a condition: {text}",
        hint="Write it as in SQL, text in single quotes: age < 25 AND region = 'North'",
        own=name,
        text=text,
    )
