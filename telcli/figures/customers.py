"""The months behind the report, and each living customer's line at the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from telcli.tables import contract
from telcli.tables.worth import usual_revenue

__all__ = ["RISKS", "TIERS", "monthly", "priced", "snapshot", "top_customers"]

TIERS = pl.Enum(["platinum", "gold", "silver", "bronze"])
RISKS = pl.Enum(["high", "medium", "low"])

_ADDED: dict[str, dict[str, Any]] = {
    "segments": {"segment": pl.Int64},
    "value_scores": {
        "current_value": pl.Float64,
        "retention_value": pl.Float64,
        "lifetime_value": pl.Float64,
        "value_tier": TIERS,
    },
    "churn_scores": {
        "churn_probability": pl.Float64,
        "risk_band": RISKS,
        "target": pl.Boolean,
        "expected_saving": pl.Float64,
    },
}


def monthly(customer_months: pl.LazyFrame) -> pl.DataFrame:
    """One row per month: customers (live at its end), revenue, left, and churn_rate, the share of last month's
    customers who left; sorted by month. Revenue includes what leavers were billed, and is null in a month of which no
    bill is known. It is added up in cents, which come to the same sum in whatever order threads meet them. Where no
    month tells of anybody who left, nothing tells who leaves: left and churn_rate are null.
    """
    billed = pl.col("revenue").is_not_null().any()
    folded = customer_months.group_by("month").agg(
        customers=pl.col("active").sum().cast(pl.Int64),
        revenue=pl.when(billed).then((pl.col("revenue") * 100).round().cast(pl.Int64).sum() / 100),
        left=pl.col("left").sum().cast(pl.Int64),
    )
    months = folded.sort("month").collect(engine="streaming")
    months = months.with_columns(left=pl.when(pl.col("left").max() > 0).then("left"))
    before = pl.col("customers").shift(1)
    rate = pl.when(before > 0).then((pl.col("left") / before).clip(0.0, 1.0))
    return months.with_columns(churn_rate=rate)


def snapshot(tables: Mapping[str, pl.LazyFrame], as_of: date, flat: bool, *, costed: bool = False) -> pl.DataFrame:
    """One row per customer live at `as_of`, sorted by id, with whatever the later stages know of each.

    Columns of absent tables are null. `gone` marks customers whose label says that they have left already (only a
    flat labelled table has such rows): they count as customers of the extract but nobody can keep them any more.
    `usual_revenue` is the mean of 3 months, which segments and views go by; `revenue` is that of the month.
    `at_risk_value` is churn_probability x retention_value, the money expected to leave with the customer. Where neither
    revenue nor value is known of anybody, nor costs given (`costed`), `expected_saving` rests on an assumed worth alone
    and is null.
    """
    months = contract("customer_months").conform(tables["customer_months"])
    lines = months.filter((pl.col("month") == as_of) & pl.col("active"))
    lines = lines.select("customer_id", "revenue", usual_revenue())
    for name, columns in _ADDED.items():
        if name in tables:
            wanted = tables[name].select("customer_id", *[pl.col(c).cast(kind) for c, kind in columns.items()])
            lines = lines.join(wanted, on="customer_id", how="left")
        else:
            lines = lines.with_columns(pl.lit(None, dtype=kind).alias(c) for c, kind in columns.items())
    customers = tables.get("customers")
    if flat and customers is not None and "churned" in customers.collect_schema():
        labels = customers.select("customer_id", "churned")
        lines = lines.join(labels, on="customer_id", how="left")
    else:
        lines = lines.with_columns(churned=pl.lit(None, dtype=pl.Boolean))
    lines = lines.with_columns(
        gone=pl.col("churned").fill_null(False),
        at_risk_value=pl.col("churn_probability") * pl.col("retention_value"),
    )
    found = lines.collect(engine="streaming").sort("customer_id")
    return found if costed or priced(found) else found.with_columns(expected_saving=pl.lit(None, dtype=pl.Float64))


def priced(lines: pl.DataFrame) -> bool:
    """Whether anything is known of what customers bring: revenue or value of at least one.

    >>> priced(pl.DataFrame({"revenue": [None, None], "retention_value": [None, 3.0]}))
    True
    """
    return bool(lines.select(pl.col("revenue", "retention_value").is_not_null().any()).to_numpy().any())


def top_customers(lines: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], count: int) -> pl.DataFrame:
    """The `count` customers with the most money at risk (or, unvalued, the highest risk), with their reasons.

    Ties go by customer_id. Empty where nothing is known of risk.
    """
    if "churn_scores" not in tables or count == 0:
        return lines.clear()
    alive = lines.filter(~pl.col("gone") & pl.col("churn_probability").is_not_null())
    order = "at_risk_value" if alive["at_risk_value"].is_not_null().any() else "churn_probability"
    top = alive.sort([order, "customer_id"], descending=[True, False], nulls_last=True).head(count)
    reasons = (
        tables["churn_scores"]
        .filter(pl.col("customer_id").is_in(top["customer_id"].implode()))
        .select("customer_id", reason="reason_1", reason_zh="reason_1_zh")
        .collect(engine="streaming")
    )
    top = top.join(reasons, on="customer_id", how="left", maintain_order="left")
    if "segment_profiles" in tables:
        names = tables["segment_profiles"].select("segment", "segment_name", "segment_name_zh").collect()
        top = top.join(names, on="segment", how="left", maintain_order="left")
    return top
