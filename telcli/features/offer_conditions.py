"""Whom an offer may be made to, by the condition that it tells over columns of customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.own_rules import OFFERS, read, unfit
from telcli.tables import contract
from telcli.tables.condition import ConditionError

__all__ = ["holds"]

_TABLES = ("customer_months", "customers", "customer_views", "value_scores", "churn_scores")
_PLAN = (
    *("value_band", "risk_band", "cell", "strategy", "theme", "churn_probability", "worth", "potential"),
    *("loyalty_score", "lifecycle_stage", "segment", "segment_name", "segment_name_zh"),
)


def holds(
    conditions: Mapping[str, str], people: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], as_of: date
) -> dict[str, NDArray[np.bool_]]:
    """For each offer, whether its condition holds of each customer of `people`, row by row; not known is no.

    Conditions may name the columns of the plan (value_band, risk_band, strategy, theme ...), of customer_months of the
    month, of customers and `age`, customer_views, value_scores and churn_scores; the first that has a column gives it.

    Raises
    ------
    UsageError
        A condition cannot be meant; the sentence names the offer.

    >>> people = pl.DataFrame({"customer_id": ["a", "b"], "theme": ["price", None]})
    >>> holds({"A": "theme = 'price'"}, people, {}, date(2024, 6, 1))["A"].tolist()
    [True, False]
    """
    if not conditions:
        return {}
    sources = _sources(people, tables, as_of)
    schema = _schema(sources)
    told = {name: read(OFFERS, name, text, schema) for name, text in sorted(conditions.items())}
    frame = _joined(sources, {root for found in told.values() for root in found.meta.root_names()})
    return {name: _held(name, conditions[name], found, frame, schema) for name, found in told.items()}


def _held(name: str, text: str, found: pl.Expr, frame: pl.DataFrame, schema: pl.Schema) -> NDArray[np.bool_]:
    try:
        flags = frame.select(held=found.fill_null(value=False))
    except pl.exceptions.PolarsError:
        raise unfit(OFFERS, name, text, ConditionError("fails"), schema) from None
    if flags.height != frame.height:  # a condition of constants alone
        flags = frame.select(held=pl.lit(bool(flags.item())).repeat_by(1).explode())
    return flags["held"].to_numpy()


def _sources(people: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.LazyFrame]:
    found = {"plan": people.lazy().select("customer_id", *(name for name in _PLAN if name in people.columns))}
    for name in _TABLES:
        if name in tables:
            found[name] = contract(name).conform(tables[name])
    if "customer_months" in found:
        found["customer_months"] = found["customer_months"].filter(pl.col("month") == as_of)
    if "customers" in found:
        found["customers"] = found["customers"].with_columns(age=as_of.year - pl.col("birth_year"))
    return found


def _schema(sources: Mapping[str, pl.LazyFrame]) -> pl.Schema:
    found: dict[str, pl.DataType] = {}
    for frame in sources.values():
        found = {**frame.collect_schema(), **found}
    return pl.Schema(found)


def _joined(sources: Mapping[str, pl.LazyFrame], named: set[str]) -> pl.DataFrame:
    """The customers of the plan, in its order, with the columns that are named."""
    frame, left = sources["plan"], named - set(sources["plan"].collect_schema().names())
    for name, source in sources.items():
        columns = sorted(left & set(source.collect_schema().names())) if name != "plan" else []
        if columns:
            rows = source.select("customer_id", *columns)
            frame = frame.join(rows, on="customer_id", how="left", maintain_order="left")
            left -= set(columns)
    return frame.collect()
