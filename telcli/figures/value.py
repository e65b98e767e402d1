"""Where the value is: the whale curve, tiers, and customers who cost more than they bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from telcli.methods.concentration import gini, top_share, whale_curve

__all__ = ["POINTS", "curve", "tiers"]

POINTS = 101


def curve(current_value: pl.Series) -> tuple[list[dict[str, float]], dict[str, float]]:
    """Draw the whale curve: customers from best to worst against the share of net value they add up to.

    Returns at most ``POINTS + 1`` points (customer_share, value_share; start, peak, end among them) and a summary:
    customers valued, net value, loss_makers, loss (never positive), gain (the others' value), peak_share (gain over
    net value), peak_at (their share of customers), top_20_share, gini. Both are empty where net value is not positive,
    since shares of it mean nothing.

    >>> points, about = curve(pl.Series([60.0, 50.0, -10.0]))
    >>> about["peak_share"], about["loss_makers"], points[-1]
    (1.1, 1.0, {'customer_share': 1.0, 'value_share': 1.0})
    """
    values = np.sort(current_value.drop_nulls().to_numpy())
    total = float(values.sum())
    if not len(values) or total <= 0:
        return [], {}
    losing = int((values < 0).sum())
    gain = float(values[losing:].sum())
    about = {
        "customers": float(len(values)),
        "value": total,
        "loss_makers": float(losing),
        "loss": float(values[:losing].sum()),
        "gain": gain,
        "peak_share": gain / total,
        "peak_at": 1 - losing / len(values),
        "top_20_share": top_share(values, 0.2),
        "gini": gini(values),
    }
    shares, money = whale_curve(values, POINTS)
    drawn = {round(float(x), 6): float(y) / total for x, y in zip(shares, money, strict=True)}
    drawn[round(about["peak_at"], 6)] = about["peak_share"]
    return [{"customer_share": x, "value_share": round(y, 6)} for x, y in sorted(drawn.items())], about


def tiers(lines: pl.DataFrame) -> list[dict[str, Any]]:
    """One row per value tier, best first: customers, share of customers, lifetime value in all, its share, the mean."""
    valued = lines.filter(pl.col("value_tier").is_not_null())
    whole = valued["lifetime_value"].sum()
    folded = valued.group_by("value_tier").agg(
        customers=pl.len().cast(pl.Int64),
        lifetime_value=pl.col("lifetime_value").sort().sum(),
        mean_value=pl.col("lifetime_value").sort().mean(),
    )
    shares = folded.sort("value_tier").with_columns(
        tier=pl.col("value_tier").cast(pl.String),
        customer_share=pl.col("customers") / max(valued.height, 1),
        value_share=pl.col("lifetime_value") / whole if whole > 0 else pl.lit(None, dtype=pl.Float64),
    )
    names = ("tier", "customers", "customer_share", "lifetime_value", "value_share", "mean_value")
    return shares.select(names).to_dicts()
