"""The report's pictures of churn: rates by month, lift, cumulative gains, and whether chances came true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telcli.report.chart_parts import HALF, HEIGHT, MAIN, PALE, SOFT, WARM, inline, short_months
from telcli.report.model import Report
from telcli.report.tips import tip
from telcli.tables import units

__all__ = ["CHARTS"]

_ROOM = 1.15


def churn_rates(report: Report) -> Any:
    """The churn rate of each month with its 95% interval; dashed: the mean of the months before the last."""
    import altair as alt

    known = [row for row in report.rows("churn_rates") if row.number("churn_rate") is not None]
    if len(known) < 2:
        return None
    names = {"y": "churn_rate", "low": "rate_low", "high": "rate_high"}
    rows = [{"x": row.text("month")[2:], **{short: row.number(name) for short, name in names.items()}} for row in known]
    for row, one in zip(rows, known, strict=True):
        row["ink"] = MAIN if one.text("month") == report.month else SOFT
        row["tip"] = tip(
            report, report.in_words(one.text("month")), ("churn_rate", one.number("churn_rate"), "percent")
        )
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("x:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True), scale=short_months(known)),
        color=alt.Color("ink:N", scale=None),
    )
    axis = alt.Axis(tickCount=5, format=".1%")
    span = base.mark_rule(strokeWidth=2.5).encode(y=alt.Y("low:Q", title=None, axis=axis), y2=alt.Y2("high:Q"))
    point = base.mark_point(filled=True, size=60, opacity=1).encode(y=alt.Y("y:Q", axis=axis))
    past = [one.number("churn_rate") or 0.0 for one in known[:-1]]
    mean = alt.Chart(inline([{"y": sum(past) / len(past)}]))
    rule = mean.mark_rule(color=SOFT, strokeDash=[4, 3]).encode(y=alt.Y("y:Q"))
    return alt.layer(rule, span, point).properties(width=HALF - 60, height=HEIGHT)


def lift(report: Report) -> Any:
    """Lift of each tenth of predicted risk, or of some together, with its interval, against the average, 1."""
    import altair as alt

    known = report.rows("lift")
    if not known:
        return None
    names = {"y": "lift", "low": "lift_low", "high": "lift_high"}
    rows: list[dict[str, Any]] = [
        {"x": row.text("tenths"), "text": units.decimal(row.number("lift"))}
        | {short: row.number(name) for short, name in names.items()}
        for row in known
    ]
    for row in rows:
        row["ink"] = MAIN if row is rows[0] else PALE
        row["tip"] = tip(report, f"{report.word('col.decile')} {row['x']}", ("lift", row["y"], "times"))
    x = alt.X("x:O", sort=None, title=report.word("chart.lift_x"), axis=alt.Axis(labelAngle=0))
    base = alt.Chart(inline(rows)).encode(x=x)
    bar = base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(
        y=alt.Y("y:Q", title=None, axis=alt.Axis(tickCount=4)), color=alt.Color("ink:N", scale=None)
    )
    span = base.mark_rule(color=SOFT, strokeWidth=1.5).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    text = base.mark_text(dy=-7, fontSize=11).encode(y=alt.Y("high:Q"), text=alt.Text("text:N"))
    rule = alt.Chart(inline([{"y": 1.0}])).mark_rule(color=WARM, strokeDash=[4, 3]).encode(y=alt.Y("y:Q"))
    return alt.layer(bar, span, rule, text).properties(width=HALF - 45, height=HEIGHT)


def gains(report: Report) -> Any:
    """Of all who left in the test, the share that stood among the riskiest so many; dashed: drawn blindly."""
    import altair as alt

    known = report.rows("lift")
    if not known or known[0].number("churner_share") is None:
        return None
    names = {"x": "customer_share", "y": "churner_share", "low": "share_low", "high": "share_high"}
    rows: list[dict[str, Any]] = [dict.fromkeys(names, 0.0)]
    rows += [{short: row.number(name) for short, name in names.items()} for row in known]
    for row in rows:
        row["tip"] = tip(
            report,
            f"{report.word('col.customer_share')} {report.write(row['x'], 'percent')}",
            ("churner_share", row["y"], "percent"),
        )
    percent = alt.Axis(tickCount=5, format="%")
    whole = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("x:Q", title=report.word("chart.gains_x"), axis=percent, scale=whole)
    y = alt.Y("y:Q", title=report.word("chart.gains_y"), axis=percent, scale=whole)
    base = alt.Chart(inline(rows)).encode(x=x)
    band = base.mark_area(color=MAIN, opacity=0.15).encode(
        y=alt.Y("low:Q", axis=percent, scale=whole), y2=alt.Y2("high:Q")
    )
    line = base.mark_line(color=MAIN, strokeWidth=2.5, point={"filled": True, "color": MAIN, "size": 40}).encode(y=y)
    blind = alt.Chart(inline([{"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 1.0}])).encode(x=x, y=y)
    said = report.word(
        "chart.gains_top",
        share=report.write(known[0].number("churner_share"), "percent"),
        of=report.write(known[0].number("customer_share"), "percent"),
    )
    note = alt.Chart(inline([{"text": said}])).mark_text(align="left", baseline="top")
    mark = note.encode(x=alt.XValue(6), y=alt.YValue(4), text=alt.Text("text:N"))
    dashed = blind.mark_line(color=SOFT, strokeDash=[4, 3], strokeWidth=1.5)
    return alt.layer(band, dashed, line, mark).properties(width=HALF - 60, height=HEIGHT)


def calibration(report: Report) -> Any:
    """The share that left, with its 95% interval, by what was foretold; on the dashed line both are the same."""
    import altair as alt

    known = [row for row in report.rows("calibration") if row.number("churn_rate") is not None]
    if not known:
        return None
    names = {"x": "mean_probability", "y": "churn_rate", "low": "rate_low", "high": "rate_high"}
    rows: list[dict[str, Any]] = [{short: row.number(name) for short, name in names.items()} for row in known]
    for row, one in zip(rows, known, strict=True):
        row["ink"] = WARM if one.number("off") else MAIN
        row["tip"] = tip(
            report,
            f"{report.word('col.mean_probability')} {report.write(row['x'], 'percent')}",
            ("churn_rate", row["y"], "percent"),
        )
    most = min(1.0, _ROOM * max(max(float(row["x"] or 0), float(row["high"] or 0)) for row in rows))
    scale = alt.Scale(domain=[0, most], nice=False)
    axis = alt.Axis(tickCount=5, format=".0%" if most > _STEP else ".1%")
    x = alt.X("x:Q", title=report.word("chart.calibration_x"), axis=axis, scale=scale)
    y = alt.Y("y:Q", title=report.word("chart.calibration_y"), axis=axis, scale=scale)
    base = alt.Chart(inline(rows)).encode(x=x, color=alt.Color("ink:N", scale=None))
    span = base.mark_rule(strokeWidth=2.5).encode(y=alt.Y("low:Q", axis=axis, scale=scale), y2=alt.Y2("high:Q"))
    point = base.mark_point(filled=True, size=75, opacity=1).encode(y=y)
    right = alt.Chart(inline([{"x": 0.0, "y": 0.0}, {"x": most, "y": most}])).encode(x=x, y=y)
    dashed = right.mark_line(color=SOFT, strokeDash=[4, 3], strokeWidth=1.5)
    return alt.layer(dashed, span, point).properties(width=HALF - 60, height=HEIGHT)


_STEP = 0.1

CHARTS: dict[str, Callable[[Report], Any]] = {
    "churn_rates": churn_rates,
    "lift": lift,
    "gains": gains,
    "calibration": calibration,
}
