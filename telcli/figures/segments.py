"""Segments as management reads them: size, revenue, worth and risk of each, small ones hidden."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.tables.by_size import by_size
from telcli.tables.worth import USUAL, billed, shares

__all__ = ["SIZES", "TEXTS", "segment_rows"]

TEXTS = ("name", "profile", "rule", "treatment")
SIZES = (
    *("customers", "customer_share", "revenue", "revenue_share", "value_index", "revenue_per_customer"),
    "lifetime_value",
)
_PORTRAIT = ("profile", "profile_zh", "rule", "rule_zh", "rule_fidelity")
_RISKS = ("high_risk", "churn_probability", "at_risk_value")


def segment_rows(profiles: pl.DataFrame, lines: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """One row per segment of the profiles, in their order, its figures counted afresh from the customers' lines.

    Money is what customers usually bring a month, as in the profiles: shares of it count credits as nothing.
    Figures of a segment with fewer than `least` customers, its profile and rule are left out and `small` is 1; so is
    the number at high risk where it is that small (`small_risk`).
    """
    alive = ~pl.col("gone")
    folded = lines.group_by("segment").agg(
        *billed(),
        customers=pl.len().cast(pl.Int64),
        revenue=pl.when(pl.col(USUAL).is_not_null().any()).then(pl.col(USUAL).pipe(by_size).sum()),
        lifetime_value=pl.col("lifetime_value").pipe(by_size).mean(),
        high_risk=(alive & (pl.col("risk_band") == "high")).sum().cast(pl.Int64),
        churn_probability=pl.col("churn_probability").filter(alive).pipe(by_size).mean(),
        at_risk_value=pl.col("at_risk_value").filter(alive).pipe(by_size).sum(),
        valued=pl.col("at_risk_value").is_not_null().any(),
    )
    related = folded.with_columns(
        *shares(lines[USUAL]),
        customer_share=pl.col("customers") / max(lines.height, 1),
        revenue_per_customer=pl.col("mean_revenue"),
        at_risk_value=pl.when("valued").then("at_risk_value"),
    )
    rows = profiles.sort("segment").join(
        related.drop("valued"), on="segment", how="inner", maintain_order="left", suffix="_now"
    )
    found = [_row(row) for row in rows.to_dicts()]
    small = hidden([row["customers"] for row in found], least)
    risky = hidden([row["high_risk"] or 0 for row in found], least)
    for row, gone, rare in zip(found, small, risky, strict=True):
        _blank(row, (*SIZES, *_RISKS, *_PORTRAIT) if gone else (), "small")
        _blank(row, ("high_risk",) if rare else (), "small_risk")
    return found


def _row(row: dict[str, Any]) -> dict[str, Any]:
    named = {"segment": row["segment"], "name": row["segment_name"], "name_zh": row["segment_name_zh"]}
    counted = {name: row.get(f"{name}_now", row[name]) for name in (*SIZES, *_RISKS)}
    said = {f"{name}{end}": row.get(f"{name}{end}") for name in TEXTS[1:] for end in ("", "_zh")}
    return {**named, **counted, **said, "rule_fidelity": row.get("rule_fidelity")}


def _blank(row: dict[str, Any], names: tuple[str, ...], mark: str) -> None:
    if names:
        row.update(dict.fromkeys(names), **{mark: 1.0})
