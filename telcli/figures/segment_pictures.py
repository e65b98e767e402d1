"""What the pictures of segments are drawn of: the traits that tell them apart, and who moved between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from telcli.figures.ways import told_beside

__all__ = ["migration", "trait_rows"]

_TRAITS = 10
Rows = list[dict[str, Any]]
Named = Callable[[str], tuple[str, str]]
_OUTSIDE = ("unknown", "inactive", "returned", "not yet a customer", "left")


def trait_rows(centres: pl.DataFrame, segments: Sequence[Mapping[str, Any]], named: Named) -> Rows:
    """The traits that tell segments apart most, one row per trait and segment: its mean there, and how far that is off.

    `effect` is (mean of the segment - mean of all) / standard deviation of all. Traits are ranked by the mean of its
    square, segments weighing as many customers as they have. Segments whose size is hidden are left out.
    """
    size = {row["segment"]: row["customers"] for row in segments if row.get("customers")}
    about = {row["segment"]: row for row in segments}
    kept = centres.filter(pl.col("segment").is_in(list(size)) & pl.col("effect").is_not_null())
    weights = pl.DataFrame({"segment": list(size), "weight": [float(n) for n in size.values()]})
    if kept.is_empty() or len(size) < 2:
        return []
    ranked = (
        kept.join(weights, on="segment")
        .sort("column", "segment")
        .group_by("column", maintain_order=True)
        .agg(apart=((pl.col("effect") ** 2 * pl.col("weight")).sum() / pl.col("weight").sum()).round(9))
        .sort("apart", "column", descending=[True, False])
        .head(_TRAITS)["column"]
    )
    cells = {(row["column"], row["segment"]): row for row in kept.to_dicts()}
    rows: Rows = []
    for place, column in enumerate(ranked, 1):
        trait, trait_zh = named(column)
        for at, segment in enumerate(sorted(size), 1):
            if (column, segment) in cells:
                told = {"place": place, "trait": trait, "trait_zh": trait_zh, "segment": at}
                told |= {"name": about[segment]["name"], "name_zh": about[segment]["name_zh"]}
                rows.append(told | {one: cells[column, segment][one] for one in ("mean", "effect")})
    return rows


def migration(moves: pl.DataFrame, segments: Sequence[Mapping[str, Any]], least: int) -> Rows:
    """One row: who moved from one segment to another since the month before, and what that is worth a month.

    `money` takes each at the mean revenue of customers of the new segment less that of the old one; `up` and `down`
    count moves to segments that bring more and less. Empty where those who moved are few, or would give away what is
    hidden of single ways.
    """
    each = {row["name"]: row["revenue_per_customer"] for row in segments if row.get("customers")}
    gone = [row["name"] for row in segments if not row.get("customers")]
    ways = moves.filter(pl.col("view") == "segment")
    before, now = (sorted(ways[column].unique().to_list()) for column in ("from_group", "to_group"))
    inside = {(a, b) for a in before for b in now if a != b and a not in _OUTSIDE and b not in _OUTSIDE}
    rows = [row for row in ways.to_dicts() if (row["from_group"], row["to_group"]) in inside]
    stay = [
        row for row in ways.to_dicts() if row["from_group"] == row["to_group"] and row["from_group"] not in _OUTSIDE
    ]
    moved = sum(row["customers"] for row in rows)
    names = [row["name"] for row in segments]
    if moved < least or not told_beside(ways, before, now, least, names, gone, [inside])[0]:
        return []
    told: dict[str, Any] = {"before": f"{rows[0]['before']:%Y-%m}", "moved": moved}
    told["of"] = moved + sum(row["customers"] for row in stay)
    worth = [
        (row["customers"], each[row["to_group"]] - each[row["from_group"]])
        for row in rows
        if each.get(row["to_group"]) is not None and each.get(row["from_group"]) is not None
    ]
    up, down = (sum(n for n, gain in worth if sign * gain > 0) for sign in (1, -1))
    if sum(n for n, _ in worth) == moved and min(up, down) >= least:
        told |= {"up": up, "down": down, "money": sum(n * gain for n, gain in sorted(worth))}
    return [told]
