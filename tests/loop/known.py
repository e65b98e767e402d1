"""What ingest, score-value and predict-churn would make of the operator's extracts, made at once and much cheaper.

Chances of leaving are true ones seen through noise, calibrated, and rank as a real model does (AUC about 0.8). Reasons
are the signs that show, some of them mistaken.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.loop.extracts import frames
from tests.loop.operator import Floats, Operator, month_of

__all__ = ["known", "month_frame", "noisy"]

_NOISE, _BIN = 2.2, 60
_THEMES = ("price", "service", "contract", "use", "life")
_MISTAKEN = 0.12
_SEGMENTS = ((1, "high fees", "高月租"), (2, "low fees", "低月租"))


def noisy(world: Operator) -> Floats:
    """Chance of leaving next month as a model would tell it, for each row of the world; NaN for who is not here."""
    rng = np.random.default_rng([world.seed, 31, world.now])
    true, found = world.chance(world.now + 1), np.full(world.n, np.nan)
    seen = np.log(true / (1 - true)) + rng.normal(0, _NOISE, world.n)
    rows = np.flatnonzero(world.here(world.now))
    order = rows[np.argsort(seen[rows], kind="stable")]
    for part in np.array_split(order, max(1, order.size // _BIN)):
        found[part] = true[part].mean()
    return found


def month_frame(world: Operator) -> pl.DataFrame:
    """Rows of customer_months of the month that has ended."""
    tables, day = frames(world, [world.now]), month_of(world.now)
    seen = pl.DataFrame({"customer_id": world.ids(), "gone": world.gone, "joined": world.joined})
    seen = seen.filter((pl.col("joined") <= world.now) & (pl.col("gone") >= world.now))
    bills = tables["bills"].group_by("customer_id").agg(revenue=pl.col("amount").sum())
    said = tables["contacts"].group_by("customer_id")
    complaints = said.agg(complaints=(pl.col("kind") == "complaint").sum().cast(pl.Float64))
    ends = tables["subscriptions"].select("customer_id", "contract_end", "plan_fee")
    left = (pl.col("contract_end") - pl.lit(day)).dt.total_days() / 30.4
    return (
        seen.join(tables["usage"].drop("month"), on="customer_id", how="left")
        .join(bills, on="customer_id", how="left")
        .join(complaints, on="customer_id", how="left")
        .join(ends, on="customer_id", how="left")
        .select(
            "customer_id",
            pl.lit(day).alias("month"),
            (pl.col("gone") > world.now).alias("active"),
            (pl.col("gone") == world.now).alias("left"),
            *("revenue", "plan_fee", "over_bundle_fee", "call_minutes", "data_mb", "active_days"),
            pl.col("complaints").fill_null(0.0),
            left.clip(0.0, 99.0).floor().alias("contract_months_left"),
            (pl.lit(world.now) - pl.col("joined")).cast(pl.Float64).alias("tenure_months"),
        )
        .sort("customer_id")
    )


def known(world: Operator) -> dict[str, pl.DataFrame]:
    """customers, churn_scores, value_scores and segments of the month that has ended."""
    here = pl.Series(world.here(world.now))
    people = frames(world, [world.now])["customers"]
    ids = pl.Series("customer_id", world.ids()).filter(here)
    dated = pl.DataFrame({"customer_id": ids}).with_columns(as_of=pl.lit(month_of(world.now)))
    return {
        "customers": people,
        "churn_scores": _scores(world, dated),
        "value_scores": _values(world, dated),
        "segments": _segments(world, dated),
    }


def _scores(world: Operator, dated: pl.DataFrame) -> pl.DataFrame:
    """Chance, band and the theme of the first reason: what shows of a trouble, and now and then something else."""
    rng = np.random.default_rng([world.seed, 37, world.now])
    chance, here = noisy(world), world.here(world.now)
    mistaken, other = rng.random(world.n) < _MISTAKEN, rng.integers(0, len(_THEMES), world.n)
    theme = np.where(mistaken | ~world.trouble[:, world.at(world.now)], other, world.kind)
    rate = float(np.nanmean(chance))
    band = np.select([chance >= 2.0 * rate, chance >= rate], ["high", "medium"], "low")
    return dated.with_columns(
        churn_probability=chance[here],
        risk_band=pl.Series(band[here]),
        target=pl.Series(band[here] == "high"),
        expected_saving=pl.lit(0.0),
        reason_1_theme=pl.Series([_THEMES[at] for at in theme[here]]),
    )


def _values(world: Operator, dated: pl.DataFrame) -> pl.DataFrame:
    """Worth as score-value would tell it: about the true one."""
    here = world.here(world.now)
    worth = (world.worth * world.habit**0.25)[here]
    rank = worth.argsort().argsort() / worth.size
    tier = np.select([rank >= 0.95, rank >= 0.8, rank >= 0.4], ["platinum", "gold", "silver"], "bronze")
    return dated.with_columns(
        current_value=worth * 0.6,
        retention_value=worth,
        lifetime_value=worth * 1.6,
        value_score=100 * rank,
        value_tier=pl.Series(tier),
    )


def _segments(world: Operator, dated: pl.DataFrame) -> pl.DataFrame:
    low = (world.fee < 59)[world.here(world.now)]
    parts = [[_SEGMENTS[int(is_low)][at] for is_low in low] for at in range(3)]
    return dated.with_columns(
        segment=pl.Series(parts[0], dtype=pl.Int64),
        segment_name=pl.Series(parts[1]),
        segment_name_zh=pl.Series(parts[2]),
        lifecycle_stage=pl.lit("maturity"),
    )
