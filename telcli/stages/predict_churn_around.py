"""All round churn, without a model: who left, by what they can be told apart, and when in their stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from telcli.features.churn_base import Base, base_before, base_of, months_of
from telcli.features.churn_cells import churn_cells
from telcli.features.churn_dimensions import Described, described
from telcli.features.churn_stay import churn_cohorts, churn_tenure, label_cells, stay_cells, yearly_retention
from telcli.features.exit_kinds import ended_lines, leavings
from telcli.stages import Outcome
from telcli.stages.predict_churn_study import Study
from telcli.tables import contract

__all__ = ["around"]

REFERENCE = {"annual": 0.871, "five_years": 0.5}
"""What is often said of operators without retention, half of all customers gone in five years: to hold one's own
against."""


def around(study: Study, first: date, outcome: Outcome) -> Outcome:
    """The outcome with tables churn_by, churn_tenure and churn_cohorts beside, and metrics about them.

    Where neither months nor a label tell who left, these are without rows.

    Parameters
    ----------
    study : Study
        The run.
    first : date
        First month of the history.
    outcome : Outcome
        What a model says.
    """
    tables = study.inputs.tables
    base = base_of(tables, first, study.as_of, study.settings.around_months)
    earlier = base_before(tables, first, base)
    months = months_of(tables)
    cells = _cells(study, months, base)
    made = {
        "churn_by": _by(described(tables, base), described(tables, earlier) if earlier else None, base),
        "churn_tenure": churn_tenure(cells),
        "churn_cohorts": churn_cohorts(months.filter(base.months is not None), first, study.as_of),
    }
    told = {name: _dated(name, frame, study.as_of) for name, frame in made.items()}
    retention = {**yearly_retention(cells), "reference": REFERENCE}
    return replace(
        outcome,
        tables={**outcome.tables, **told},
        metrics={**outcome.metrics, "retention": retention},
        notices=tuple(study.notices),
    )


def _by(now: Described, before: Described | None, base: Base) -> pl.DataFrame:
    """churn_by, ranked."""
    cells = churn_cells(now, before, base.months).with_row_index("rank", 1)
    return cells.with_columns(
        pl.col("rank").cast(pl.Int64), since=pl.lit(base.since), months=pl.lit(base.months, pl.Int64)
    )


def _cells(study: Study, months: pl.LazyFrame, base: Base) -> pl.DataFrame:
    """Customer-months and leavings by tenure."""
    if base.months is None:
        return label_cells(months, base.frame.select("customer_id", "left"))
    return stay_cells(months, _kinds(study, months))


def _kinds(study: Study, months: pl.LazyFrame) -> pl.LazyFrame:
    """customer_id, month and kind of every leaving."""
    lines = study.inputs.tables.get("subscriptions")
    return leavings(months, None if lines is None else ended_lines(lines))


def _dated(name: str, frame: pl.DataFrame, as_of: date) -> pl.LazyFrame:
    """The columns of the table, in order."""
    told = frame.with_columns(as_of=pl.lit(as_of))
    return told.select(contract(name).schema.column_names()).lazy()
