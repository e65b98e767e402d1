"""Who may leave: risk bands, and the grid of value and risk."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.figures.crossing import hidden_cells
from telcli.figures.customers import RISKS, TIERS
from telcli.tables.by_size import by_size

__all__ = ["bands", "grid", "scored"]


def scored(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines of customers who can still be kept and have a churn probability."""
    return lines.filter(~pl.col("gone") & pl.col("churn_probability").is_not_null())


def bands(lines: pl.DataFrame) -> list[dict[str, Any]]:
    """One row per risk band, the highest first: customers, share, mean probability, money at risk, targets, saving."""
    known = scored(lines)
    chosen = pl.col("target").fill_null(False)
    folded = known.group_by("risk_band").agg(
        customers=pl.len().cast(pl.Int64),
        churn_probability=pl.col("churn_probability").pipe(by_size).mean(),
        at_risk_value=_sum("at_risk_value"),
        targets=chosen.sum().cast(pl.Int64),
        expected_saving=_sum("expected_saving", chosen),
    )
    shares = folded.sort("risk_band").with_columns(
        band=pl.col("risk_band").cast(pl.String), customer_share=pl.col("customers") / max(known.height, 1)
    )
    names = ("band", "customers", "customer_share", "churn_probability", "at_risk_value", "targets", "expected_saving")
    return shares.select(names).to_dicts()


def grid(lines: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Value tier by risk band: customers and money at risk of each pair, pairs of few people hidden (`small`)."""
    known = scored(lines).filter(pl.col("value_tier").is_not_null() & pl.col("risk_band").is_not_null())
    folded = known.group_by("value_tier", "risk_band").agg(
        customers=pl.len().cast(pl.Int64), at_risk_value=_sum("at_risk_value")
    )
    found = {(row["value_tier"], row["risk_band"]): row for row in folded.to_dicts()}
    tiers = [tier for tier in TIERS.categories if any(key[0] == tier for key in found)]
    bands_ = [band for band in RISKS.categories if any(key[1] == band for key in found)]
    counts = [[found[tier, band]["customers"] if (tier, band) in found else 0 for band in bands_] for tier in tiers]
    rows: list[dict[str, Any]] = []
    for tier, mask in zip(tiers, hidden_cells(counts, least), strict=True):
        for band, gone in zip(bands_, mask, strict=True):
            row = found.get((tier, band), {"customers": 0, "at_risk_value": None})
            shown = {"small": 1.0} if gone else {"customers": row["customers"], "at_risk_value": row["at_risk_value"]}
            rows.append({"tier": tier, "band": band, **shown})
    return rows


def _sum(name: str, chosen: pl.Expr | None = None) -> pl.Expr:
    """The sum (of the chosen) in a fixed order, or null where nothing is known of anybody."""
    summed = pl.col(name) if chosen is None else pl.col(name).filter(chosen)
    return pl.when(pl.col(name).is_not_null().any()).then(summed.pipe(by_size).sum())
