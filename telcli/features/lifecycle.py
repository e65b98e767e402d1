"""Where a customer stands in life with the operator, judged from the months up to the snapshot."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import polars as pl

from telcli.features.month_index import add_months
from telcli.features.ruling import NOT_KNOWN, Rule, ruled

__all__ = ["LifecycleRules", "lifecycle_reasons", "lifecycle_stage"]

_MONTHS_BACK = 9


@dataclass(frozen=True)
class LifecycleRules:
    """Thresholds of the stages: months, share of mean revenue per month, ratio of means, months without use."""

    acquisition_months: int = 3
    growth_months: int = 12
    growth_slope: float = 0.05
    decline_ratio: float = 0.7
    dormant_months: int = 1

    @classmethod
    def of(cls, settings: Any) -> LifecycleRules:
        """The thresholds as the settings of `segment` have them."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls)})


def lifecycle_stage(months: pl.LazyFrame, as_of: date, rules: LifecycleRules = LifecycleRules()) -> pl.LazyFrame:
    """One row per customer with a row at `as_of`: customer_id and lifecycle_stage.

    The first that holds, of:

    - churned: `left` at the snapshot.
    - acquisition: tenure up to `acquisition_months`.
    - dormant: no use for `dormant_months` or more while the number is alive.
    - decline: mean revenue of 3 months at most `decline_ratio` of that of the 6 before, or two falls of revenue
      running while active days fall too.
    - growth: tenure up to `growth_months`, or two rises running with a slope above `growth_slope` of the mean a month.
    - maturity: three months of revenue are known and none of these holds.
    - unknown: otherwise.

    `months` is customer_months; customer_id, month, left, tenure_months, revenue, active_days and months_since_use are
    read. Stages are those of China Telecom's A-B-M-D-E life cycle with dormancy beside them.

    >>> frame = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 6, 1)], "left": [False],
    ...     "tenure_months": [2.0], "revenue": [9.0], "active_days": [9.0], "months_since_use": [0.0]})
    >>> lifecycle_stage(frame, date(2024, 6, 1)).collect()["lifecycle_stage"].to_list()
    ['acquisition']
    """
    return lifecycle_reasons(months, as_of, rules).drop("lifecycle_reason")


def lifecycle_reasons(months: pl.LazyFrame, as_of: date, rules: LifecycleRules = LifecycleRules()) -> pl.LazyFrame:
    """`lifecycle_stage` with lifecycle_reason beside: which rule held, as ``no-use``; ``not-known`` where none did."""
    return _recent(months, as_of).select("customer_id", *_stage(rules))


def _recent(months: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Customers of the snapshot with revenue r0 (now) .. r8 and active days d0 .. d2."""
    back = [add_months(as_of, -ago) for ago in range(_MONTHS_BACK)]
    at = pl.col("month")
    # One cell per customer and month, picked, not averaged: sums in parallel would not repeat to the last bit. The
    # largest of one cell is that cell; unlike the first of those filtered, it is found without lists of each customer.
    revenue = [pl.when(at == month).then("revenue").max().alias(f"r{ago}") for ago, month in enumerate(back)]
    days = [pl.when(at == month).then("active_days").max().alias(f"d{ago}") for ago, month in enumerate(back[:3])]
    now = [pl.when(at == as_of).then(name).max().alias(name) for name in ("left", "tenure_months", "months_since_use")]
    here = (at == as_of).any().alias("here")
    window = months.filter(at.is_between(back[-1], as_of))
    return window.group_by("customer_id").agg(*now, here, *revenue, *days).filter("here")


def _stage(rules: LifecycleRules) -> list[pl.Expr]:
    r0, r1, r2 = pl.col("r0"), pl.col("r1"), pl.col("r2")
    recent = pl.sum_horizontal("r0", "r1", "r2", ignore_nulls=False) / 3
    before = pl.mean_horizontal([f"r{ago}" for ago in range(3, _MONTHS_BACK)])
    shrunk = (before > 0) & (recent <= rules.decline_ratio * before)
    falling = (r0 < r1) & (r1 < r2) & (pl.col("d0") < pl.col("d1")) & (pl.col("d1") < pl.col("d2"))
    rising = (r0 > r1) & (r1 > r2) & ((r0 - r2) / 2 > rules.growth_slope * recent)
    tenure = pl.col("tenure_months")
    stages = [
        Rule(pl.col("left"), "churned", "left"),
        Rule(tenure <= rules.acquisition_months, "acquisition", "joined-lately"),
        Rule(pl.col("months_since_use") >= rules.dormant_months, "dormant", "no-use"),
        Rule(shrunk, "decline", "revenue-shrunk"),
        Rule(falling, "decline", "revenue-and-use-fall"),
        Rule(tenure <= rules.growth_months, "growth", "within-growth-months"),
        Rule(rising, "growth", "revenue-rises"),
        Rule(recent.is_not_null() & tenure.is_not_null(), "maturity", "steady"),
        Rule(pl.lit(value=True), "unknown", NOT_KNOWN),
    ]
    return ruled("lifecycle_stage", "lifecycle_reason", stages)
