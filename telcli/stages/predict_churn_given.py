"""Costs that the analyst gives: a column or a number for each outcome of contacting a customer or not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import DataError, UsageError
from telcli.features.churn_snapshots import candidate_columns, named_columns
from telcli.methods.costs import CostMatrix
from telcli.settings import PredictChurnSettings

__all__ = ["cost_features", "given_costs", "matrix_of"]

Floats = NDArray[np.float64]
_MOST = 1e12
"""The largest cost of one customer: with larger ones sums and squares are not exact."""
_NAMES = {"tp": "true_positive_cost", "fp": "false_positive_cost", "tn": "true_negative_cost"}
_NAMES["fn"] = "false_negative_cost"


def given_costs(settings: PredictChurnSettings, tables: Mapping[str, pl.LazyFrame]) -> dict[str, str | float]:
    """Column or number by outcome (tp, fp, tn, fn), none where costs follow from value; 0 where only errors are given.

    Raises
    ------
    UsageError
        One error's cost without the other's, a column that is not there, or a number below 0.
    """
    said = {side: str(getattr(settings, name)).strip() for side, name in _NAMES.items()}
    if not any(said.values()):
        return {}
    if not (said["fp"] and said["fn"]):
        raise UsageError(
            "cost-incomplete",
            "Costs of customers take both false_positive_cost and false_negative_cost.",
            hint="Give both: telcli predict-churn --fp-cost COLUMN --fn-cost COLUMN (or a number instead of a column).",
        )
    return {side: _meant(_NAMES[side], text or "0", tables) for side, text in said.items()}


def cost_features(settings: PredictChurnSettings, tables: Mapping[str, pl.LazyFrame]) -> list[str]:
    """Columns that costs are read from, sorted."""
    return sorted({told for told in given_costs(settings, tables).values() if isinstance(told, str)})


def matrix_of(given: Mapping[str, str | float], frame: pl.DataFrame) -> CostMatrix:
    """The costs of customers whose columns are in a frame.

    Raises
    ------
    DataError
        A column that holds text, gaps or negative amounts, with how many customers that is.
    """
    found = {side: _values(told, frame) if isinstance(told, str) else told for side, told in given.items()}
    return CostMatrix.of(frame.height, tp=found["tp"], fp=found["fp"], tn=found["tn"], fn=found["fn"])


def _meant(name: str, text: str, tables: Mapping[str, pl.LazyFrame]) -> str | float:
    try:
        number = float(text)
    except ValueError:
        if re.fullmatch(r"[\d.,，'\s]+", text):
            raise UsageError(
                "cost-digits",
                "{name} must be a column or a number without commas or spaces, not {value}.",
                hint="Write it like 1000 or 1000.5",
                name=name,
                value=text,
            ) from None
        return next(iter(named_columns(text, candidate_columns(tables, flat=True))))
    if not (math.isfinite(number) and number >= 0):
        raise UsageError(
            "cost-number",
            "{name} must be a column or a number from 0, not {value}.",
            hint="Costs are what an outcome takes, in currency; a gain is a lower cost elsewhere.",
            name=name,
            value=text,
        )
    if number > _MOST:
        raise UsageError(
            "cost-large", "{name} must be at most {most:.0e}, not {value}.", name=name, most=_MOST, value=text
        )
    return number


def _values(column: str, frame: pl.DataFrame) -> Floats:
    told = frame.get_column(column) if column in frame.columns else pl.Series([None] * frame.height)
    values = told.cast(pl.Float64, strict=False)
    text = int((told.is_not_null() & values.is_null()).sum()) if told.dtype != pl.Boolean else frame.height
    about: dict[str, Any] = {"all": frame.height, "column": column.removeprefix("x_")}
    if text:
        raise DataError(
            "cost-text",
            "In {column}, a cost, {rows} of {all} customers have something that is no number.",
            hint="Mend the column, or give a number instead: --fp-cost 12",
            rows=text,
            **about,
        )
    missing = int((~values.is_finite().fill_null(value=False)).sum())
    if missing:
        raise DataError(
            "cost-missing",
            "In {column}, a cost, {rows} of {all} customers have nothing.",
            hint="Fill the column, or give a number instead: --fp-cost 12",
            rows=missing,
            **about,
        )
    _in_range(values, about)
    return values.to_numpy()


def _in_range(values: pl.Series, about: Mapping[str, Any]) -> None:
    """Refuse amounts that no cost has."""
    negative = int((values < 0).sum())
    if negative:
        raise DataError(
            "cost-negative",
            "In {column}, a cost, {rows} of {all} customers have less than 0.",
            hint="A gain is a lower cost of another outcome: costs start at 0.",
            rows=negative,
            **about,
        )
    large = int((values > _MOST).sum())
    if large:
        raise DataError(
            "cost-too-large",
            "In {column}, a cost, {rows} of {all} customers have more than {most:.0e}.",
            hint="Mend the column, or give a number instead: --fp-cost 12",
            rows=large,
            most=_MOST,
            **about,
        )
