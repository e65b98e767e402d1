"""Who changed tier since the snapshot before, and which indicators moved the score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.value_words import moved_by
from telcli.methods.indicator_score import POINTS, Tree
from telcli.stages.score_value_record import Record
from telcli.tables.hierarchy import default
from telcli.tables.results import VALUE_TIERS

__all__ = ["NOBODY", "move_rows", "moves_told"]

Array = NDArray[np.float64]
NOBODY = "none"
"""In the matrix of tiers: no customer in that month."""
_REASONS, _LEAST = 3, 0.05


def move_rows(
    now: pl.DataFrame, tree: Tree, record: Record | None, names: Mapping[str, tuple[str, str]]
) -> pl.DataFrame:
    """The rows of value_moves, without as_of; none where there is no snapshot to compare with.

    `now` holds customer_id, value_score, value_tier and the indicators as x_<item>, scored as those of `record`.
    """
    if record is None or not tree.children:
        return pl.DataFrame(schema=_EMPTY)
    then = record.customers.join(record.indicators, on="customer_id", how="left", maintain_order="left")
    both = now.join(then, on="customer_id", how="inner", suffix="_then", maintain_order="left")
    both = both.filter(pl.col("value_tier") != pl.col("value_tier_then"))
    before, after = (_leaves(both, tree, suffix) for suffix in ("_then", ""))
    change = (both["value_score"] - both["value_score_then"]).round(POINTS)
    parts = contributions(tree, before, after)
    return pl.DataFrame(
        {
            "customer_id": both["customer_id"],
            "before": pl.Series([record.as_of], dtype=pl.Date).new_from_index(0, both.height),
            "tier_before": both["value_tier_then"],
            "value_tier": both["value_tier"],
            "score_before": both["value_score_then"],
            "score": both["value_score"],
            "change": change,
            **_reasons(tree, before, after, parts, np.sign(change.to_numpy()), names),
        }
    )


_REASON_COLUMNS = [f"reason_{slot}{tongue}" for tongue in ("", "_zh") for slot in range(1, _REASONS + 1)]
_EMPTY = {
    "customer_id": pl.String,
    "before": pl.Date,
    **dict.fromkeys(("tier_before", "value_tier"), pl.String),
    **dict.fromkeys(("score_before", "score", "change"), pl.Float64),
    **dict.fromkeys(_REASON_COLUMNS, pl.String),
    **dict.fromkeys([f"item_{slot}" for slot in range(1, _REASONS + 1)], pl.String),
    **dict.fromkeys([f"points_{slot}" for slot in range(1, _REASONS + 1)], pl.Float64),
}


def contributions(tree: Tree, before: Mapping[str, Array], after: Mapping[str, Array]) -> Array:
    """What each leaf adds to the change of the score: weight x change, customers x leaves; their sum is the change."""
    weights, then, now = tree.weights, tree.filled(before), tree.filled(after)
    return np.column_stack([weights[leaf] * (now[leaf] - then[leaf]) for leaf in tree.leaves])


def moves_told(now: pl.DataFrame, record: Record | None) -> dict[str, Any] | None:
    """How many went from which tier to which; `none` is no customer in that month."""
    if record is None:
        return None
    then = record.customers.select("customer_id", before=pl.col("value_tier"))
    both = now.select("customer_id", "value_tier").join(then, on="customer_id", how="full", coalesce=True)
    counted = both.fill_null(NOBODY).group_by("before", "value_tier").agg(pl.len())
    held = {(before, after): rows for before, after, rows in counted.iter_rows()}
    kinds = (*VALUE_TIERS, NOBODY)
    matrix = {
        one: {other: held.get((one, other), 0) for other in kinds if one != other or one != NOBODY} for one in kinds
    }
    order = {tier: place for place, tier in enumerate(VALUE_TIERS)}
    stayed = [(order[one] - order[other], rows) for (one, other), rows in held.items() if {one, other} <= set(order)]
    return {
        "before": f"{record.as_of:%Y-%m}",
        "up": sum(rows for steps, rows in stayed if steps > 0),
        "down": sum(rows for steps, rows in stayed if steps < 0),
        "same": sum(rows for steps, rows in stayed if steps == 0),
        "matrix": matrix,
    }


def _leaves(both: pl.DataFrame, tree: Tree, suffix: str) -> dict[str, Array]:
    unknown = np.full(both.height, np.nan)
    columns = {leaf: f"x_{leaf}{suffix}" for leaf in tree.leaves}
    return {
        leaf: both[name].fill_null(np.nan).to_numpy() if name in both.columns else unknown
        for leaf, name in columns.items()
    }


def _reasons(
    tree: Tree,
    before: Mapping[str, Array],
    after: Mapping[str, Array],
    parts: Array,
    side: Array,
    names: Mapping[str, tuple[str, str]],
) -> dict[str, pl.Series]:
    """The leaves that moved each score most the way that it went, in words and in points."""
    leaves, within = tree.leaves, _within(names)
    toward = parts * side[:, None]
    order = np.argsort(-toward, axis=1, kind="stable")[:, :_REASONS]
    said: dict[str, list[Any]] = {name: [None] * len(parts) for name in list(_EMPTY)[-4 * _REASONS :]}
    for row, places in enumerate(order):
        for slot, place in enumerate(places, start=1):
            if toward[row, place] < _LEAST:
                break
            leaf, points = leaves[place], float(parts[row, place])
            words = moved_by(within[leaf], float(before[leaf][row]), float(after[leaf][row]), points)
            said[f"reason_{slot}"][row], said[f"reason_{slot}_zh"][row] = words
            said[f"item_{slot}"][row], said[f"points_{slot}"][row] = leaf, round(points, POINTS)
    return {name: pl.Series(values, dtype=_EMPTY[name]) for name, values in said.items()}


def _within(names: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Names as they stand within an English sentence: telcli's own begin small, the operator's stay as written."""
    given = {item: told["name"] for item, told in default()["indicators"].items()}
    return {
        item: (name[:1].lower() + name[1:] if name == given.get(item) else name, chinese)
        for item, (name, chinese) in names.items()
    }
