"""The headline figures, each with one formula, and what the models' tests found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

__all__ = ["MODEL", "changes", "headline", "model"]

MODEL = (
    *(
        f"{name}{end}"
        for name in ("auc", "pr_auc", "brier", "ece", "top_decile_lift", "empc")
        for end in ("", "_low", "_high")
    ),
    "log_loss",
    "mpc",
    "savings",
    "churn_rate",
)
"""What is taken from predict-churn's metrics where it is there."""


def headline(months: pl.DataFrame, lines: pl.DataFrame, bands: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The headline figures in the order they are shown, without those whose stage has not run.

    customers: live at the end of the month. revenue: billed less discount in the month. revenue_per_customer: one
    over the other. left: for good, in the month; churn_rate_month: those over the customers of the month before. In a
    flat labelled table there are no months to compare, and churned and churned_share count the label instead.
    at_risk_customers, at_risk_value: of the high band; probability x retention value. targets, expected_saving: those
    whom contacting pays, and what it is expected to save. What is not known (revenue without bills) is left out.
    """
    now = months.row(-1, named=True) if months.height else {"customers": 0, "revenue": None, "left": 0}
    found: dict[str, float | None] = {
        "customers": now["customers"],
        "revenue": now["revenue"],
        "revenue_per_customer": _each(now),
    }
    if months.height > 1:
        found |= {"left": now["left"], "churn_rate_month": now["churn_rate"]}
    labels = lines["churned"].drop_nulls()
    if len(labels):
        found |= {"churned": int(labels.sum()), "churned_share": int(labels.sum()) / len(labels)}
    if lines["lifetime_value"].is_not_null().any():
        found["lifetime_value_total"] = float(lines["lifetime_value"].sort().sum())
    if bands:
        high = next((band for band in bands if band["band"] == "high"), None)
        found["at_risk_customers"] = high["customers"] if high else 0
        if lines["at_risk_value"].is_not_null().any():
            found["at_risk_value"] = (high["at_risk_value"] or 0.0) if high else 0.0
        found["targets"] = sum(band["targets"] for band in bands)
        savings = [band["expected_saving"] for band in bands if band["expected_saving"] is not None]
        found["expected_saving"] = sum(savings) if savings else None
    return {name: number for name, number in found.items() if number is not None}


def changes(months: pl.DataFrame) -> dict[str, float]:
    """Change of each monthly headline on the month before: relative for amounts, in points for the churn rate."""
    if months.height < 2:
        return {}
    before, now = months.row(-2, named=True), months.row(-1, named=True)
    found = {}
    for name in ("customers", "revenue", "left"):
        if before[name] and before[name] > 0 and now[name] is not None:
            found[name] = now[name] / before[name] - 1
    each_before, each = _each(before), _each(now)
    if each_before and each_before > 0 and each is not None:
        found["revenue_per_customer"] = each / each_before - 1
    if before["churn_rate"] is not None and now["churn_rate"] is not None:
        found["churn_rate_month"] = now["churn_rate"] - before["churn_rate"]
    return found


def _each(month: Mapping[str, Any]) -> float | None:
    """Revenue per customer of a month, where both are known."""
    return month["revenue"] / month["customers"] if month["customers"] and month["revenue"] is not None else None


def model(metrics: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What earlier stages recorded about how far they can be trusted: numbers by name, and `split` as text."""
    churn, value, groups = (metrics.get(stage) or {} for stage in ("predict-churn", "score-value", "segment"))
    tested = value.get("backtest") or {}
    taken = {name: churn.get(name) for name in MODEL}
    taken |= {name: tested.get(name) for name in ("rank_correlation", "naive_rank_correlation")}
    taken |= {name: groups.get(name) for name in ("k", "silhouette", "stability")}
    found: dict[str, Any] = {name: float(number) for name, number in taken.items() if isinstance(number, int | float)}
    return found | ({"split": churn["split"]} if isinstance(churn.get("split"), str) else {})
