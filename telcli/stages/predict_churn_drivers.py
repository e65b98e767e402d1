"""What moves risk overall: columns and pairs by their effect, and how risk moves with each column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_design import Feature
from telcli.features.churn_themes import theme_of
from telcli.features.churn_words import feature_name
from telcli.methods.churn_bins import cuts, encode, sizes_of
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["Drivers", "drivers_of"]

_STEPS, _LEAST_PAIR = 12, 0.01
"""Steps of a curve, and the mean effect on the log-odds from which a pair is told."""


@dataclass(frozen=True)
class Drivers:
    """The ten strongest columns, for people; and the tables churn_drivers and churn_shapes."""

    strongest: list[dict[str, Any]]
    tables: dict[str, pl.LazyFrame]


def drivers_of(study: Study, road: Road) -> Drivers:
    """Drivers over a sample of customers learned from; stayers of it are what a curve is against."""
    effect = np.abs(road.model.attributions(road.sample)).mean(axis=0, dtype=np.float64)
    names = road.design.names
    alone: list[dict[str, Any]] = [
        {"feature": names[j], "with_feature": None, **_named(names[j]), "effect": float(effect[j])}
        for j in range(len(names))
        if effect[j] > 0
    ]
    pairs = []
    for (j, k), together in road.model.interactions(road.sample):
        strength = float(np.abs(together).mean())
        if strength >= _LEAST_PAIR:
            one, other = _named(names[j]), _named(names[k])
            both = {tongue: f"{one[tongue]} x {other[tongue]}" for tongue in ("name", "name_zh")}
            theme = one["theme"] if effect[j] >= effect[k] else other["theme"]
            pairs.append({"feature": names[j], "with_feature": names[k], **both, "theme": theme, "effect": strength})
    ranked = sorted([*alone, *pairs], key=lambda row: -row["effect"])
    strongest = [
        {key: row[key] for key in ("feature", "name", "name_zh", "theme", "effect")}
        for row in ranked
        if row["with_feature"] is None
    ]
    table = pl.DataFrame(ranked, schema=_DRIVERS).with_row_index("rank", 1)
    shapes = pl.DataFrame(_shapes(road, effect), schema=_SHAPES)
    dated = pl.lit(study.as_of).alias("as_of")
    tables = {
        "churn_drivers": table.select(dated, pl.col("rank").cast(pl.Int64), *_DRIVERS).lazy(),
        "churn_shapes": shapes.select(dated, pl.all()).lazy(),
    }
    return Drivers(strongest[:10], tables)


_DRIVERS = {
    **dict.fromkeys(("feature", "with_feature", "name", "name_zh", "theme"), pl.String()),
    "effect": pl.Float64(),
}
_SHAPES = {
    "feature": pl.String(),
    "step": pl.Int64(),
    "name": pl.String(),
    "name_zh": pl.String(),
    "above": pl.Float64(),
    "upto": pl.Float64(),
    "level": pl.String(),
    "known": pl.Boolean(),
    "effect": pl.Float64(),
    "odds": pl.Float64(),
    "share": pl.Float64(),
}


def _named(name: str) -> dict[str, str]:
    english, chinese = feature_name(name)
    return {"name": english, "name_zh": chinese, "theme": theme_of(name)}


def _shapes(road: Road, effect: NDArray[np.float64]) -> list[dict[str, Any]]:
    """The curve of every column with any effect, strongest first, in steps that hold about as many of the sample."""
    sample, stayed = road.sample, road.sample_stayed
    categorical = road.design.categorical
    edges = cuts(sample, categorical, _STEPS)
    codes, sizes = encode(sample, edges, categorical), sizes_of(edges)
    means = road.model.effects(sample)
    rows: list[dict[str, Any]] = []
    for j in np.argsort(-effect, kind="stable"):
        if not effect[j] > 0:
            break
        feature, step = road.design.features[j], 0
        for code in range(sizes[j]):
            here = codes[:, j] == code
            if not here.any():
                continue
            step += 1
            mean = float(means[here, j].mean(dtype=np.float64))
            rows.append(
                {
                    "feature": feature.name,
                    "step": step,
                    **{key: value for key, value in _named(feature.name).items() if key != "theme"},
                    **_place(feature, code, edges[j], gap=code == sizes[j] - 1),
                    "effect": mean,
                    "odds": float(np.exp(np.clip(mean, -700, 700))),
                    "share": float((here & stayed).sum() / max(stayed.sum(), 1)),
                }
            )
    return rows


def _place(feature: Feature, code: int, edges: NDArray[np.float32], *, gap: bool) -> dict[str, Any]:
    """Which values a step is of."""
    found: dict[str, Any] = {"above": None, "upto": None, "level": None, "known": not gap}
    if gap:
        return found
    if feature.kind == "category":
        found["level"] = feature.levels[code] if code < len(feature.levels) else None
    else:
        found["above"] = float(edges[code - 1]) if code > 0 else None
        found["upto"] = float(edges[code]) if code < edges.size else None
    return found
