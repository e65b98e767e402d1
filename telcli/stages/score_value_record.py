"""What a month's scores leave for the next one: weights, scales and bounds as tables, and read back from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.methods.ahp_group import down
from telcli.methods.indicator_score import Scale, Tree
from telcli.stages import Earlier
from telcli.stages.score_value_judged import Judged
from telcli.tables import contract
from telcli.tables.results import VALUE_TIERS

__all__ = [
    "WAITS",
    "Measure",
    "Record",
    "recall",
    "same_weights",
    "scale_rows",
    "tier_rows",
    "trimmed",
    "weight_rows",
]

_WEIGHTS, _SCALES, _TIERS = "value_weights", "value_scales", "value_tiers"
WAITS = "waits"
"""Why an indicator has no weight that had no data when scales were made, and has some in a later month."""
_TELLS = ("item", "node", "column", "better", "scaling", "judged_weight")


@dataclass(frozen=True)
class Measure:
    """What customers are scored by.

    Parameters
    ----------
    since : the month whose customers made it.
    tree : the weights of items that have data.
    scales : by indicator.
    dropped : item -> why it has no weight.
    bounds : least score of each tier but the last, the best first; None where nobody reached it.
    """

    since: date
    tree: Tree
    scales: Mapping[str, Scale]
    dropped: Mapping[str, str]
    bounds: Sequence[float | None] = ()


@dataclass(frozen=True)
class Record:
    """A snapshot of an earlier month: how it scored, and its customers."""

    as_of: date
    measure: Measure
    told: list[tuple[Any, ...]]
    made_with: str | None
    customers: pl.DataFrame
    indicators: pl.DataFrame


def trimmed(hierarchy: Mapping[str, Any], judged: Judged, dropped: Mapping[str, str]) -> Tree:
    """The tree without indicators that were dropped, nor nodes of which nothing is left; weights add up to 1 again."""
    items: Mapping[str, Sequence[str]] = hierarchy["items"]
    top = next(iter(items))
    children, local = {}, {}

    def walk(node: str) -> bool:
        kept = [item for item in items[node] if (walk(item) if item in items else item not in dropped)]
        if kept:
            weights = np.array([judged.local[node][list(items[node]).index(item)] for item in kept])
            children[node], local[node] = kept, weights / weights.sum()
        return bool(kept)

    walk(top)
    return Tree({node: children[node] for node in items if node in children}, local, top)


def weight_rows(
    hierarchy: Mapping[str, Any],
    judged: Judged,
    measure: Measure,
    known: Mapping[str, float],
    as_of: date,
    digest: str | None,
) -> pl.DataFrame:
    """Table value_weights; `known` is the share of customers of whom each indicator is known."""
    rows = []
    whole = measure.tree.weights
    for node, items in hierarchy["items"].items():
        about = judged.consistency[node]
        ratios = ", ".join(f"{name} {_three(ratio)}" for name, ratio in about["experts"].items() if name)
        for place, item in enumerate(items):
            row = {"item": item, "node": node, **_called(hierarchy, item)}
            row["judged_weight"] = round(float(judged.local[node][place]), 9)
            siblings = measure.tree.children.get(node, ())
            held = item in siblings
            row["local_weight"] = float(measure.tree.local[node][list(siblings).index(item)]) if held else 0.0
            row["global_weight"] = round(whole.get(item, 0.0), 9)
            row |= {"dropped": measure.dropped.get(item), "known_share": known.get(item)}
            row |= {"consistency_ratio": about["cr"], "experts": len(about["experts"]), "agreement": about["kendall_w"]}
            rows.append({**row, "expert_ratios": ratios or None})
    order = {
        item: place for place, item in enumerate(down(hierarchy["items"], judged.local, next(iter(hierarchy["items"]))))
    }
    rows.sort(key=lambda row: order[row["item"]])
    return _framed(_WEIGHTS, rows, as_of, since=measure.since, made_with=digest)


def scale_rows(measure: Measure, as_of: date) -> pl.DataFrame:
    """Table value_scales."""
    rows = [
        {"item": item, "place": place, "value": float(value), "score": float(score)}
        for item, scale in measure.scales.items()
        for place, (value, score) in enumerate(zip(scale.values, scale.scores, strict=True), start=1)
    ]
    return _framed(_SCALES, rows, as_of)


def tier_rows(tiers: pl.Series, bounds: Sequence[float | None], since: date, as_of: date) -> pl.DataFrame:
    """Table value_tiers, of the tier of each customer."""
    floors = [*bounds, 0.0] if bounds else [None] * len(VALUE_TIERS)
    counts = [int((tiers == tier).sum()) for tier in VALUE_TIERS]
    rows = [
        {
            "value_tier": tier,
            "place": place,
            "least_score": floor,
            "customers": count,
            "customer_share": count / len(tiers),
        }
        for place, (tier, floor, count) in enumerate(zip(VALUE_TIERS, floors, counts, strict=True), start=1)
    ]
    return _framed(_TIERS, rows, as_of, since=since)


def recall(earlier: Earlier | None) -> Record | None:
    """Read an earlier snapshot back; None where there is none that was scored by indicators."""
    needed = {_WEIGHTS, _SCALES, _TIERS, "value_scores", "value_indicators"}
    if earlier is None or not needed <= set(earlier.tables):
        return None
    read = {name: earlier.tables[name].collect(engine="streaming") for name in needed}
    rows = read[_WEIGHTS].sort("place", maintain_order=True)
    if not rows.height:
        return None
    tiers = read[_TIERS].sort("place")
    children: dict[str, list[str]] = {}
    weights: dict[str, list[float]] = {}
    for item, node, weight in (
        rows.filter(pl.col("local_weight") > 0).select("item", "node", "local_weight").iter_rows()
    ):
        children.setdefault(node, []).append(item)
        weights.setdefault(node, []).append(weight)
    tree = Tree(children, {node: np.array(found) for node, found in weights.items()}, rows["node"][0])
    measure = Measure(
        rows["since"][0],
        tree,
        {item: _scale(read[_SCALES], item) for item in tree.leaves} if children else {},
        {item: "no-data" if why == WAITS else why for item, why in rows.select("item", "dropped").iter_rows() if why},
        tiers["least_score"].to_list()[:-1],
    )
    customers = read["value_scores"].select("customer_id", "value_score", "value_tier")
    return Record(earlier.as_of, measure, _told(rows), rows["made_with"][0], customers, read["value_indicators"])


def same_weights(record: Record, rows: pl.DataFrame) -> bool:
    """Whether a snapshot was made of the same hierarchy, weighted the same, as these rows of value_weights."""
    return record.told == _told(rows)


def _told(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return rows.sort("place").select(_TELLS).rows()


def _scale(rows: pl.DataFrame, item: str) -> Scale:
    held = rows.filter(pl.col("item") == item).sort("place")
    return Scale(held["value"].to_numpy(), held["score"].to_numpy())


def _called(hierarchy: Mapping[str, Any], item: str) -> dict[str, str | None]:
    about = hierarchy["indicators"].get(item)
    if about is None:
        name, chinese = hierarchy["names"].get(item, (item.replace("_", " "),) * 2)
        return {"name": name, "name_zh": chinese, "column": None, "better": None, "scaling": None}
    return {name: about[name] for name in ("name", "name_zh", "column", "better", "scaling")}


def _three(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.3f}"


def _framed(table: str, rows: list[dict[str, Any]], as_of: date, **also: Any) -> pl.DataFrame:
    kinds = {name: column.dtype for name, column in contract(table).schema.columns().items()}
    placed = [{**row, "as_of": as_of, **also, "place": row.get("place", at)} for at, row in enumerate(rows, start=1)]
    return pl.DataFrame(placed, schema={name: kind for name, kind in kinds.items() if not placed or name in placed[0]})
