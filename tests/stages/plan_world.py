"""A made-up month for plan-retention: customers with risk, worth, managers and reasons, and offers for them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.settings import PlanRetentionSettings, resolve
from telcli.stages import Inputs, Outcome, SavedModel
from telcli.stages.plan_retention import plan_retention
from telcli.tables import contract

MONTH = date(2024, 6, 1)
THEMES = ("price", "service", "contract", None)
OFFERS: dict[str, dict[str, Any]] = {
    "CREDIT": {"channel": "outbound", "cost": 30, "contact_cost": 3, "accept": 0.4, "themes": ["price"]},
    "CALL": {"channel": "phone", "cost": 0, "contact_cost": 6, "accept": 0.15, "take": 0.0},
    "TEXT": {"channel": "sms", "cost": 4, "contact_cost": 0.1, "accept": 0.06},
}


def world(size: int = 400, seed: int = 3) -> dict[str, pl.LazyFrame]:
    """Tables of one month; every hundredth customer has left."""
    rng = np.random.default_rng(seed)
    names = [f"C{at:05d}" for at in range(size)]
    p = np.round(rng.beta(1.2, 6.0, size), 6)
    same = {"customer_id": names, "as_of": [MONTH] * size}
    scores = pl.DataFrame(same).with_columns(
        churn_probability=pl.Series(p),
        risk_band=pl.Series(np.select([p > 0.35, p > 0.17], ["high", "medium"], "low")),
        target=pl.Series(p > 0.2),
        expected_saving=pl.lit(1.0),
        reason_1=pl.lit("Bills rose"),
        reason_1_zh=pl.lit("账单上涨"),
        reason_1_theme=pl.Series([THEMES[at] for at in rng.integers(0, len(THEMES), size)]),
    )
    worth = np.round(rng.lognormal(6.0, 0.8, size), 2)
    order = np.argsort(np.argsort(-worth)) / size
    values = pl.DataFrame(same).with_columns(
        current_value=pl.Series(worth),
        retention_value=pl.Series(worth),
        lifetime_value=pl.Series(2 * worth),
        incremental_value=pl.Series(np.round(rng.uniform(0, 20, size), 2)),
        value_score=pl.Series(100 * (1 - order)),
        value_tier=pl.Series(
            np.select([order < 0.05, order < 0.2, order < 0.5], ["platinum", "gold", "silver"], "bronze")
        ),
    )
    months = pl.DataFrame({"customer_id": names, "month": [MONTH] * size}).with_columns(
        active=pl.lit(value=True),
        left=pl.Series(np.arange(size) % 100 == 99),
        revenue=pl.Series(np.round(worth / 12, 2)),
        revenue_mean_3=pl.Series(np.round(worth / 12, 2)),
    )
    customers = pl.DataFrame({"customer_id": names}).with_columns(
        manager_id=pl.Series([f"M{at}" if at < 6 else None for at in rng.integers(0, 7, size)]),
        branch=pl.Series([("North", "South")[at] for at in rng.integers(0, 2, size)]),
        birth_year=pl.Series(rng.integers(1950, 2005, size)),
    )
    found = {"churn_scores": scores, "value_scores": values, "customer_months": months, "customers": customers}
    return {name: contract(name).conform(frame.lazy()) for name, frame in found.items()}


def planned(
    tables: Mapping[str, pl.LazyFrame] | None = None,
    *,
    offers: Mapping[str, Any] | None = OFFERS,
    choices: Mapping[str, Any] | None = None,
    borrowed: Mapping[str, SavedModel] | None = None,
    seed: int = 5,
    **given: Any,
) -> Outcome:
    """The plan of a made-up month by some settings."""
    settings = resolve("plan-retention", given, environ={}).values
    assert isinstance(settings, PlanRetentionSettings)
    words = {"value_months": 12.0, "customer_value": 200.0, **({"offers": offers} if offers else {}), **(choices or {})}
    inputs = Inputs(tables or world(), MONTH, seed=seed, choices=words, borrowed=borrowed or {})
    outcome = plan_retention(inputs, settings)
    for name, frame in outcome.tables.items():
        assert contract(name).conform(frame).collect().height >= 0
    return outcome


def table(outcome: Outcome, name: str = "retention_plan") -> pl.DataFrame:
    """One of its tables."""
    return outcome.tables[name].collect()


def codes(outcome: Outcome) -> list[str]:
    """What is told."""
    return [notice.code for notice in outcome.notices]
