"""Segments against a grouping held already, as management reads it: how far both agree, and who is where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.figures.crossing import hidden_cells

__all__ = ["AGREEMENT_TEXTS", "CROSSED_TEXTS", "agreement", "crossed"]

AGREEMENT_TEXTS = ("column",)
CROSSED_TEXTS = ("group_name", "segment_name")
_MOST_GROUPS = 20
"""The largest groups alone are shown of more than these."""


def agreement(told: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """One row of what segment measured against the grouping; none where nothing was compared.

    >>> agreement({"column": "x_Old", "groups": 3, "ari": 0.5, "ami": 0.4, "purity": 0.8, "customers": 90})[0]["column"]
    'Old'
    """
    if not told:
        return []
    figures = {name: told[name] for name in ("groups", "ari", "ami", "purity", "customers")}
    return [{"column": told["column"].removeprefix("x_"), **figures}]


def crossed(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Groups of the grouping by segments, one row for each pair that has customers; the largest groups first.

    Counts of fewer than `least` customers are left out and `small` is 1, with as many others as keep sums from
    betraying them; so are the sizes of such groups (`of`), and all that is in them.
    """
    sizes = table.group_by("group_name").agg(pl.col("customers").sum())
    sizes = sizes.sort("customers", "group_name", descending=[True, False])
    groups, tiny = sizes["group_name"].to_list(), hidden(sizes["customers"].to_list(), least)
    segments = table["segment"].unique().sort().to_list()
    held = {(row["group_name"], row["segment"]): row for row in table.to_dicts()}
    counts = [[held[one, other]["customers"] if (one, other) in held else 0 for other in segments] for one in groups]
    mask = hidden_cells(counts, least, tiny, hidden([sum(column) for column in zip(*counts, strict=True)], least))
    rows = []
    for r, one in enumerate(groups[:_MOST_GROUPS]):
        for c, other in enumerate(segments):
            if (one, other) in held:
                row = held[one, other]
                names = {name: row[name] for name in ("group_name", "segment_name", "segment_name_zh")}
                figures = {"customers": row["customers"], "share": row["share_of_group"]}
                told = {"customers": None, "share": None, "small": 1.0} if mask[r][c] else {}
                place = {"place": r + 1, "segment": other, "of": None if tiny[r] else sum(counts[r])}
                rows.append({**names, **place, **figures, **told})
    return rows
