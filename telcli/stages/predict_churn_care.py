"""Whom to care for at once: what happened this month, ranked by what may be lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.care_triggers import CareRules, care_triggers
from telcli.features.churn_base import months_of
from telcli.stages.predict_churn_study import Study
from telcli.tables import contract

__all__ = ["care_rows"]


def care_rows(study: Study, first: date, scores: pl.LazyFrame | None, usual_rate: float) -> pl.DataFrame:
    """Table care_triggers without its month: what calls for care, whose manager is told, and what may be lost.

    value_at_risk is what a customer is worth (retention value, else usual revenue times `value_months`, else
    `customer_value`) times the chance of leaving (of churn_scores, else the `usual_rate`, 0..1); priority ranks
    customers by it, the dearest 1.

    Parameters
    ----------
    study : Study
        The run.
    first : date
        First month of the history.
    scores : polars.LazyFrame or None
        churn_scores, where a model made some.
    usual_rate : float
        Share of customers who left in the last months.
    """
    tables = study.inputs.tables
    found = care_triggers(tables, first, study.as_of, CareRules.of(study.settings))
    people = found.select("customer_id").unique().lazy()
    for part in (_worth(study), _managers(tables), *([] if scores is None else [_chances(scores)])):
        people = people.join(part, on="customer_id", how="left")
    if scores is None:
        people = people.with_columns(chance=pl.lit(None, pl.Float64))
    at_risk = (pl.col("worth").fill_null(study.settings.customer_value) * pl.col("chance").fill_null(usual_rate)).round(
        4
    )
    known = people.select("customer_id", "manager_id", value_at_risk=at_risk).collect(engine="streaming")
    rows = found.join(known, on="customer_id", how="left").sort(
        "value_at_risk", "customer_id", "trigger", descending=[True, False, False]
    )
    ranks = rows.select(pl.col("customer_id").rle_id().cast(pl.Int64) + 1).to_series()
    return rows.with_columns(priority=ranks)


def _worth(study: Study) -> pl.LazyFrame:
    values = study.inputs.tables.get("value_scores")
    now = months_of(study.inputs.tables).filter(pl.col("month") == study.as_of)
    usual = now.select("customer_id", revenue=pl.coalesce("revenue_mean_3", "revenue") * study.settings.value_months)
    if values is None:
        return usual.select("customer_id", worth="revenue")
    both = usual.join(values.select("customer_id", "retention_value"), on="customer_id", how="left")
    return both.select("customer_id", worth=pl.coalesce("retention_value", "revenue"))


def _managers(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    return contract("customers").conform(tables["customers"]).select("customer_id", "manager_id")


def _chances(scores: pl.LazyFrame) -> pl.LazyFrame:
    return scores.select("customer_id", chance="churn_probability")
