"""Channels, products and campaigns by segment as management reads them: shares, response, margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.figures.crossing import hidden_cells

__all__ = ["REACH_TEXTS", "reach"]

REACH_TEXTS = ("kind", "item", "segment_name")
_MOST_ITEMS = 8
"""The commonest items of a kind are shown."""
_UNSHOWN = ("campaign",)
"""Beside channels and offers of campaigns, the campaigns themselves would betray what is hidden of those."""
_RESPONSES = ("response_rate", "response_index")
_MARGINS = ("margin", "margin_index")


def reach(table: pl.DataFrame, sizes: Mapping[int, int | None], least: int) -> list[dict[str, Any]]:
    """One row per kind, item and segment of table segment_reach that has customers, of segments whose size is shown.

    Counts of fewer than `least` customers are left out (`small`), those that all but fewer than `least` of the
    segment's customers have, and others that would betray them or the segments whose size is hidden (None in `sizes`).
    Rates of response are left out too (`small_response`) where fewer took an item up, or did not, with those that
    would betray them.
    """
    rows = []
    segments = sorted(sizes)
    for (kind,), held in table.group_by("kind", maintain_order=True):
        if kind in _UNSHOWN:
            continue
        totals = held.group_by("item").agg(pl.col("customers").sum())
        totals = totals.sort(["customers", "item"], descending=[True, False]).head(_MOST_ITEMS)
        items = totals["item"].to_list()
        cells = {(row["item"], row["segment"]): row for row in held.to_dicts()}
        counts = _grid(cells, items, segments, lambda row: row["customers"])
        mask = _few_or_nearly_all(counts, [sizes[segment] for segment in segments], least)
        unanswered = _unanswered(cells, items, segments, least, mask)
        for r, item in enumerate(items):
            for c, segment in enumerate(segments):
                if (item, segment) in cells and sizes[segment] is not None:
                    told = _told(cells[item, segment], gone=mask[r][c], unanswered=unanswered[r][c])
                    rows.append({"kind": kind, "place": r + 1, **told})
    return rows


def _grid(cells: Mapping[Any, Any], items: Sequence[str], segments: Sequence[int], count: Any) -> list[list[int]]:
    """A count of each cell, 0 where there is none."""
    return [[count(cells[one, other]) if (one, other) in cells else 0 for other in segments] for one in items]


def _few_or_nearly_all(counts: Sequence[Sequence[int]], sizes: Sequence[int | None], least: int) -> list[list[bool]]:
    """Where few have an item, or few lack it, and the cells that would tell how many: an item's total follows from any.

    Those who lack it go first: what is hidden of them is hidden of those who have it, with what that takes besides.
    """
    lacking = [[size - n if size and n else 0 for n, size in zip(row, sizes, strict=True)] for row in counts]
    untold = [size is None for size in sizes]
    return hidden_cells(counts, least, columns=untold, also=[hidden(row, least) for row in lacking])


def _unanswered(
    cells: Mapping[Any, Any], items: Sequence[str], segments: Sequence[int], least: int, gone: Sequence[Sequence[bool]]
) -> list[list[bool]]:
    """Where few took an item up, or few did not, and the cells that would tell how many; `gone` tell nothing anyway."""
    took = _grid(cells, items, segments, lambda row: row.get("accepted") or 0)
    rest = _grid(cells, items, segments, lambda row: row["customers"] - (row.get("accepted") or 0))
    few = [[*map(any, zip(hidden(row, least, also), also, strict=True))] for row, also in zip(rest, gone, strict=True)]
    return hidden_cells(took, least, also=few)


def _told(row: dict[str, Any], *, gone: bool, unanswered: bool) -> dict[str, Any]:
    names = {name: row[name] for name in ("item", "segment", "segment_name", "segment_name_zh")}
    if gone:
        return {**names, "small": 1.0}
    shares = {name: row[name] for name in ("customers", "share_of_segment", "share_index")}
    margins = {name: row.get(name) for name in _MARGINS}
    if row.get("response_rate") is None:
        return {**names, **shares, **margins}
    answers = {"small_response": 1.0} if unanswered else {name: row[name] for name in _RESPONSES}
    return {**names, **shares, **answers, **margins}
