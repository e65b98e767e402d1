"""Whom a plan is of: customers who are here and have a chance of leaving, what they are worth, where in the grid."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.errors import DataError
from telcli.features.value_risk import potential, risk_band, strategy, value_band
from telcli.stages.plan_retention_study import Study
from telcli.tables import contract

__all__ = ["people_of"]

_MOST = 1e9
"""What an amount of a table may be."""
_SCORES = (
    *("churn_probability", "risk_band", "reason_1_theme"),
    *("reason_1", "reason_2", "reason_3", "reason_1_zh", "reason_2_zh", "reason_3_zh", "holds", "holds_zh"),
)
_HERE = ("left", "revenue", "revenue_mean_3", "contract_months_left", "unresolved", "oldest_open_days")
_VALUE = ("retention_value", "lifetime_value", "incremental_value", "value_tier")
_SEGMENT = ("segment", "segment_name", "segment_name_zh", "lifecycle_stage")


def people_of(study: Study) -> pl.DataFrame:
    """One row per customer with a churn score who has not left, by customer_id: bands, cell, strategy, worth and facts.

    Worth is what is lost if she leaves: retention_value, else lifetime_value, else `value_months` of revenue, else
    `customer_value`, both as predict-churn has them. Below 0 it counts as 0.

    Raises
    ------
    DataError
        Nobody is left.
    """
    months = contract("customer_months").conform(study.inputs.tables["customer_months"])
    parts = {
        "churn_scores": _SCORES,
        "value_scores": _VALUE,
        "segments": _SEGMENT,
        "customer_views": ("loyalty_score",),
        "customers": ("manager_id", "branch", "region", "churned"),
    }
    frame = _part(study, "churn_scores", parts["churn_scores"])
    frame = frame.join(_columns(months.filter(pl.col("month") == study.as_of), _HERE), on="customer_id", how="left")
    for name in ("value_scores", "segments", "customer_views", "customers"):
        frame = frame.join(_part(study, name, parts[name]), on="customer_id", how="left")
    here = ~(pl.col("left").fill_null(value=False) | pl.col("churned").fill_null(value=False))
    found = frame.filter(here).sort("customer_id").collect(engine="streaming")
    if found.is_empty():
        raise DataError(
            "plan-nobody",
            "There is nobody to plan for in {month}: no customer with a churn score is still here.",
            hint="Run telcli predict-churn for a month in which customers are here.",
            month=f"{study.as_of:%Y-%m}",
        )
    return _placed(study, found.rename({"reason_1_theme": "theme", "incremental_value": "potential"}))


def _part(study: Study, name: str, columns: tuple[str, ...]) -> pl.LazyFrame:
    """Columns of a table by customer; none of its rows where there is no such table."""
    frame = study.inputs.tables.get(name)
    if frame is None:
        kinds = contract(name).schema.columns()
        return pl.LazyFrame(schema={"customer_id": pl.String, **{each: kinds[each].dtype for each in columns}})
    return _columns(contract(name).conform(frame), columns)


def _columns(frame: pl.LazyFrame, columns: tuple[str, ...]) -> pl.LazyFrame:
    """Those of the columns that there are, and nulls for the others."""
    have = set(frame.collect_schema().names())
    absent = [pl.lit(None, dtype=pl.Float64).alias(name) for name in columns if name not in have]
    return frame.select("customer_id", *(name for name in columns if name in have), *absent)


def _placed(study: Study, found: pl.DataFrame) -> pl.DataFrame:
    """The rows with worth, bands, cell and strategy."""
    settings = study.settings
    revenue = pl.coalesce("revenue_mean_3", "revenue") * study.inputs.choices["value_months"]
    worth = pl.coalesce("retention_value", "lifetime_value", revenue, pl.lit(study.inputs.choices["customer_value"]))
    found = found.with_columns(worth=worth.cast(pl.Float64).clip(0.0, _MOST))
    by = settings.value_by if found["value_tier"].count() else "quantile"
    _tell_worth(study, found, by)
    shares = {"high_share": settings.high_value_share, "mid_share": settings.mid_value_share}
    found = found.with_columns(
        value_band(settings.grid, by, **shares), risk_band(settings.grid), potential(settings.potential_share)
    )
    cell = pl.concat_str("value_band", "risk_band", separator="-").alias("cell")
    return found.with_columns(cell, *strategy(settings.grid))


def _tell_worth(study: Study, found: pl.DataFrame, by: str) -> None:
    counts: Mapping[str, int] = {name: found[name].count() for name in ("retention_value", "lifetime_value")}
    without = found.height - found.select(pl.coalesce(*counts).count()).item()
    if not any(counts.values()):
        study.tell(
            "plan-no-value",
            "There are no value scores: a customer is taken to be worth {months:g} months of revenue, or {value:g} "
            "where revenue is unknown, and bands of value are quantiles of that. telcli score-value makes them.",
            months=study.inputs.choices["value_months"],
            value=study.inputs.choices["customer_value"],
        )
    elif without:
        study.tell(
            "plan-some-without-value",
            "{customers} customers have no value score: they are taken to be worth {months:g} months of revenue.",
            customers=without,
            months=study.inputs.choices["value_months"],
        )
    elif by != study.settings.value_by:
        study.tell("plan-no-tiers", "Value scores have no tiers: bands of value are quantiles of what is lost.")
