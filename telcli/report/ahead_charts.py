"""The report's pictures of what is to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telcli.report.chart_parts import HALF, HEIGHT, MAIN, PALE, SOFT, WARM, axis_labels, inline, rank_bars
from telcli.report.model import Report
from telcli.report.tips import tip

__all__ = ["CHARTS"]


def leavers_ahead(report: Report) -> Any:
    """Customers expected to leave in each of the coming months."""
    import altair as alt

    rows = [
        {
            "x": row.text("month")[2:],
            "y": row.number("leavers"),
            "text": report.write(row.number("leavers"), "count"),
            "tip": tip(report, report.in_words(row.text("month")), ("leavers", row.number("leavers"), "count")),
        }
        for row in report.rows("leavers_ahead")
    ]
    if not rows:
        return None
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("x:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("y:Q", title=None, axis=alt.Axis(tickCount=4)),
    )
    bar = base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2, color=MAIN)
    return alt.layer(bar, base.mark_text(dy=-8, fontSize=11).encode(text=alt.Text("text:N"))).properties(
        width=HALF - 45, height=HEIGHT
    )


def contact_profit(report: Report) -> Any:
    """What contacting the best so many saved in the test, the best share and the last that pays marked."""
    import altair as alt

    names = {"x": "share", "y": "profit", "low": "profit_low", "high": "profit_high", "blind": "random_profit"}
    known = report.rows("contact_profit")
    if not known:
        return None
    rows: list[dict[str, Any]] = [{short: row.number(name) for short, name in names.items()} for row in known]
    for row in rows:
        saved = (("profit", row["y"], "money"), ("random_profit", row["blind"], "money"))
        row["tip"] = tip(report, report.write(row["x"], "percent"), *saved)
    most = max(abs(row[one]) for row in rows for one in names if row[one] is not None)
    x = alt.X("x:Q", title=report.word("chart.contact_profit_x"), axis=alt.Axis(tickCount=5, format="%"))
    axis = alt.Axis(tickCount=5, labelExpr=axis_labels(report, "number", most))
    y = alt.Y("y:Q", title=None, axis=axis)
    chart = alt.Chart(inline(rows))
    blind = chart.mark_line(color=PALE, strokeWidth=2, strokeDash=[5, 3]).encode(x=x, y=alt.Y("blind:Q", axis=axis))
    line = chart.mark_line(color=MAIN, strokeWidth=2.5).encode(x=x, y=y)
    zero = alt.Chart(inline([{"y": 0.0}])).mark_rule(color=SOFT, strokeDash=[3, 3]).encode(y=alt.Y("y:Q"))
    layers = [zero, blind, line]
    if any(row["low"] is not None for row in rows):
        layers.insert(
            0, chart.mark_area(color=MAIN, opacity=0.15).encode(x=x, y=alt.Y("low:Q", axis=axis), y2=alt.Y2("high:Q"))
        )
    marks = [
        {"x": row.number("share"), "y": row.number("profit"), "text": report.word(f"chart.contact_profit_{name}")}
        for name in ("best", "even")
        for row in known
        if row.number(name) and (row.number("profit") or 0.0) > 0 and not (name == "even" and row.number("best"))
        if name == "best" or (row.number("share") or 0.0) < 1
    ]
    if marks:
        point = alt.Chart(inline(marks)).encode(x=x, y=alt.Y("y:Q", axis=axis))
        text = point.mark_text(align="left", dx=6, dy=-10).encode(text=alt.Text("text:N"))
        layers += [point.mark_circle(color=WARM, size=70, opacity=1), text]
    return alt.layer(*layers).properties(width=HALF - 60, height=HEIGHT)


def drivers(report: Report) -> Any:
    """What moves risk most, by its share of all effects."""
    return rank_bars(report, report.rows("drivers"), "effect_share", "percent", lambda row: row.text("driver"))


CHARTS: dict[str, Callable[[Report], Any]] = {
    "leavers_ahead": leavers_ahead,
    "contact_profit": contact_profit,
    "drivers": drivers,
}
