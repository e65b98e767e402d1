"""Lifecycle stages: each rule on one customer's months, precedence, and what cannot be known."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.features.lifecycle import LifecycleRules, lifecycle_reasons, lifecycle_stage
from telcli.tables.results import LIFECYCLE_STAGES

AS_OF = date(2024, 2, 1)
STEADY = [50.0] * 9


def stage_of(*given: Any, **last: Any) -> str:
    """The stage of one customer."""
    return judged(*given, **last)[0]


def judged(
    revenue: list[float | None], tenure: float | None = 40.0, rules: LifecycleRules | None = None, **last: Any
) -> tuple[str, str]:
    """The stage and the reason of one customer whose revenue is given from the earliest month to the last."""
    ago = range(len(revenue) - 1, -1, -1)
    months = [date(AS_OF.year - (back > 1), (AS_OF.month - 1 - back) % 12 + 1, 1) for back in ago]
    days = last.pop("days", [20.0] * len(revenue))
    frame = pl.DataFrame(
        {
            "customer_id": ["a"] * len(revenue),
            "month": months,
            "left": [False] * (len(revenue) - 1) + [last.get("left", False)],
            "tenure_months": pl.Series([None if tenure is None else tenure - back for back in ago], dtype=pl.Float64),
            "revenue": pl.Series(revenue, dtype=pl.Float64),
            "active_days": pl.Series(days, dtype=pl.Float64),
            "months_since_use": pl.Series([last.get("idle", 0.0)] * len(revenue), dtype=pl.Float64),
        }
    )
    found = lifecycle_reasons(frame.lazy(), AS_OF, rules or LifecycleRules()).collect()
    assert found["customer_id"].to_list() == ["a"]
    assert lifecycle_stage(frame.lazy(), AS_OF, rules or LifecycleRules()).collect().equals(found[:, :2])
    return str(found["lifecycle_stage"].item()), str(found["lifecycle_reason"].item())


@pytest.mark.parametrize(
    ("revenue", "tenure", "last", "expected"),
    [
        (STEADY, 40.0, {}, "maturity"),
        (STEADY, 40.0, {"left": True}, "churned"),
        (STEADY[:2], 2.0, {}, "acquisition"),
        (STEADY[:2], 2.0, {"idle": 2.0}, "acquisition"),
        (STEADY, 40.0, {"idle": 1.0}, "dormant"),
        (STEADY[:6], 12.0, {}, "growth"),
        (STEADY[:6], 12.1, {}, "maturity"),
        ([50.0] * 6 + [50.0, 60.0, 70.0], 40.0, {}, "growth"),
        ([50.0] * 6 + [50.0, 49.0, 70.0], 40.0, {}, "maturity"),
        ([50.0] * 6 + [50.0, 51.0, 52.0], 40.0, {}, "maturity"),
        ([50.0] * 6 + [35.0, 35.0, 35.0], 40.0, {}, "decline"),
        ([50.0] * 6 + [36.0, 36.0, 36.0], 40.0, {}, "maturity"),
        ([50.0] * 6 + [35.0, 35.0, 35.0], 9.0, {}, "decline"),
        ([50.0] * 6 + [50.0, 48.0, 46.0], 40.0, {"days": [20.0] * 6 + [20.0, 15.0, 9.0]}, "decline"),
        ([50.0] * 6 + [50.0, 48.0, 46.0], 40.0, {}, "maturity"),
        ([50.0], 40.0, {}, "unknown"),
        ([50.0], 8.0, {}, "growth"),
        (STEADY, None, {}, "unknown"),
        ([None] * 9, 40.0, {}, "unknown"),
        ([0.0] * 9, 40.0, {}, "maturity"),
    ],
)
def test_each_rule(revenue: list[float | None], tenure: float | None, last: dict[str, Any], expected: str) -> None:
    assert expected in LIFECYCLE_STAGES
    assert stage_of(revenue, tenure, **last) == expected


def test_thresholds_are_settings() -> None:
    assert stage_of(STEADY, 5.0, rules=LifecycleRules(acquisition_months=6)) == "acquisition"
    assert stage_of(STEADY, 20.0, rules=LifecycleRules(growth_months=24)) == "growth"
    assert stage_of([50.0] * 6 + [45.0] * 3, rules=LifecycleRules(decline_ratio=0.9)) == "decline"
    assert stage_of(STEADY, idle=2.0, rules=LifecycleRules(dormant_months=3)) == "maturity"
    assert stage_of([50.0] * 6 + [50.0, 51.0, 52.0], rules=LifecycleRules(growth_slope=0.01)) == "growth"


def test_customers_without_a_row_at_the_snapshot_are_left_out() -> None:
    frame = pl.LazyFrame(
        {
            "customer_id": ["gone"],
            "month": [date(2024, 1, 1)],
            "left": [True],
            "tenure_months": [9.0],
            "revenue": [1.0],
            "active_days": [1.0],
            "months_since_use": [0.0],
        }
    )
    assert lifecycle_stage(frame, AS_OF).collect().is_empty()


def test_each_stage_says_which_rule_held() -> None:
    assert judged(STEADY, left=True) == ("churned", "left")
    assert judged(STEADY, 3.0) == ("acquisition", "joined-lately")
    assert judged(STEADY, idle=1.0) == ("dormant", "no-use")
    assert judged([50.0] * 6 + [30.0] * 3) == ("decline", "revenue-shrunk")
    falling = judged([50.0] * 6 + [50.0, 49.0, 48.0], days=[20.0] * 6 + [20.0, 19.0, 18.0])
    assert falling == ("decline", "revenue-and-use-fall")
    assert judged(STEADY, 12.0) == ("growth", "within-growth-months")
    assert judged([50.0] * 7 + [60.0, 70.0]) == ("growth", "revenue-rises")
    assert judged(STEADY) == ("maturity", "steady")
    assert judged([None], None) == ("unknown", "not-known")
    from telcli.features.view_words import reason_words

    for reason in ("left", "no-use", "revenue-and-use-fall", "within-growth-months", "labelled", "steady"):
        assert reason_words("lifecycle_stage", reason)[0] != reason
