"""Of the report: who is likely to leave, and who left."""

from __future__ import annotations

import polars as pl

from telcli.features.churn_words import feature_name
from telcli.figures import customers, leavers, reasons
from telcli.figures.base import Figures
from telcli.figures.slice_groups import placed
from telcli.stages.report_ground import Ground

__all__ = ["put_left", "put_risk"]


def put_risk(figures: Figures, ground: Ground) -> None:
    """Who is likely to leave, what contacting costs, and whom to call first."""
    figures.block("risk", ground.facts.bands, ("band",))
    figures.block("grid", ground.facts.grid, ("tier", "band"))
    if "churn_scores" in ground.tables:
        figures.block(
            "reasons", reasons.reasons(ground.tables["churn_scores"], ground.lines, ground.least), ("reason",)
        )
    figures.block("costs", ground.facts.costs, ("method",))
    top = customers.top_customers(ground.lines, ground.tables, ground.settings.top_customers)
    top = placed(top, ground.tables)
    names = [
        "customer_id",
        "place",
        "segment",
        "segment_name",
        "segment_name_zh",
        "revenue",
        "lifetime_value",
        "value_tier",
    ]
    names += ["churn_probability", "at_risk_value", "target", "expected_saving", "reason", "reason_zh"]
    rows = top.select(pl.col(name) for name in names if name in top.columns).to_dicts()
    figures.block("top_customers", rows, ("customer_id", "place", "segment_name", "value_tier", "reason"))


def put_left(figures: Figures, ground: Ground) -> None:
    """Who left, when, why, and what calls for care."""
    least = ground.least
    if "churn_by" in ground.tables:
        rows = leavers.by_rows(ground.tables["churn_by"].collect(), least, _dimension)
        figures.block("left_by", rows, leavers.BY_TEXTS)
    for name, table, made, texts in (
        ("left_stay", "churn_tenure", leavers.stay_rows, leavers.STAY_TEXTS),
        ("left_causes", "churn_causes", leavers.cause_rows, leavers.CAUSE_TEXTS),
        ("care", "care_triggers", leavers.care_rows, leavers.CARE_TEXTS),
    ):
        if table in ground.tables:
            figures.block(name, made(ground.tables[table].collect(engine="streaming"), least), texts)


def _dimension(name: str) -> tuple[str, str]:
    """What an attribute of the extract is called; other dimensions by their own names, which the page has words for."""
    return feature_name(name) if name.startswith("x_") else (name, name)
