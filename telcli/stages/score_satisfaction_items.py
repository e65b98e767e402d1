"""Part of score-satisfaction: expectation against experience, importance and performance of each item."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.methods.satisfaction_index import weighted_mean
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages.score_satisfaction_answers import Survey
from telcli.stages.score_satisfaction_importance import Quadrants, quadrants
from telcli.tables.from_rows import from_rows

__all__ = ["expectation_index", "items_table"]


def items_table(
    survey: Survey, people: pl.DataFrame, as_of: date, settings: ScoreSatisfactionSettings, seed: int
) -> tuple[pl.DataFrame, Quadrants]:
    """The table satisfaction_items, a row per item, sorted by item, of customers of the base alone; and its lines."""
    speaks = people.select("customer_id", "speaks")
    answers = survey.answers.join(speaks, on="customer_id", how="inner", maintain_order="left")
    rows = [_row(item, answers.filter(item=item), survey, settings) for item in sorted(survey.scales)]
    placed = quadrants(survey, people, rows, settings, seed)
    full = ({"as_of": as_of, **row, **placed.items.get(row["item"], {})} for row in rows)
    return from_rows("satisfaction_items", full), placed


def expectation_index(items: pl.DataFrame) -> float | None:
    """How far experience met expectations, 0..100: 80 where it met them all, 100 where it was a quarter above them.

    ``sum(w_j 100 clip(perceived_j / expected_j, 0, 1.25) / 1.25)`` over the items of which both are known, weighted by
    importance where all of those have it, else alike. A form of our own: raw gaps stand beside it. None without any.
    """
    both = items.filter(pl.col("gap").is_not_null(), pl.col("expected") > 0)
    if not both.height:
        return None
    known = both["importance"].is_not_null().all() and float(both["importance"].to_numpy().sum()) > 0
    weights = both["importance"].to_numpy() if known else np.ones(both.height)
    met = np.clip(both["perceived"].to_numpy() / both["expected"].to_numpy(), 0.0, 1.25) / 1.25
    return float(100.0 * (weights @ met) / weights.sum())


def _row(item: str, answers: pl.DataFrame, survey: Survey, settings: ScoreSatisfactionSettings) -> dict[str, Any]:
    told = answers.filter(pl.col("points").is_not_null())
    low, high = survey.scales[item]
    row: dict[str, Any] = {
        "item": item,
        "role": survey.roles.get(item),
        "scale": f"{low:g}-{high:g}",
        "respondents": told.height,
        "withheld": told.height < settings.small_cell,
    }
    if row["withheld"]:
        return row
    mean, below, above, _ = weighted_mean(told["points"].to_numpy(), told["speaks"].to_numpy())
    ends = (float(np.clip(end, 0.0, 100.0)) for end in (mean, below, above))
    row |= dict(zip(("performance", "performance_low", "performance_high"), ends, strict=True))
    return row | _gap(answers, settings.small_cell)


def _gap(answers: pl.DataFrame, least: int) -> dict[str, Any]:
    """What was expected and found, of who told both."""
    both = answers.filter(pl.col("expected").is_not_null(), pl.col("perceived").is_not_null())
    if both.height < least:
        return {"gap_answers": both.height or None}
    speaks = both["speaks"].to_numpy()
    means = {name: weighted_mean(both[name].to_numpy(), speaks)[0] for name in ("expected", "perceived")}
    gap = weighted_mean((both["perceived"] - both["expected"]).to_numpy(), speaks)
    return {**means, "gap": gap[0], "gap_low": gap[1], "gap_high": gap[2], "gap_answers": both.height}
