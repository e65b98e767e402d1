"""Levels of the operator's own, such as stars: the first whose condition holds of a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.features.own_rules import STARS, read, unfit
from telcli.tables import contract
from telcli.tables.condition import ConditionError

__all__ = ["stars"]

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
