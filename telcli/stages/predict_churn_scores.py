"""The table churn_scores: how likely each customer is to leave, what contacting brings, and why."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.stages.predict_churn_reasons import reasons_of
from telcli.stages.predict_churn_study import Road, Study
from telcli.stages.predict_churn_values import Values

__all__ = ["scores_of"]


def scores_of(study: Study, road: Road, values: Values, base: float, target: NDArray[np.bool_]) -> pl.LazyFrame:
    """One row per customer at the snapshot; `base` is the churn rate of those tested, `target` whom to contact."""
    settings = study.settings
    saving = values.people_costs.expected_saving(road.probability)
    # Never so high that nobody could reach it: half way between the churn rate and certainty at most.
    high = min(settings.high_risk_lift * base, 0.5 * (1 + base))
    medium = min(settings.medium_risk_lift * base, high)
    told = np.flatnonzero((road.probability >= medium) | (saving > 0) | target)
    risk = pl.col("churn_probability")
    lower = pl.when(risk >= medium).then(pl.lit("medium")).otherwise(pl.lit("low"))
    frame = pl.DataFrame(
        {
            "customer_id": road.people.get_column("customer_id"),
            "churn_probability": np.clip(road.probability, 0.0, 1.0),
            "target": target,
            "expected_saving": saving,
            "labelled": _source_of(road),
        }
    )
    reasons = reasons_of(study, road, told)
    banded = pl.concat([frame, reasons], how="horizontal").with_columns(
        pl.lit(study.as_of).alias("as_of"),
        pl.when(risk >= high).then(pl.lit("high")).otherwise(lower).alias("risk_band"),
    )
    return banded.lazy()


def _source_of(road: Road) -> pl.Series:
    """Where each chance comes from; of many customers no list of words is made."""
    tested = pl.Series(road.source == "out-of-fold")
    return pl.select(pl.when(tested).then(pl.lit("out-of-fold")).otherwise(pl.lit("final-model"))).to_series()
