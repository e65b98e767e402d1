"""Where the value is: the whale curve, tenths, tiers, and customers who cost more than they bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from telcli.figures.base import hidden
from telcli.methods.concentration import gini, top_share
from telcli.tables.by_size import by_size

__all__ = ["about", "curve", "tenths", "tiers"]

_ROUND = 1e-6
"""Shares of value_curve are rounded to six places."""


def about(current_value: pl.Series) -> dict[str, float]:
    """Say in figures how net value is spread over customers.

    Returns customers valued, net value, loss_makers, loss (never positive), gain (the others' value), peak_share (gain
    over net value), peak_at (their share of customers), top_20_share, gini. Empty where net value is not positive,
    since shares of it mean nothing.

    >>> found = about(pl.Series([60.0, 50.0, -10.0]))
    >>> found["peak_share"], found["loss_makers"]
    (1.1, 1.0)
    """
    values = np.sort(current_value.drop_nulls().to_numpy())
    total = float(values.sum())
    if not len(values) or total <= 0:
        return {}
    losing = int((values < 0).sum())
    gain = float(values[losing:].sum())
    return {
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


def curve(table: pl.DataFrame, told: Mapping[str, float], least: int) -> list[dict[str, float]]:
    """The whale curve of table value_curve, with its peak: customers from the best to the worst, value they add up to.

    Points are left out until `least` customers stand between one and the next, so that none tells of fewer. `told` is
    what `about` found; without it there is no curve.
    """
    if not told:
        return []
    step = least / told["customers"] - _ROUND
    drawn: dict[float, float] = {}
    for share, value in table.sort("point").select("customer_share", "whale_share").iter_rows():
        last = max(drawn, default=None)
        if value is not None and (last is None or share - last >= step):
            drawn[share] = value
    last = max(drawn, default=0.0)
    if 0 < last < 1 and 1 - last < step:
        del drawn[last]
    drawn[1.0] = 1.0
    drawn[round(told["peak_at"], 6)] = round(told["peak_share"], 6)
    return [{"customer_share": x, "value_share": y} for x, y in sorted(drawn.items())]


def tenths(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Customers in ten parts, the most valuable first, of value_deciles: how many, what they brought, its share.

    Empty where a tenth has fewer than `least`.
    """
    named = table.sort("decile").select(
        "customers",
        tenth="decile",
        current_value="margin",
        mean_current="margin_per_customer",
        value_share="margin_share",
        added_share="cumulative_share",
    )
    return named.to_dicts() if (named["customers"] >= least).all() else []


def tiers(lines: pl.DataFrame, least: int = 0, bounds: pl.DataFrame | None = None) -> list[dict[str, Any]]:
    """One row per value tier, best first: customers, their share, money and its share, and the least score of the tier.

    Money is lifetime value, in all and per customer, and current value. Figures of tiers of fewer than `least`
    customers are left out and `small` is 1, with those that would give them away. `bounds` is value_tiers.
    """
    valued = lines.filter(pl.col("value_tier").is_not_null())
    whole, brought = valued["lifetime_value"].sum(), valued["current_value"].sum()
    folded = valued.group_by("value_tier").agg(
        customers=pl.len().cast(pl.Int64),
        lifetime_value=pl.col("lifetime_value").pipe(by_size).sum(),
        mean_value=pl.col("lifetime_value").pipe(by_size).mean(),
        current_value=pl.col("current_value").pipe(by_size).sum(),
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
