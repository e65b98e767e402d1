"""Part of score-satisfaction: how much each item matters, and which quadrant it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.methods.driver_ranking import rank_drivers
from telcli.methods.satisfaction_index import weighted_mean
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages.score_satisfaction_answers import Survey

__all__ = ["Quadrants", "quadrants"]

_LEAST = 50
"""Whole answers from which importance is derived."""
_NAMES = {(True, False): "improve-first", (True, True): "keep-up", (False, False): "improve-later"}
_OVERDONE = "overdone"
_MOST = 30
"""Items that are looked at together: those most answered."""


@dataclass(frozen=True)
class Quadrants:
    """By item importance, importance_low, importance_high, quadrant and sure; the lines between; what is to be said."""

    items: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, Any]
    notices: tuple[Notice, ...] = ()


def quadrants(
    survey: Survey,
    people: pl.DataFrame,
    rows: Sequence[Mapping[str, Any]],
    settings: ScoreSatisfactionSettings,
    seed: int,
) -> Quadrants:
    """Put items of one matter into quadrants of importance and performance, cut at the mean or median of both.

    `rows` are items with their performance; an item is high where it is at the line or above.
    """
    told = [row for row in rows if row["role"] is None and not row["withheld"]]
    told = sorted(told, key=lambda row: (-row["respondents"], row["item"]))[:_MOST]
    names = sorted(row["item"] for row in told)
    if len(names) < 2:
        return Quadrants({}, {})
    found = _stated(survey, people, names) if settings.importance == "stated" else _derived(survey, people, names, seed)
    if isinstance(found, Notice):
        return Quadrants({}, {}, (found,))
    cut = np.mean if settings.quadrant_cut == "mean" else np.median
    performance = {row["item"]: row for row in told}
    lines = {
        "importance": settings.importance,
        "cut": settings.quadrant_cut,
        "importance_line": float(cut([found[name][0] for name in names])),
        "performance_line": float(cut([performance[name]["performance"] for name in names])),
    }
    items = {name: _placed(found[name], performance[name], lines) for name in names}
    return Quadrants(items, lines)


def _placed(importance: Sequence[float], row: Mapping[str, Any], lines: Mapping[str, Any]) -> dict[str, Any]:
    """One item's quadrant, and whether neither interval reaches over a line."""
    share, low, high = importance
    matters, does = share >= lines["importance_line"], row["performance"] >= lines["performance_line"]
    clear = not low <= lines["importance_line"] <= high
    done = row["performance_low"] > lines["performance_line"] or row["performance_high"] < lines["performance_line"]
    ends = (float(np.clip(end, 0.0, 1.0)) for end in (share, low, high))
    return {
        **dict(zip(("importance", "importance_low", "importance_high"), ends, strict=True)),
        "quadrant": _NAMES.get((matters, does), _OVERDONE),
        "sure": clear and done,
    }


def _derived(
    survey: Survey, people: pl.DataFrame, names: Sequence[str], seed: int
) -> dict[str, tuple[float, float, float]] | Notice:
    """Shares of what the items explain of overall satisfaction, by a method that resists items that go together."""
    wide = survey.answers.filter(pl.col("item").is_in(list(names)))
    wide = wide.select("customer_id", "item", "points").pivot("item", index="customer_id", values="points")
    whole = people.select("customer_id", "satisfaction", "speaks").join(wide, on="customer_id", how="inner")
    whole = whole.drop_nulls().sort("customer_id")
    least = max(_LEAST, 5 * len(names))
    if whole.height < least:
        return Notice(
            "satisfaction-no-importance",
            "Importance of items is not known: {answers} customers answered all {items} of them and overall "
            "satisfaction, and it takes {least}.",
            {"answers": whole.height, "items": len(names), "least": least},
        )
    x, y = whole.select(names).to_numpy(), whole["satisfaction"].to_numpy()
    ranking = rank_drivers(x, y, weights=whole["speaks"].to_numpy(), seed=seed)
    if not ranking.tells:
        return Notice(
            "satisfaction-importance-chance",
            "Importance of items is not known: the {items} items explain no more than chance would of the overall "
            "satisfaction of {answers} customers.",
            {"answers": whole.height, "items": len(names)},
        )
    ends = zip(ranking.share.tolist(), ranking.low.tolist(), ranking.high.tolist(), strict=True)
    return dict(zip(names, ends, strict=True))


def _stated(
    survey: Survey, people: pl.DataFrame, names: Sequence[str]
) -> dict[str, tuple[float, float, float]] | Notice:
    """What was expected of each item, 0..1 of its scale: importance as customers state it."""
    told = survey.answers.join(people.select("customer_id", "speaks"), on="customer_id", how="inner")
    told = told.filter(pl.col("expected").is_not_null())
    found = {}
    for name in names:
        low, high = survey.scales[name]
        rows = told.filter(item=name)
        if not rows.height:
            return Notice(
                "satisfaction-not-stated",
                "Importance as stated needs what was expected of each item; of {item} nobody told it.",
                {"item": name},
            )
        share = (rows["expected"].to_numpy() - low) / (high - low)
        mean, below, above, _ = weighted_mean(share, rows["speaks"].to_numpy())
        found[name] = (mean, below, above)
    return found
