"""The report's pictures of what is watched: satisfaction, what moves it, and what is owed by age."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telcli.report.chart_parts import HALF, HEIGHT, MAIN, PALE, SOFT, WARM, inline, intervals, rank_bars
from telcli.report.model import Report, Row

__all__ = ["BRANCHES", "CHARTS", "in_chart"]

BRANCHES = 8
"""Groups of one dimension in the picture, the least satisfied first."""


def satisfied(report: Report) -> Any:
    """The index with its 95% interval: of all, and of the least satisfied branches."""
    rows = [
        {
            "key": f"{place:03}",
            "name": report.word("watch.all") if row.text("by") == "all" else row.text("group"),
            "x": row.number("index"),
            "low": row.number("index_low"),
            "high": row.number("index_high"),
            "ink": MAIN if row.text("by") == "all" else PALE,
        }
        for place, row in enumerate(in_chart(report))
    ]
    whole = report.first("satisfied").number("index")
    return intervals(rows, report.word("chart.satisfied_x"), "d", whole)


def in_chart(report: Report) -> list[Row]:
    """All, and the branches with the lowest index whose interval is known."""
    known = [row for row in report.rows("satisfied") if row.number("index_low") is not None]
    whole = [row for row in known if row.text("by") == "all"]
    return whole + [row for row in known if row.text("by") == "branch"][:BRANCHES]


def items(report: Report) -> Any:
    """How much each item moves satisfaction (up) against how it does (right), parted at the means of both."""
    import altair as alt

    known = [row for row in report.rows("items") if row.number("importance") is not None]
    if len(known) < 3:
        return None
    rows = [
        {
            "x": row.number("performance"),
            "y": row.number("importance"),
            "name": row.text("item"),
            "ink": WARM if row.text("quadrant") == "improve-first" else MAIN,
        }
        for row in known
    ]
    x = alt.X(
        "x:Q", title=report.word("chart.items_x"), scale=alt.Scale(zero=False, padding=40), axis=alt.Axis(tickCount=5)
    )
    y = alt.Y("y:Q", title=None, scale=alt.Scale(zero=False, padding=20), axis=alt.Axis(tickCount=5, format="%"))
    base = alt.Chart(inline(rows)).encode(x=x, y=y)
    middle = {way: sum(float(row[way] or 0.0) for row in rows) / len(rows) for way in "xy"}
    lines = alt.Chart(inline([middle]))
    across = lines.mark_rule(color=SOFT, strokeDash=[3, 3]).encode(y="y:Q")
    down = lines.mark_rule(color=SOFT, strokeDash=[3, 3]).encode(x="x:Q")
    point = base.mark_point(filled=True, size=70, opacity=1).encode(color=alt.Color("ink:N", scale=None))
    name = base.mark_text(dy=-11, fontSize=11.5, limit=150).encode(text="name:N")
    return alt.layer(across, down, point, name).properties(width=HALF - 60, height=HEIGHT)


def ageing(report: Report) -> Any:
    """What is owed by days past due; what is not yet due stands first."""
    rows = [row for row in report.rows("ageing") if row.number("balance") is not None]
    return rank_bars(report, rows, "balance", "money", lambda row: report.known("bucket", row.text("bucket")))


CHARTS: dict[str, Callable[[Report], Any]] = {"satisfied": satisfied, "items": items, "ageing": ageing}
