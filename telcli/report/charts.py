"""The report's pictures: one Altair chart each, drawn to SVG that reads without JavaScript or network.

Colours are placeholders that the page's style sheet fills, so one drawing serves light, dark and print.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from telcli.report.model import Report, Row
from telcli.tables import units

__all__ = ["CHARTS", "svg"]

INKS = {"#010101": "ink", "#020202": "soft", "#030303": "line", "#040404": "main", "#050505": "pale", "#060606": "warm"}
INK, SOFT, LINE, MAIN, PALE, WARM = INKS
HALF, THIRD, HEIGHT = 400, 300, 210
FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": None,
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 12.5,
        "titleFontSize": 12.5,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
        "ticks": False,
        "labelPadding": 6,
    },
    "axisY": {"domain": False},
    "axisX": {"grid": False},
    "text": {"color": INK, "fontSize": 12.5},
}


def svg(report: Report, name: str) -> str:
    """Draw one chart of CHARTS as an SVG element, empty where there are no figures for it.

    The same figures give the same text: ids count from 1 within the chart and carry its name.
    """
    import vl_convert

    chart = CHARTS[name](report)
    if chart is None:
        return ""
    spec = {**chart.to_dict(), "config": CONFIG}
    return _cleaned(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), name)


def _cleaned(drawn: str, name: str) -> str:
    """Take out what a page needs not (classes, roles, fonts, empty shapes), and name ids after the chart."""
    drawn = re.sub(r'<path[^>]*(?: d=""| d="M0,0h0v0h0Z"| display="none")[^>]*/>', "", drawn)
    drawn = re.sub(r' (?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink|version|font-family)="[^"]*"', "", drawn)
    drawn = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", drawn)
    for old, ink in INKS.items():
        drawn = drawn.replace(f'"{old}"', f'"var(--{ink})"')
    seen: dict[str, str] = {}
    drawn = re.sub(r"\b(?:clip|gradient)_?\d+\b", lambda id_: seen.setdefault(id_[0], f"{name}-{len(seen) + 1}"), drawn)
    drawn = re.sub(r"<g>\s*</g>", "", drawn)
    return re.sub(r'^<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", drawn)


def _values(rows: Sequence[dict[str, Any]]) -> Any:
    import altair as alt

    return alt.Data(values=list(rows))


def _axis_labels(report: Report, kind: str, most: float) -> str:
    """A Vega expression that writes an axis's numbers in one unit, fit for the largest."""
    if kind == "percent":
        return "format(datum.value, '.1%')"
    steps = ((1e8, "亿"), (1e4, "万")) if report.lang == "zh" else ((1e9, "B"), (1e6, "M"), (1e4, "k"))
    for size, name in steps:
        if most >= size:
            unit = 1e3 if name == "k" else size
            return f"datum.value == 0 ? '0' : format(datum.value / {unit:g}, ',.4~r') + '{name}'"
    return "format(datum.value, ',')"


def _monthly(report: Report, name: str, kind: str, *, bars: bool) -> Any:
    import altair as alt

    known = [(row.text("month"), y) for row in report.rows("trend") if (y := row.number(name)) is not None]
    if len(known) < 2:
        return None
    rows = [{"month": month, "y": y, "last": month == report.month} for month, y in known]
    x = alt.X("month:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, labelExpr="slice(datum.label, 2)"))
    axis = alt.Axis(tickCount=4, labelExpr=_axis_labels(report, kind, max(y for _, y in known)))
    chart = alt.Chart(_values(rows))
    if bars:
        color = alt.condition("datum.last", alt.value(MAIN), alt.value(PALE))
        drawn = chart.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(
            x=x, y=alt.Y("y:Q", title=None, axis=axis), color=color
        )
    else:
        y = alt.Y("y:Q", title=None, axis=axis, scale=alt.Scale(zero=kind == "percent", nice=True))
        line = chart.mark_line(color=MAIN, strokeWidth=2.5).encode(x=x, y=y)
        drawn = line + chart.transform_filter("datum.last").mark_circle(color=MAIN, size=60, opacity=1).encode(x=x, y=y)
    return drawn.properties(width=THIRD - 50, height=150)


def revenue(report: Report) -> Any:
    """Revenue by month, this one marked."""
    return _monthly(report, "revenue", "number", bars=True)


def customers(report: Report) -> Any:
    """Customers by month."""
    return _monthly(report, "customers", "number", bars=False)


def left(report: Report) -> Any:
    """Churn rate by month."""
    return _monthly(report, "churn_rate", "percent", bars=False)


def _bars(rows: Sequence[dict[str, Any]]) -> Any:
    """Lying bars with their names above them: rows of name, value, text, marked, and mark (a tick) where given."""
    import altair as alt

    if not rows:
        return None
    order = [row["key"] for row in rows]
    y = alt.Y("key:N", sort=order, axis=None, scale=alt.Scale(paddingInner=0.1))
    most = max(max(row["value"], row.get("mark") or 0) for row in rows)
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[min(0, *(row["value"] for row in rows)), most * 1.25 or 1]))
    base = alt.Chart(_values(rows)).encode(y=y)
    color = alt.condition("datum.marked", alt.value(MAIN), alt.value(PALE))
    bar = base.mark_bar(height=12, yOffset=9, cornerRadiusEnd=2).encode(x=x, color=color)
    name = base.mark_text(align="left", dy=-9, fontSize=13.5, limit=HALF - 20).encode(x=alt.value(0), text="name:N")
    text = base.mark_text(align="left", dx=6, dy=10, color=SOFT).encode(x=alt.X("end:Q"), text="text:N")
    layers = [bar, name, text]
    if any(row.get("mark") is not None for row in rows):
        layers.append(base.mark_tick(thickness=2.5, height=20, yOffset=9, color=WARM, opacity=1).encode(x="mark:Q"))
    return alt.layer(*layers).properties(width=HALF - 10, height=42 * len(rows))


def segments(report: Report) -> Any:
    """Share of revenue of each segment (bar) beside its share of customers (mark)."""
    rows = [row for row in report.rows("segments") if row.number("revenue_share") is not None]
    listed = [
        {
            "key": str(row.number("segment")),
            "name": row.text("name"),
            "value": row.number("revenue_share"),
            "mark": row.number("customer_share"),
            "end": max(row.number("revenue_share") or 0, row.number("customer_share") or 0),
            "text": report.write(row.number("revenue_share"), "percent"),
            "marked": True,
        }
        for row in rows
    ]
    return _bars(listed)


def segment_risk(report: Report) -> Any:
    """Mean chance of leaving of each segment, the highest marked."""
    rows = [row for row in report.rows("segments") if row.number("churn_probability") is not None]
    return _ranked(report, rows, "churn_probability", "percent", lambda row: row.text("name"))


def reasons(report: Report) -> Any:
    """First reasons of customers at high risk, the commonest marked."""
    return _ranked(report, report.rows("reasons"), "share", "percent", lambda row: row.text("reason"))


def costs(report: Report) -> Any:
    """Total cost of each decision method, the one in use marked."""
    rows = report.rows("costs")
    drawn = _ranked(
        report, rows, "cost", "money", lambda row: report.known("method", row.text("method")), mark="chosen"
    )
    return drawn if len(rows) > 1 else None


def _ranked(
    report: Report, rows: Sequence[Row], metric: str, kind: str, named: Callable[[Row], str], mark: str = ""
) -> Any:
    most = max((row.number(metric) or 0.0 for row in rows), default=0.0)
    listed = [
        {
            "key": f"{place:03}",
            "name": named(row),
            "value": row.number(metric) or 0.0,
            "end": max(row.number(metric) or 0.0, 0.0),
            "text": report.write(row.number(metric), kind),
            "marked": bool(row.number(mark)) if mark else row.number(metric) == most,
        }
        for place, row in enumerate(rows)
    ]
    return _bars(listed)


def whale(report: Report) -> Any:
    """The whale curve, with the best fifth and the peak named."""
    import altair as alt

    about = report.first("value").numbers
    rows = [{"x": row.number("customer_share"), "y": row.number("value_share")} for row in report.rows("value_curve")]
    if not rows or not about:
        return None
    top = max(1.0, about["peak_share"]) * 1.08
    x = alt.X(
        "x:Q",
        title=report.word("chart.whale_x"),
        axis=alt.Axis(tickCount=5, format="%"),
        scale=alt.Scale(domain=[0, 1], nice=False),
    )
    y = alt.Y(
        "y:Q",
        title=report.word("chart.whale_y"),
        axis=alt.Axis(tickCount=5, format="%"),
        scale=alt.Scale(domain=[0, top], nice=False, clamp=True),
    )
    line = alt.Chart(_values(rows)).mark_line(color=MAIN, strokeWidth=2.5).encode(x=x, y=y)
    area = alt.Chart(_values(rows)).mark_area(color=MAIN, opacity=0.1).encode(x=x, y=y)
    whole = alt.Chart(_values([{"y": 1.0}])).mark_rule(color=SOFT, strokeDash=[3, 3]).encode(y="y:Q")
    fifth = about["top_20_share"]
    marks = [{"x": 0.2, "y": fifth, "text": report.word("chart.whale_top", top=report.write(fifth, "percent"))}]
    if about["loss_makers"]:
        peak = report.write(about["peak_share"], "percent")
        marks.append(
            {"x": about["peak_at"], "y": about["peak_share"], "text": report.word("chart.whale_peak", peak=peak)}
        )
    point = alt.Chart(_values(marks)).mark_circle(color=WARM, size=70, opacity=1).encode(x=x, y=y)
    first = alt.Chart(_values(marks[:1])).mark_text(align="left", dx=9, dy=8).encode(x=x, y=y, text="text:N")
    second = alt.Chart(_values(marks[1:])).mark_text(align="right", dx=-4, dy=16).encode(x=x, y=y, text="text:N")
    layers = [area, whole, line, point, first, *([second] if marks[1:] else [])]
    return alt.layer(*layers).properties(width=HALF - 60, height=HEIGHT)


def survival(report: Report) -> Any:
    """The share of customers still here by months since joining."""
    import altair as alt

    rows = [{"x": row.number("tenure_month"), "y": row.number("survival")} for row in report.rows("survival")]
    if len(rows) < 2:
        return None
    x = alt.X(
        "x:Q",
        title=report.word("chart.survival_x"),
        axis=alt.Axis(tickCount=6, tickMinStep=1),
        scale=alt.Scale(nice=False),
    )
    y = alt.Y("y:Q", title=None, axis=alt.Axis(tickCount=5, format="%"), scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(_values(rows)).encode(x=x, y=y)
    area = base.mark_area(color=MAIN, opacity=0.1, interpolate="step-after")
    line = base.mark_line(color=MAIN, strokeWidth=2.5, interpolate="step-after")
    return (area + line).properties(width=HALF - 60, height=HEIGHT)


def lift(report: Report) -> Any:
    """Lift of each tenth of predicted risk against the average, 1."""
    import altair as alt

    rows = [
        {"x": int(row.number("decile") or 0), "y": row.number("lift"), "text": units.decimal(row.number("lift"))}
        for row in report.rows("lift")
    ]
    if not rows:
        return None
    x = alt.X("x:O", title=report.word("chart.lift_x"), axis=alt.Axis(labelAngle=0))
    y = alt.Y("y:Q", title=None, axis=alt.Axis(tickCount=4))
    color = alt.condition("datum.x == 1", alt.value(MAIN), alt.value(PALE))
    base = alt.Chart(_values(rows)).encode(x=x, y=y)
    bar = base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(color=color)
    text = base.mark_text(dy=-8, fontSize=11).encode(text="text:N")
    mean = alt.Chart(_values([{"y": 1.0, "text": report.word("chart.lift_mean")}]))
    rule = mean.mark_rule(color=WARM, strokeDash=[4, 3]).encode(y="y:Q")
    named = mean.mark_text(align="right", dy=-7, color=WARM).encode(x=alt.value(HALF - 45), y="y:Q", text="text:N")
    return alt.layer(rule, bar, text, named).properties(width=HALF - 45, height=HEIGHT)


CHARTS: dict[str, Callable[[Report], Any]] = {
    "revenue": revenue,
    "customers": customers,
    "left": left,
    "segments": segments,
    "segment_risk": segment_risk,
    "whale": whale,
    "survival": survival,
    "lift": lift,
    "costs": costs,
    "reasons": reasons,
}
