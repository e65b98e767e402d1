"""Control charts: what was seen by month beside what earlier months foretold, with months outside marked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from telcli.report.chart_parts import MAIN, SOFT, THIRD, WARM, axis_labels, inline, short_months
from telcli.report.model import Report, Row
from telcli.report.tips import tip

__all__ = ["CHARTS", "MOST", "watched"]

MOST = 12
"""Charts at most: of all customers, then of accounts."""


def watched(report: Report) -> list[list[Row]]:
    """The series in their order, each as its months."""
    found: dict[str, list[Row]] = {}
    for row in report.rows("watched_months"):
        found.setdefault(row.text("key"), []).append(row)
    return list(found.values())[:MOST]


def control(report: Report, at: int) -> Any:
    """One series: the line is what was seen, the band where 95 of 100 months were expected, orange is outside it."""
    import altair as alt

    series = watched(report)
    if at >= len(series):
        return None
    names = {"y": "observed", "mean": "expected", "low": "low", "high": "high"}
    rows: list[dict[str, Any]] = [
        {"x": row.text("month")[2:], **{short: row.number(name) for short, name in names.items()}}
        | {"size": 90 if row.number("alert") else 40, "out": bool(row.number("beyond") or row.number("alert"))}
        for row in series[at]
    ]
    unit = "money" if series[at][0].text("unit") == "money" else "count"
    for row, one in zip(rows, series[at], strict=True):
        told = (("observed", row["y"], unit), ("expected_seen", row["mean"], unit))
        row["tip"] = tip(report, report.in_words(one.text("month")), *told)
    values = [float(row[name]) for row in rows for name in ("y", "low", "high") if row[name] is not None]
    money = series[at][0].text("unit") == "money"
    axis = alt.Axis(tickCount=4, labelExpr=axis_labels(report, "money" if money else "count", max(values)))
    scale = alt.Scale(zero=min(values) <= 0, nice=True)
    months = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=12)
    every = short_months(series[at])
    every.paddingOuter = 0.3
    base = alt.Chart(inline(rows)).encode(x=alt.X("x:O", title=None, axis=months, scale=every))
    y = alt.Y("y:Q", title=None, axis=axis, scale=scale)
    band = base.transform_filter("isValid(datum.low)").mark_area(color=MAIN, opacity=0.16)
    drawn = band.encode(y=alt.Y("low:Q", title=None, axis=axis, scale=scale), y2=alt.Y2("high:Q"))
    mean = base.transform_filter("isValid(datum.mean)").mark_line(color=SOFT, strokeDash=[4, 3], strokeWidth=1.2)
    line = base.mark_line(color=MAIN, strokeWidth=2).encode(y=y)
    size = alt.Size("size:Q", scale=None)
    out = base.transform_filter("datum.out").mark_point(filled=True, color=WARM, opacity=1).encode(y=y, size=size)
    layers = (drawn, mean.encode(y=alt.Y("mean:Q", axis=axis, scale=scale)), line, out)
    return alt.layer(*layers).properties(width=THIRD - 50, height=150)


CHARTS: dict[str, Callable[[Report], Any]] = {f"watched_{at + 1}": partial(control, at=at) for at in range(MOST)}
