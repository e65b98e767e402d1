"""All round churn, without a model: who left, by what they can be told apart, and when in their stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from telcli.features.churn_base import Base, Walk, base_before, base_of, labelled_base, months_of, walk
from telcli.features.churn_cells import ALL, churn_cells
from telcli.features.churn_dimensions import Described, described
from telcli.features.churn_stay import churn_cohorts, churn_tenure, label_cells, stay_cells, yearly_retention
from telcli.stages import Outcome
from telcli.stages.predict_churn_care import care_rows
from telcli.stages.predict_churn_definition import definition_of
from telcli.stages.predict_churn_persons import shown_tables
from telcli.stages.predict_churn_register import reason_columns, reasons_told, register_rows
from telcli.stages.predict_churn_study import Study
from telcli.tables import contract

__all__ = ["around"]

REFERENCE = {"annual": 0.871, "five_years": 0.5}
"""What is often said of operators without retention, half of all customers gone in five years: to hold one's own
against."""


def around(study: Study, first: date, outcome: Outcome) -> Outcome:
    """The outcome with who left, why, and whom to care for beside: the tables of `churn_around_results`.

    Where neither months nor a label tell who left, all but care_triggers are without rows.

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
    told = walk(tables, definition_of(study))
    flat = _flat(study, told, first)
    base = (
        labelled_base(tables, study.as_of) if flat else base_of(told, first, study.as_of, study.settings.around_months)
    )
    earlier = base_before(told, first, base)
    cells = (
        label_cells(months_of(tables), base.frame.select("customer_id", "left")) if flat else stay_cells(told.months)
    )
    shown = shown_tables(study)
    by = _by(described(shown, base), described(shown, earlier) if earlier else None, base)
    rate = by.filter(pl.col("dimension") == ALL)["churn_rate"].sum()
    columns = reason_columns(study)
    register, pareto = register_rows(study, told, base, columns)
    made = {
        "churn_by": by,
        "churn_register": register,
        "churn_causes": pareto,
        "care_triggers": care_rows(study, first, outcome.tables.get("churn_scores"), float(rate)),
        "churn_tenure": churn_tenure(cells),
        "churn_cohorts": churn_cohorts(told.months.filter(not flat), first, study.as_of),
    }
    dated = {name: _dated(name, frame, study.as_of) for name, frame in made.items()}
    retention = {**yearly_retention(cells), "reference": REFERENCE}
    return replace(
        outcome,
        tables={**outcome.tables, **dated},
        metrics={**outcome.metrics, "retention": retention, "reasons": reasons_told(register, columns)},
        notices=tuple(study.notices),
    )


def _by(now: Described, before: Described | None, base: Base) -> pl.DataFrame:
    """churn_by, ranked."""
    cells = churn_cells(now, before, base.months).with_row_index("rank", 1)
    return cells.with_columns(
        pl.col("rank").cast(pl.Int64), since=pl.lit(base.since), months=pl.lit(base.months, pl.Int64)
    )


def _flat(study: Study, told: Walk, first: date) -> bool:
    """Whether it is a label that tells who left: of one month, or where nobody left in any and somebody is labelled."""
    if first == study.as_of:
        return True
    if told.gone.filter("counts").limit(1).collect(engine="streaming").height:
        return False
    customers = contract("customers").conform(study.inputs.tables["customers"])
    return bool(customers.select(pl.col("churned").is_not_null().any()).collect(engine="streaming").item())


def _dated(name: str, frame: pl.DataFrame, as_of: date) -> pl.LazyFrame:
    """The columns of the table, in order."""
    told = frame.with_columns(as_of=pl.lit(as_of))
    return told.select(contract(name).schema.column_names()).lazy()
