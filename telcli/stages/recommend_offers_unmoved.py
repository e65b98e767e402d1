"""Why customers who could pay less are not offered another plan, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.stages.recommend_offers_ground import Ground

__all__ = ["unmoved", "unmoved_said"]

_SAID = {
    "cheapest": "{count} are on the plan that suits them best",
    "little": "{count} would save less than {least} of what they pay (least_saving)",
    "unknown": "{count} have no known chance of leaving (telcli predict-churn)",
    "worth": "{count} would save more than they are worth",
    "risk": "{count} are too unlikely to leave ({chance} in the middle, moving pays from {needed} on)",
    "keeps": "{count} would be moved if {keeps} of those who would leave stayed for it (keeps_share is {assumed})",
    "left_alone": "{count} are not to be contacted",
}


def unmoved(ground: Ground, rows: pl.DataFrame) -> dict[str, Any]:
    """Count who is not moved by reason, with what would change it.

    ``reasons`` has customers by reason; ``chance`` the median chance of leaving of those with reason "risk", and
    ``needed`` the median of the chance from which moving them pays; ``keeps`` the least `keeps_share` at which one of
    those with reason "keeps" is moved. Null where there are none.
    """
    keeps = ground.settings.keeps_share
    less = pl.col("saving") * ground.months_margin
    moved, wait = pl.col("best_plan") != pl.col("plan_id"), pl.col("measure") == "wait"
    alone = ground.people.filter("left_alone")["customer_id"].implode()
    reason = (
        pl.when(~moved)
        .then(pl.lit("cheapest"))
        .when(pl.col("measure") == "stay")
        .then(pl.lit("little"))
        .when(pl.col("measure") == "unknown")
        .then(pl.lit("unknown"))
        .when(wait & (pl.col("worth") <= less))
        .then(pl.lit("worth"))
        .when(wait & pl.col("break_even").is_null())
        .then(pl.lit("risk"))
        .when(wait)
        .then(pl.lit("keeps"))
        .when(pl.col("customer_id").is_in(alone))
        .then(pl.lit("left_alone"))
    )
    needed = less / (keeps * (pl.col("worth") - less) + less)
    told = rows.select("churn_probability", "break_even", reason=reason, needed=needed)
    risk, kept = told.filter(pl.col("reason") == "risk"), told.filter(pl.col("reason") == "keeps")
    counts = dict(told["reason"].value_counts().iter_rows())
    return {
        "reasons": {name: int(counts.get(name, 0)) for name in _SAID},
        "chance": _rounded(risk["churn_probability"].median()),
        "needed": _rounded(risk["needed"].median()),
        "keeps": _rounded(kept["break_even"].min()),
    }


def unmoved_said(ground: Ground, told: dict[str, Any]) -> Iterator[Notice]:
    """Say it, of those whose plans were compared."""
    shares = {name: f"{told[name]:.1%}" if told[name] is not None else "" for name in ("chance", "needed", "keeps")}
    shares |= {"least": f"{ground.settings.least_saving:.1%}", "assumed": f"{ground.settings.keeps_share:g}"}
    said = [_SAID[name].format(count=count, **shares) for name, count in told["reasons"].items() if count]
    if said:
        yield Notice(
            "offers-no-move",
            "No customer is offered another plan, of {count} compared: {places}.",
            {"count": sum(told["reasons"].values()), "places": "; ".join(said)},
        )


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 6)
