"""Channels and products by segment as management reads them: shares, and how they compare with all customers'."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.figures.base import hidden_cells

__all__ = ["REACH_TEXTS", "reach"]

REACH_TEXTS = ("kind", "item", "segment_name")
_MOST_ITEMS = 8
"""The commonest items of a kind are shown."""


def reach(table: pl.DataFrame, sizes: dict[int, int], least: int) -> list[dict[str, Any]]:
    """One row per kind, item and segment of table segment_reach that has customers.

    Counts of fewer than `least` customers are left out (`small`), others that would betray them, and those that all but
    fewer than `least` of the segment's customers (`sizes`) have.
    """
    rows = []
    for (kind,), held in table.group_by("kind", maintain_order=True):
        totals = held.group_by("item").agg(pl.col("customers").sum())
        totals = totals.sort(["customers", "item"], descending=[True, False]).head(_MOST_ITEMS)
        items, segments = totals["item"].to_list(), sorted(sizes)
        cells = {(row["item"], row["segment"]): row for row in held.to_dicts()}
        counts = [
            [cells[one, other]["customers"] if (one, other) in cells else 0 for other in segments] for one in items
        ]
        mask = hidden_cells(counts, least)
        for r, item in enumerate(items):
            for c, segment in enumerate(segments):
                if (item, segment) in cells:
                    gone = mask[r][c] or 0 < sizes[segment] - counts[r][c] < least
                    rows.append({"kind": kind, "place": r + 1, **_told(cells[item, segment], gone=gone)})
    return rows


def _told(row: dict[str, Any], *, gone: bool) -> dict[str, Any]:
    names = {name: row[name] for name in ("item", "segment", "segment_name", "segment_name_zh")}
    if gone:
        return {**names, "small": 1.0}
    return {**names, **{name: row[name] for name in ("customers", "share_of_segment", "share_index")}}
