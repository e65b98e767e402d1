"""Table complaint_customers: who complains again and again, or waits long, for the account managers."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from telcli.features.month_index import add_months
from telcli.stages.complaints_ground import Ground, topic_names
from telcli.stages.complaints_handling import last_moment

__all__ = ["customer_rows"]

_YEAR = 12
_MATTERS = ("complaint", "fault")


def customer_rows(ground: Ground) -> pl.DataFrame:
    """Table complaint_customers without its month: who has `least_complaints` in `repeat_days`, or waits for so long.

    Complaints and faults count; who waits for `waiting_days` or more with one of them is listed too. Ranked by what
    leaving would cost, where it is known, then by complaints, then by how long the oldest is open.
    """
    now, settings = last_moment(ground), ground.settings
    year = ground.contacts.filter(pl.col("month") > add_months(ground.as_of, -_YEAR), pl.col("kind").is_in(_MATTERS))
    recent = pl.col("opened_at") > now - timedelta(days=settings.repeat_days)
    waits = pl.col("closed_at").is_null()
    age = (pl.lit(now) - pl.col("opened_at")).dt.total_seconds() / 86_400.0
    ordered = year.sort("customer_id", "opened_at", "contact_id")
    told = ordered.group_by("customer_id", maintain_order=True).agg(
        complaints=recent.sum().cast(pl.Int64),
        complaints_year=pl.len().cast(pl.Int64),
        open=waits.sum().cast(pl.Int64),
        open_days=age.filter(waits).max(),
        severity=pl.col("severity").max(),
        topic=pl.col("code").last(),
        last_on=pl.col("opened_at").last().dt.date(),
    )
    # where nothing tells of any closing, nobody is known to wait
    closes = bool(ground.contacts["closed_at"].is_not_null().any())
    long = (pl.col("open_days") >= settings.waiting_days).fill_null(value=False) & pl.lit(closes)
    kept = told.filter((pl.col("complaints") >= settings.least_complaints) | long)
    kept = kept if closes else kept.with_columns(open=pl.lit(None, pl.Int64), open_days=pl.lit(None, pl.Float64))
    kept = kept.join(topic_names(ground.own), on="topic", how="left")
    full = _valued(kept.join(_people(ground), on="customer_id", how="left"), ground)
    order = ["value_at_risk", "complaints", "open_days", "customer_id"]
    ranked = full.sort(order, descending=[True, True, True, False], nulls_last=True)
    return ranked.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _people(ground: Ground) -> pl.DataFrame:
    return ground.tables["customers"].select("customer_id", "customer_class", "manager_id", "branch").collect()


def _valued(rows: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """With the chance of leaving, and what it would cost, where predict-churn and score-value told them."""
    for table, column in (("churn_scores", "churn_probability"), ("value_scores", "retention_value")):
        if table in ground.tables:
            rows = rows.join(ground.tables[table].select("customer_id", column).collect(), on="customer_id", how="left")
        else:
            rows = rows.with_columns(pl.lit(None, pl.Float64).alias(column))
    worth = pl.col("retention_value").clip(lower_bound=0.0)
    return rows.with_columns(value_at_risk=(worth * pl.col("churn_probability")).round(4)).drop("retention_value")
