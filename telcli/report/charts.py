"""The report's pictures: one Altair chart each, drawn to SVG that reads without JavaScript or network.

Colours are placeholders that the page's style sheet fills, so one drawing serves light, dark and print.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from telcli.report import (
    ahead_charts,
    bridge_charts,
    data_charts,
    heat_charts,
    loop_charts,
    risk_charts,
    value_charts,
    watch_charts,
    watched_charts,
)
from telcli.report.chart_parts import (
    CONFIG,
    INKS,
    MAIN,
    PALE,
    THIRD,
    axis_labels,
    every_month,
    inked,
    inline,
    lying_bars,
    rank_bars,
)
from telcli.report.model import Report
from telcli.report.tips import as_titles, tip, tipped

__all__ = ["CHARTS", "spec", "svg"]


def spec(report: Report, name: str, *, sure: bool = True) -> dict[str, Any] | None:
    """One chart of CHARTS in the words of Vega-Lite, None where there are no figures for it.

    Charts are telcli's own, so that holding them against the schema of Vega-Lite, which takes as long as drawing them,
    is for the tests: not `sure` holds the whole against it and raises altair's SchemaValidationError.
    """
    from altair.utils.schemapi import debug_mode

    with debug_mode(arg=False):
        chart = CHARTS[name](report)
        if chart is None:
            return None
        return {**tipped(chart.to_dict(validate=not sure), report.lang), "config": CONFIG}


def svg(report: Report, name: str) -> str:
    """Draw one chart of CHARTS as an SVG element, empty where there are no figures for it.

    The same figures give the same text: ids count from 1 within the chart and carry its name.
    """
    import vl_convert

    said = spec(report, name)
    return "" if said is None else _cleaned(vl_convert.vegalite_to_svg(said, allowed_base_urls=[]), name)


def _cleaned(drawn: str, name: str) -> str:
    """Take out what a page needs not (classes, roles, fonts, empty shapes), and name ids after the chart."""
    drawn = re.sub(r'<path[^>]*(?: d=""| d="M0,0h0v0h0Z"| display="none")[^>]*/>', "", drawn)
    drawn = as_titles(drawn)
    drawn = re.sub(r' (?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink|version|font-family)="[^"]*"', "", drawn)
    drawn = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", drawn)
    for old, ink in INKS.items():
        drawn = drawn.replace(f'"{old}"', f'"var(--{ink})"')
    seen: dict[str, str] = {}
    drawn = re.sub(r"\b(?:clip|gradient)_?\d+\b", lambda id_: seen.setdefault(id_[0], f"{name}-{len(seen) + 1}"), drawn)
    drawn = re.sub(r"<g>\s*</g>", "", drawn)
    return re.sub(r'^<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", drawn)


def _monthly(report: Report, name: str, kind: str, *, bars: bool) -> Any:
    import altair as alt

    known = [(row.text("month"), y) for row in report.rows("trend") if (y := row.number(name)) is not None]
    if len(known) < 2:
        return None
    metric, unit = name, "money" if name == "revenue" else "count" if name == "customers" else kind
    months = every_month([month for month, _ in known])
    rows = [
        {
            "month": month,
            "y": y,
            "run": months.index(month) - place,  # a line is broken where a month is not known
            "last": month == report.month,
            "tip": tip(report, report.in_words(month), (metric, y, unit)),
        }
        for place, (month, y) in enumerate(known)
    ]
    across = alt.Axis(labelAngle=0, labelOverlap=True, labelExpr="slice(datum.label, 2)")
    x = alt.X("month:O", title=None, axis=across, scale=alt.Scale(domain=months))
    axis = alt.Axis(tickCount=4, labelExpr=axis_labels(report, kind, max(y for _, y in known)))
    chart = alt.Chart(inline(rows))
    if bars:
        color = inked("datum.last", PALE)
        drawn = chart.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(
            x=x, y=alt.Y("y:Q", title=None, axis=axis), color=color
        )
    else:
        y = alt.Y("y:Q", title=None, axis=axis, scale=alt.Scale(zero=kind == "percent", nice=True))
        line = chart.mark_line(color=MAIN, strokeWidth=2.5).encode(x=x, y=y, detail=alt.Detail("run:N"))
        for row in rows:
            row["dot"] = row["last"] or sum(one["run"] == row["run"] for one in rows) == 1
        drawn = line + chart.transform_filter("datum.dot").mark_circle(color=MAIN, size=60, opacity=1).encode(x=x, y=y)
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
            "tip": tip(
                report,
                row.text("name"),
                *((share, row.number(share), "percent") for share in ("revenue_share", "customer_share")),
            ),
        }
        for row in rows
    ]
    return lying_bars(listed)


def segment_risk(report: Report) -> Any:
    """Mean chance of leaving of each segment, the highest marked."""
    rows = [row for row in report.rows("segments") if row.number("churn_probability") is not None]
    return rank_bars(report, rows, "churn_probability", "percent", lambda row: row.text("name"))


def reasons(report: Report) -> Any:
    """First reasons of customers at high risk, the commonest marked."""
    return rank_bars(report, report.rows("reasons"), "share", "percent", lambda row: row.text("reason"))


def left_causes(report: Report) -> Any:
    """Reasons for leaving, the commonest marked."""
    rows = [row for row in report.rows("left_causes") if row.number("share_known") is not None]
    return rank_bars(report, rows, "share_known", "percent", lambda row: row.text("cause"))


def costs(report: Report) -> Any:
    """Total cost of each decision method, the one in use marked."""
    rows = report.rows("costs")
    drawn = rank_bars(
        report, rows, "cost", "money", lambda row: report.known("method", row.text("method")), mark="chosen"
    )
    return drawn if len(rows) > 1 else None


CHARTS: dict[str, Callable[[Report], Any]] = {
    "revenue": revenue,
    "customers": customers,
    "left": left,
    "segments": segments,
    "segment_risk": segment_risk,
    "costs": costs,
    "reasons": reasons,
    "left_causes": left_causes,
    **ahead_charts.CHARTS,
    **bridge_charts.CHARTS,
    **watched_charts.CHARTS,
    **data_charts.CHARTS,
    **heat_charts.CHARTS,
    **loop_charts.CHARTS,
    **risk_charts.CHARTS,
    **value_charts.CHARTS,
    **watch_charts.CHARTS,
}
