"""How full, readable and usable each extract was, by the table it gives rows to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

__all__ = ["missed_rows", "refused_rules", "source_rows"]

_EVERY = "*"
_RULES = 12
Rows = list[dict[str, Any]]


def source_rows(quality: pl.DataFrame, read: Sequence[Mapping[str, Any]], rejects: pl.DataFrame | None) -> Rows:
    """One row per source and table: rows, share kept, share of cells filled, share of values that could be read.

    A cell is a row of a column that the source has; `filled` counts those with a value (of columns that may be empty,
    such as an end date, too), `readable` is what could be read of all values. `kept` is 1 less rows refused over rows.
    """
    counted = {row["source"]: row for row in read if row.get("rows_read")}
    lost = {} if rejects is None else dict(rejects.select("source", "lines").iter_rows())
    cells = quality.filter(pl.col("column") != _EVERY).group_by("source", "table").agg(
        cells=pl.col("rows").sum(), filled=pl.col("filled").sum(), unreadable=pl.col("unreadable").sum(),
        columns=pl.len().cast(pl.Int64), most=pl.col("rows").max(),
    )  # fmt: skip
    whole = quality.filter(pl.col("column") == _EVERY).select("source", "table", "rows")
    rows: Rows = []
    for row in cells.join(whole, on=["source", "table"], how="left").sort("source", "table").to_dicts():
        size = row["rows"] or row["most"]
        if not size:
            continue
        about = counted.get(row["source"])
        gone = about["rows_rejected"] if about else lost.get(row["source"], 0)
        values = row["filled"] + row["unreadable"]
        rows.append(
            {"source": row["source"], "table": row["table"], "rows": size, "columns": row["columns"],
             "kept": 1.0 - min((gone or 0) / (about["rows_read"] if about else size), 1.0),
             "filled": row["filled"] / row["cells"], "readable": row["filled"] / values if values else None}
        )  # fmt: skip
    return rows


def refused_rules(refused: Sequence[Mapping[str, Any]]) -> Rows:
    """How often each rule was broken, the commonest first: rows of `quality.refusals`, sources taken together.

    >>> rows = [{"rule": "a", "rule_zh": "甲", "rows": 2}, {"rule": "b", "rule_zh": "乙", "rows": 3}]
    >>> refused_rules([*rows, rows[0]])[0]
    {'rule': 'a', 'rule_zh': '甲', 'rows': 4}
    """
    counts: dict[tuple[str, str], int] = {}
    for row in refused:
        key = (row["rule"], row["rule_zh"])
        counts[key] = counts.get(key, 0) + row["rows"]
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [{"rule": rule, "rule_zh": zh, "rows": rows} for (rule, zh), rows in ranked[:_RULES]]


def missed_rows(alerts: pl.DataFrame) -> Rows:
    """What alerts of now say is wrong with the data delivered: rows missing or late, refused, or of another make."""
    mine = alerts.filter((pl.col("kind") == "pipeline") & (pl.col("metric") != "stale") & ~pl.col("acknowledged"))
    now = mine.filter(pl.col("state").is_in(["new", "continuing"])).sort("rank")
    return [{name: row[name] for name in ("entity", "metric", "why", "why_zh")} for row in now.to_dicts()]
