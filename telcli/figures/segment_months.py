"""Segments in time as management reads them: who moved between them, and what they told of later months."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.figures.base import hidden, hidden_cells

__all__ = ["MOVE_TEXTS", "TRIAL_TEXTS", "moves", "tried"]

MOVE_TEXTS = ("from_group", "to_group", "before")
_OUTSIDE = ("unknown", "inactive", "returned", "not yet a customer", "left")
TRIAL_TEXTS = ("name", "measured_on", "measure")


def moves(table: pl.DataFrame, names: list[str], least: int) -> list[dict[str, Any]]:
    """Ways between segments, one row for each that anybody went: `names` are those of today, in order.

    Groups stand in that order, others after them, and who is in none of them in one of the months last. Counts of fewer
    than `least` customers are left out and `small` is 1, with as many others as keep sums from betraying them; so are
    the sizes of groups of the month before (`of`) and of segments of today that small, and all ways from and to them.
    """
    ways = table.filter(pl.col("view") == "segment")
    before, now = (_ordered(ways[column].unique().to_list(), names) for column in ("from_group", "to_group"))
    held = {(row["from_group"], row["to_group"]): row for row in ways.to_dicts()}
    counts = [[held[one, other]["customers"] if (one, other) in held else 0 for other in now] for one in before]
    totals = [sum(row) for row in counts]
    sizes = [sum(column) if now[c] in names else 0 for c, column in enumerate(zip(*counts, strict=True))]
    tiny = hidden(totals, least)
    mask = hidden_cells(counts, least, tiny, hidden(sizes, least))
    rows = []
    for r, one in enumerate(before):
        for c, other in enumerate(now):
            if (one, other) in held:
                row = held[one, other]
                told = {"customers": None, "share": None, "small": 1.0} if mask[r][c] else {}
                texts = {name: row[name] for end in ("", "_zh") for name in (f"from_group{end}", f"to_group{end}")}
                places = {"from_place": r + 1, "to_place": c + 1, "moved": float(one not in (other, *_OUTSIDE))}
                figures = {"customers": row["customers"], "share": row["share"], "of": None if tiny[r] else totals[r]}
                rows.append({**texts, "before": f"{row['before']:%Y-%m}", **places, **figures, **told})
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


def _ordered(groups: list[str], names: list[str]) -> list[str]:
    known = [name for name in names if name in groups]
    others = sorted(name for name in groups if name not in names and name not in _OUTSIDE)
    return [*known, *others, *(name for name in _OUTSIDE if name in groups)]
