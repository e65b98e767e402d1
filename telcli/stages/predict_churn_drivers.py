"""What moves risk overall: columns and pairs by their effect, and how risk moves with each column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_design import Feature
from telcli.features.churn_themes import theme_of
from telcli.features.churn_words import feature_name
from telcli.methods.churn_bins import cuts
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["Drivers", "drivers_of"]

Matrix = NDArray[np.float32]
_STEPS, _LEVELS, _LEAST_PAIR = 12, 60, 0.01
"""Steps of a curve, of a category, and the mean effect on the log-odds from which a pair is told."""


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
    sample, stayed, means = road.sample, road.sample_stayed, road.model.effects(road.sample)
    rows: list[dict[str, Any]] = []
    for j in np.argsort(-effect, kind="stable"):
        feature = road.design.features[j]
        if not effect[j] > 0:
            break
        english, chinese = feature_name(feature.name)
        for step, (place, here) in enumerate(_steps(feature, sample[:, j]), 1):
            mean = float(means[here, j].mean(dtype=np.float64))
            rows.append(
                {
                    "feature": feature.name,
                    "step": step,
                    "name": english,
                    "name_zh": chinese,
                    **place,
                    "effect": mean,
                    "odds": float(np.exp(np.clip(mean, -700, 700))),
                    "share": float((here & stayed).sum() / max(stayed.sum(), 1)),
                }
            )
    return rows


def _steps(feature: Feature, values: Matrix) -> Iterator[tuple[dict[str, Any], NDArray[np.bool_]]]:
    """Steps of a column that hold any of the sample: which values they are of, and whose. Of a category at most 60.

    The many values of a free attribute may be names: they are one step.
    """
    gap = np.isnan(values)
    nowhere: dict[str, Any] = {"above": None, "upto": None, "level": None, "known": True}
    if feature.hashed and not gap.all():
        yield nowhere, ~gap
    elif feature.kind == "category":
        codes, counts = np.unique(values[~gap], return_counts=True)
        for code in np.sort(codes[np.argsort(-counts, kind="stable")[:_LEVELS]]):
            level = feature.levels[int(code)] if code < len(feature.levels) else None
            yield {**nowhere, "level": level}, values == code
    else:
        edges = cuts(values[:, None], (), _STEPS)[0]
        step = np.where(gap, -1, np.searchsorted(edges, values))
        for place in np.unique(step[~gap]):
            above = float(edges[place - 1]) if place > 0 else None
            upto = float(edges[place]) if place < edges.size else None
            yield {**nowhere, "above": above, "upto": upto}, step == place
    if gap.any():
        yield {**nowhere, "known": False}, gap
