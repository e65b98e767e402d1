"""The score and its tiers as management reads them: who moved and why, weights and what hangs on them, own levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.figures.ways import told_beside, walked
from telcli.tables.by_size import by_size
from telcli.tables.hierarchy import default

__all__ = [
    "MOVE_TEXTS",
    "REASON_TEXTS",
    "STAR_TEXTS",
    "STEPS",
    "WEIGHT_TEXTS",
    "moves",
    "reasons",
    "stars",
    "steps",
    "weights",
]

MOVE_TEXTS = ("from_tier", "to_tier", "before")
REASON_TEXTS = ("name",)
WEIGHT_TEXTS = ("item", "name", "node", "dropped")
STAR_TEXTS = ("star",)
_TIERS = ("platinum", "gold", "silver", "bronze")
_NOBODY = "none"
_WAYS = ("up", "down")
STEPS = (*_WAYS, "same")


def moves(told: Mapping[str, Any] | None, least: int, gone: Collection[str] = ()) -> list[dict[str, Any]]:
    """Ways between tiers since the snapshot before, from the matrix that score-value recorded.

    Whoever was no customer comes from ``new``, whoever is none goes to ``gone``. Counts of fewer than `least` are left
    out (`small`) with those that would give them away; `gone` are tiers whose size is hidden elsewhere.
    """
    if (ways := _ways_of(told)) is None or told is None:
        return []
    rows = []
    for row, figures in walked(*ways, least, _TIERS, gone):
        moved = float(row["from_group"] not in (row["to_group"], "new"))
        texts = {"from_tier": row["from_group"], "to_tier": row["to_group"], "before": told["before"]}
        rows.append({**texts, "moved": moved, **figures})
    return rows


def steps(told: Mapping[str, Any] | None, least: int, gone: Collection[str] = ()) -> dict[str, int]:
    """How many went up, went down and stayed: of these the ones that betray nothing which `moves` hides."""
    if (ways := _ways_of(told)) is None or told is None:
        return {}
    kept = told_beside(*ways, least, _TIERS, gone, _sums())
    few = hidden([told[name] for name in STEPS], least)
    return {name: told[name] for name, one, small in zip(STEPS, kept, few, strict=True) if one and not small}


def _ways_of(told: Mapping[str, Any] | None) -> tuple[pl.DataFrame, list[str], list[str]] | None:
    """Ways between tiers that anybody went, and the tiers of then and of now in order; None where there are none."""
    named = {one: {_NOBODY: "gone"}.get(one, one) for one in (*_TIERS, _NOBODY)}
    ways = [
        {"from_group": {_NOBODY: "new"}.get(one, one), "to_group": named[other], "customers": count}
        for one, row in (told or {}).get("matrix", {}).items()
        for other, count in row.items()
        if count
    ]
    if not ways:
        return None
    table = pl.DataFrame(ways).sort("from_group", "to_group")
    table = table.with_columns(share=pl.col("customers") / pl.col("customers").sum().over("from_group"))
    before = [one for one in (*_TIERS, "new") if one in table["from_group"]]
    return table, before, [one for one in (*_TIERS, "gone") if one in table["to_group"]]


def _sums() -> list[set[tuple[str, str]]]:
    """Ways up, down and nowhere: the parts of which `steps` tells the sums."""
    places = list(enumerate(_TIERS))
    pairs = [(at - to, (one, other)) for at, one in places for to, other in places]
    return [{pair for step, pair in pairs if (step > 0) - (step < 0) == way} for way in (1, -1, 0)]


def reasons(
    table: pl.DataFrame, names: pl.DataFrame, least: int, most: int = 6, told: Collection[str] = _WAYS
) -> list[dict[str, Any]]:
    """Indicators that moved the scores of those who changed tier most, by table value_moves: the commonest first.

    Customers whose first reason it is among those who rose and those who fell, and the mean points it gave or took.
    Counts of fewer than `least` are left out with their points, and so are others that would give them away; an
    indicator that has none left is not listed. `names` is value_weights, `told` the ways whose sum `steps` tells: of
    another the smallest count is left out, so that they do not add up to it.
    """
    if "item_1" not in table.columns:
        return []
    moved = table.filter(pl.col("item_1").is_not_null()).with_columns(
        way=pl.when(pl.col("change") > 0).then(pl.lit("up")).otherwise(pl.lit("down"))
    )
    folded = moved.group_by("item_1", "way").agg(customers=pl.len(), points=pl.col("points_1").pipe(by_size).mean())
    called = {row["item"]: row for row in names.select("item", "name", "name_zh").to_dicts()}
    rows: dict[str, dict[str, Any]] = {}
    for way in _WAYS:
        held = folded.filter(pl.col("way") == way).sort("item_1").to_dicts()
        counts = [row["customers"] for row in held]
        few = hidden(counts, least)
        if held and way not in told and not any(few):
            few[counts.index(min(counts))] = True
        for row, small in zip(held, few, strict=True):
            name = called.get(row["item_1"], {"name": row["item_1"], "name_zh": row["item_1"]})
            told = rows.setdefault(row["item_1"], {"name": name["name"], "name_zh": name["name_zh"], "customers": 0})
            if small:
                told |= {f"small_{way}": 1.0, f"small_points_{way}": 1.0}
            else:
                told |= {way: row["customers"], f"points_{way}": row["points"]}
                told["customers"] += row["customers"]
    shown = sorted((row for row in rows.values() if row["customers"]), key=lambda row: (-row["customers"], row["name"]))
    return [{name: held for name, held in row.items() if name != "customers"} for row in shown[:most]]


def weights(table: pl.DataFrame, tried: pl.DataFrame | None) -> list[dict[str, Any]]:
    """Items of the hierarchy in order: weight in the score, of how many known, and what a quarter more or less does.

    `leaf` is 1 for an indicator. `less` and `more` are the shares of customers whose tier would be another.
    """
    steps = {} if tried is None else {(row["item"], row["step"]): row["tiers_changed"] for row in tried.to_dicts()}
    given, rows = default()["names"], []
    for row in table.sort("place").to_dicts():
        texts = {name: row[name] for name in ("item", "name", "name_zh", "node", "dropped")}
        if row["name"] == given.get(row["item"], [None])[0]:  # telcli's own; what the operator wrote stays so
            texts["name"] = row["name"][:1].upper() + row["name"][1:]
        figures = {
            "weight": row["global_weight"],
            "known_share": row["known_share"],
            "leaf": float(bool(row["column"])),
        }
        changed = {"less": steps.get((row["item"], "down")), "more": steps.get((row["item"], "up"))}
        rows.append({**texts, **figures, **changed})
    return rows


def stars(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Levels of the operator's own, the best first, then who has none: customers now, and in the month before.

    Counts of fewer than `least` are left out (`small`, `small_customers_before`) with those that would give them away.
    Before is left out where nobody had a level then.
    """
    if not table.height or not table["star"].is_not_null().any():
        return []
    now = dict(table.group_by("star").len().iter_rows())
    then = dict(table.group_by("star_before").len().iter_rows())
    places = table.drop_nulls("star").group_by("star").agg(pl.col("place").min()).sort("place", "star")
    names = [*places["star"].to_list(), *sorted(name for name in then if name is not None and name not in now)]
    names += [None] if None in now or None in then else []
    known = set(then) != {None}
    few, fewer = (hidden([held.get(name, 0) for name in names], least) for held in (now, then))
    rows = []
    for at, name in enumerate(names):
        row: dict[str, Any] = {"star": name or ""}
        count = now.get(name, 0)
        row |= {"small": 1.0} if few[at] else {"customers": count, "customer_share": count / table.height}
        if known:
            row |= {"small_customers_before": 1.0} if fewer[at] else {"customers_before": then.get(name, 0)}
        rows.append(row)
    return rows
