"""Where the value is: the whale curve, tenths, tiers, and customers who cost more than they bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from telcli.figures.base import hidden
from telcli.methods.concentration import gini, top_share, whale_curve

__all__ = ["POINTS", "curve", "tenths", "tiers"]

POINTS, TENTHS = 101, 10


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


def tenths(current_value: pl.Series, least: int) -> list[dict[str, float]]:
    """Customers in ten equal parts, the most valuable first: how many, what they brought, its share, the same added up.

    Shares are of net value and are left out where that is not positive. Empty where a tenth has fewer than `least`.

    >>> tenths(pl.Series([float(n) for n in range(20)]), 2)[0]["current_value"], tenths(pl.Series([1.0] * 20), 3)
    (37.0, [])
    """
    values = np.sort(current_value.drop_nulls().to_numpy())[::-1]
    if len(values) < TENTHS * max(least, 1):
        return []
    whole, parts = float(values.sum()), [float(part.sum()) for part in np.array_split(values, TENTHS)]
    rows = []
    for place, (part, money) in enumerate(zip(np.array_split(values, TENTHS), parts, strict=True), 1):
        row = {"tenth": float(place), "customers": float(len(part)), "current_value": money}
        row["mean_current"] = money / len(part)
        if whole > 0:
            row |= {"value_share": money / whole, "added_share": sum(parts[:place]) / whole}
        rows.append(row)
    return rows


def tiers(lines: pl.DataFrame, least: int = 0, bounds: pl.DataFrame | None = None) -> list[dict[str, Any]]:
    """One row per value tier, best first: customers, their share, money and its share, and the least score of the tier.

    Money is lifetime value, in all and per customer, and current value. Figures of tiers of fewer than `least`
    customers are left out and `small` is 1, with those that would give them away. `bounds` is value_tiers.
    """
    valued = lines.filter(pl.col("value_tier").is_not_null())
    whole, brought = valued["lifetime_value"].sum(), valued["current_value"].sum()
    folded = valued.group_by("value_tier").agg(
        customers=pl.len().cast(pl.Int64),
        lifetime_value=pl.col("lifetime_value").sort().sum(),
        mean_value=pl.col("lifetime_value").sort().mean(),
        current_value=pl.col("current_value").sort().sum(),
    )
    rows = folded.sort("value_tier").with_columns(pl.col("value_tier").cast(pl.String)).to_dicts()
    scores = dict(bounds.select("value_tier", "least_score").iter_rows()) if bounds is not None else {}
    found = []
    for row, few in zip(rows, hidden([row["customers"] for row in rows], least), strict=True):
        told = {"tier": row["value_tier"], "least_score": scores.get(row["value_tier"])}
        share = {"customer_share": row["customers"] / max(valued.height, 1)}
        share |= {"value_share": row["lifetime_value"] / whole if whole > 0 else None}
        share |= {"current_share": row["current_value"] / brought if brought > 0 else None}
        money = {name: row[name] for name in ("customers", "lifetime_value", "mean_value")}
        found.append({**told, **({"small": 1.0} if few else {**money, **share})})
    return found
