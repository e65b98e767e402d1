"""Segments in time as management reads them: who moved between them, and what they told of later months."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.figures.ways import walked

__all__ = ["MOVE_TEXTS", "TRIAL_TEXTS", "counted", "moves", "tried"]

MOVE_TEXTS = ("from_group", "to_group", "before")
_OUTSIDE = ("unknown", "inactive", "returned", "not yet a customer", "left")
TRIAL_TEXTS = ("name", "measured_on", "measure")


def moves(table: pl.DataFrame, names: Sequence[str], least: int, gone: Collection[str] = ()) -> list[dict[str, Any]]:
    """Ways between segments, one row for each that anybody went: `names` are those of today, in order.

    Groups stand in that order, others after them, and who is in none of them in one of the months last. Counts of fewer
    than `least` customers are left out and `small` is 1, with as many others as keep sums from betraying them; so are
    the sizes of groups of the month before (`of`) and of segments of today that small, and all ways from and to them;
    `gone` are segments whose size is hidden elsewhere.
    """
    ways = table.filter(pl.col("view") == "segment")
    before, now = (_ordered(ways[column].unique().to_list(), names) for column in ("from_group", "to_group"))
    rows = []
    for row, figures in walked(ways, before, now, least, names, gone):
        texts = {name: row[name] for end in ("", "_zh") for name in (f"from_group{end}", f"to_group{end}")}
        moved = float(row["from_group"] not in (row["to_group"], *_OUTSIDE))
        rows.append({**texts, "before": f"{row['before']:%Y-%m}", "moved": moved, **figures})
    return rows


def tried(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """What each segment of an earlier month came to: customers, share that left, money a month, and the lifts.

    `measure` says whether the money, `later_revenue`, is revenue or margin.

    Those of a segment of fewer than `least` customers are left out (`small`), and the share that left where so few did.
    """
    wide = {kind: table.filter(pl.col("outcome") == kind) for kind in ("churn", "value")}
    money = wide["value"]["measure"].drop_nulls() if "measure" in table.columns else pl.Series([])
    measure = money[0] if len(money) else "revenue"
    first = wide["churn"] if wide["churn"].height else wide["value"]
    rows = [
        {
            "name": row["segment_name"],
            "name_zh": row["segment_name_zh"],
            "measured_on": f"{row['measured_on']:%Y-%m}",
            "measure": measure,
            "customers": row["customers"],
            **_figures(wide["churn"], row["segment"], "churn_rate", "churn_lift"),
            **_figures(wide["value"], row["segment"], "later_revenue", "later_lift"),
        }
        for row in first.sort("segment").to_dicts()
    ]
    small = hidden([row["customers"] for row in rows], least)
    few = hidden([round((row["churn_rate"] or 0) * row["customers"]) for row in rows], least)
    for row, gone, rare in zip(rows, small, few, strict=True):
        names: tuple[str, ...] = ("customers", "later_revenue", "later_lift") if gone else ()
        names += ("churn_rate", "churn_lift") if gone or rare else ()
        row.update(dict.fromkeys(names), **({"small": 1.0} if names else {}))
    return rows


def _figures(table: pl.DataFrame, segment: int, figure: str, lift: str) -> dict[str, float | None]:
    found = table.filter(pl.col("segment") == segment).select("rate_or_mean", "lift").rows()
    return dict(zip((figure, lift), found[0] if found else (None, None), strict=True))


def _ordered(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    known = [name for name in names if name in groups]
    others = sorted(name for name in groups if name not in names and name not in _OUTSIDE)
    return [*known, *others, *(name for name in _OUTSIDE if name in groups)]


def counted(table: pl.DataFrame) -> list[dict[str, Any]]:
    """What each number of segments that was measured is like; empty where there is one alone, or none is in use."""
    if table.height < 2 or "in_use" not in table.columns:
        return []
    measures = ("k", "silhouette", "stability", "smallest_share", "gap", "recommended", "in_use")
    return [{name: row[name] for name in measures} for row in table.sort("k").iter_rows(named=True)]
