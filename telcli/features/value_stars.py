"""Levels of the operator's own, such as stars: the first whose condition holds of a customer."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.features.own_rules import STARS, equated, read, unfit
from telcli.tables import contract
from telcli.tables.condition import ConditionError
from telcli.tables.results import VALUE_TIERS

__all__ = ["remarks", "stars"]

_MOST = 12
"""Values named of a column that has no more than so many."""
_NOBODY = "The level {own} in [score-value.stars] holds of no customer."
_VALUE = "The level {own} in [score-value.stars] asks for {column} = '{text}', which nobody has: it is one of {known}."
_NO_VALUE = "The level {own} in [score-value.stars] asks for {column} = '{text}', which nobody has."
Rules = Sequence[Sequence[str]]


def stars(rules: Rules, scores: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], month: date) -> pl.DataFrame:
    """The level of each customer: customer_id, star, place from 1; null where no condition holds.

    Parameters
    ----------
    rules
        Pairs of a level's name and its condition, the best level first.
    scores
        Rows of value_scores.
    tables
        customer_months and, where it is there, customers, whose columns conditions may name too.
    month
        Of which the rows of customer_months are taken.

    Raises
    ------
    UsageError
        A condition cannot be meant, or not of the values that there are.

    >>> scores = pl.DataFrame({"customer_id": ["a", "b", "c"], "value_score": [90.0, 60.0, 10.0]})
    >>> months = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 6, 1)], "active": [True], "left": [False]})
    >>> rules = [("five", "value_score >= 80"), ("four", "value_score >= 50")]
    >>> stars(rules, scores, {"customer_months": months}, date(2024, 6, 1)).rows()
    [('a', 'five', 1), ('b', 'four', 2), ('c', None, None)]
    """
    frame = _held(scores, tables, month)
    schema = frame.collect_schema()
    conditions = [read(STARS, name, text, schema) for name, text in rules]
    place = pl.coalesce(
        *(pl.when(found).then(pl.lit(at, dtype=pl.Int64)) for at, found in enumerate(conditions, start=1)),
        pl.lit(None, dtype=pl.Int64),
    )
    names = {at: rule[0] for at, rule in enumerate(rules, start=1)}
    try:
        found = frame.select("customer_id", place=place).collect(engine="streaming")
    except pl.exceptions.PolarsError:
        for (name, text), each in zip(rules, conditions, strict=True):
            try:
                frame.select(each).collect(engine="streaming")
            except pl.exceptions.PolarsError:
                raise unfit(STARS, name, text, ConditionError("fails"), schema) from None
        raise
    star = pl.col("place").replace_strict(names, default=None, return_dtype=pl.String)
    return found.sort("customer_id").select("customer_id", star=star, place="place")


def remarks(rules: Rules, scores: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], month: date) -> list[Notice]:
    """What is odd about levels: texts that a column never is, levels that hold of nobody, and those never reached.

    Parameters
    ----------
    rules, scores, tables, month
        As of `stars`; conditions that it could read.

    >>> scores = pl.DataFrame({"customer_id": ["a", "b"], "value_score": [90.0, 60.0]})
    >>> months = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 6, 1)], "active": [True], "left": [False]})
    >>> rules = [("five", "value_score >= 50"), ("four", "value_score >= 80"), ("none", "value_score > 99")]
    >>> [(one.code, one.values["own"]) for one in remarks(rules, scores, {"customer_months": months}, date(2024, 6, 1))]
    [('value-star-covered', 'four'), ('value-star-nobody', 'none')]
    """
    frame = _held(scores, tables, month)
    schema = frame.collect_schema()
    conditions = [read(STARS, name, text, schema) for name, text in rules]
    holds = frame.select(**{str(at): condition for at, condition in enumerate(conditions)})
    held = holds.collect(engine="streaming").to_dict(as_series=True)
    said, reached = [], pl.Series([False]).new_from_index(0, scores.height)
    for (name, text), found in zip(rules, held.values(), strict=True):
        rule, never = {"own": name}, _never(text, frame, schema)
        said += [Notice(code, template, {**rule, **values}) for code, template, values in never]
        if found.null_count() == len(found):
            template = (
                "The level {own} in [score-value.stars] cannot be told of any customer: what it asks is not known."
            )
            said.append(Notice("value-star-unknown", template, rule))
        elif not found.any():
            said += [] if never else [Notice("value-star-nobody", _NOBODY, rule)]
        elif not (found.fill_null(value=False) & ~reached).any():
            template = (
                "The level {own} in [score-value.stars] is never reached: a better one holds of all of its customers."
            )
            said.append(Notice("value-star-covered", template, rule))
        reached |= found.fill_null(value=False)
    return said


def _never(text: str, frame: pl.LazyFrame, schema: pl.Schema) -> list[tuple[str, str, dict[str, str]]]:
    """Texts that a condition asks a column to be and that it never is: code, sentence, column, text and its values."""
    said = []
    for column, wanted in equated(text):
        if schema.get(column) != pl.String:
            continue
        there = frame.select(pl.col(column).drop_nulls().unique().sort()).collect(engine="streaming")[column].to_list()
        known = [*VALUE_TIERS] if column == "value_tier" else there
        if wanted in known or not known:
            continue
        values = {"column": column, "text": wanted}
        if len(known) > _MOST:
            near = difflib.get_close_matches(wanted, known, n=3)
            known = near
        if known:
            said.append(("value-star-value", _VALUE, {**values, "known": ", ".join(known)}))
        else:
            said.append(("value-star-no-value", _NO_VALUE, values))
    return said


def _held(scores: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], month: date) -> pl.LazyFrame:
    """A row per customer of value_scores: its columns, those of the month, then those of customers that are new."""
    months = contract("customer_months").conform(tables["customer_months"]).filter(pl.col("month") == month)
    frame = scores.lazy().join(months, on="customer_id", how="left", maintain_order="left")
    if "customers" in tables:
        customers = contract("customers").conform(tables["customers"])
        have = frame.collect_schema().names()
        new = [name for name in customers.collect_schema().names() if name not in have]
        frame = frame.join(customers.select("customer_id", *new), on="customer_id", how="left", maintain_order="left")
    return frame
