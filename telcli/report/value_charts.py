"""The report's pictures of value: who brings it, what eats it, how long it stays, how well it was foretold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from telcli.report.chart_parts import (
    HALF,
    HEIGHT,
    MAIN,
    NAMED,
    PALE,
    SOFT,
    WARM,
    axis_labels,
    inked,
    inline,
    rank_bars,
)
from telcli.report.model import Report, Row
from telcli.report.tips import tip
from telcli.tables import units

__all__ = ["CHARTS", "eaten", "stay_years", "stayed", "swayed"]

_SWAYED = 8
_FIRST_YEAR = 12


def whale(report: Report) -> Any:
    """The whale curve, with the best fifth and the peak named."""
    import altair as alt

    about = report.first("value").numbers
    shares = [(row.number("customer_share"), row.number("value_share")) for row in report.rows("value_curve")]
    word = report.word("col.customer_share")
    rows = [
        {"x": x, "y": y, "tip": tip(report, f"{word} {report.write(x, 'percent')}", ("value_share", y, "percent"))}
        for x, y in shares
    ]
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
    line = alt.Chart(inline(rows)).mark_line(color=MAIN, strokeWidth=2.5).encode(x=x, y=y)
    area = alt.Chart(inline(rows)).mark_area(color=MAIN, opacity=0.1).encode(x=x, y=y)
    whole = alt.Chart(inline([{"y": 1.0}])).mark_rule(color=SOFT, strokeDash=[3, 3]).encode(y=alt.Y("y:Q"))
    fifth = about["top_20_share"]
    marks = [{"x": 0.2, "y": fifth, "text": report.word("chart.whale_top", top=report.write(fifth, "percent"))}]
    if about["loss_makers"]:
        peak = report.write(about["peak_share"], "percent")
        marks.append(
            {"x": about["peak_at"], "y": about["peak_share"], "text": report.word("chart.whale_peak", peak=peak)}
        )
    point = alt.Chart(inline(marks)).mark_circle(color=WARM, size=70, opacity=1).encode(x=x, y=y)
    first = alt.Chart(inline(marks[:1])).mark_text(align="left", dx=9, dy=8).encode(x=x, y=y, text=alt.Text("text:N"))
    second = alt.Chart(inline(marks[1:])).mark_text(align="right", dx=-4, dy=16).encode(x=x, y=y, text="text:N")
    layers = [area, whole, line, point, first, *([second] if marks[1:] else [])]
    return alt.layer(*layers).properties(width=HALF - 60, height=HEIGHT)


def stayed(report: Report) -> list[Row]:
    """The curve of staying at tenures that somebody was seen at: of others nothing is known.

    Nor is it of any where nobody was seen in the first year, which all later ones rest on. Customer-months of few are
    not told, and are some. A curve without its interval is that of an older version.
    """
    rows = [row for row in report.rows("survival") if row.number("at_risk") != 0]
    if rows and (rows[0].number("tenure_month") or 0.0) > _FIRST_YEAR:
        return []
    bounded = [row for row in rows if row.number("survival_low") is not None]
    return bounded or rows


def survival(report: Report) -> Any:
    """The share of customers still here by months since joining, with its interval, where tenures were seen."""
    import altair as alt

    names = {"y": "survival", "low": "survival_low", "high": "survival_high"}
    rows = [
        {
            "x": row.number("tenure_month"),
            **{short: row.number(name) for short, name in names.items()},
            "tip": tip(
                report,
                f"{report.word('col.tenure_month')} {row.number('tenure_month') or 0:.0f}",
                ("survival", row.number("survival"), "percent"),
            ),
        }
        for row in stayed(report)
    ]
    if len(rows) < 2:
        return None
    x = alt.X(
        "x:Q",
        title=report.word("chart.survival_x"),
        axis=alt.Axis(tickCount=6, tickMinStep=1),
        scale=alt.Scale(nice=False),
    )
    y = alt.Y("y:Q", title=None, axis=alt.Axis(tickCount=5, format="%"), scale=alt.Scale(domain=[0, 1]))
    curve = alt.Chart(inline(rows)).encode(x=x, y=y)
    layers = [curve.mark_line(color=MAIN, strokeWidth=2.5, interpolate="step-after")]
    if rows[0]["low"] is not None:
        band = alt.Chart(inline(rows)).mark_area(color=MAIN, opacity=0.18, interpolate="step-after")
        layers.insert(0, band.encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q")))
    return alt.layer(*layers).properties(width=HALF - 60, height=HEIGHT)


def eaten(report: Report) -> Sequence[Row]:
    """Parts that take something off revenue, or give it back."""
    rows = report.rows("value_margin")
    return [row for row in rows if row.text("part") not in ("revenue", "margin") and row.number("amount")]


def value_margin(report: Report) -> Any:
    """From revenue to margin, part by part: each bar begins where the one before ends."""
    import altair as alt

    parts, whole = eaten(report), {row.text("part"): row.number("amount") for row in report.rows("value_margin")}
    revenue, margin = whole.get("revenue"), whole.get("margin")
    if not parts or revenue is None or margin is None:
        return None
    steps, at = [("revenue", 0.0, revenue)], revenue
    for row in parts:
        amount = row.number("amount") or 0.0
        steps.append((row.text("part"), at - amount, at))
        at -= amount
    steps.append(("margin", 0.0, margin))
    listed: list[dict[str, Any]] = [
        {
            "key": f"{place:02}",
            "name": report.known("part", part),
            "from": low,
            "to": high,
            "end": max(low, high),
            "text": report.write(whole.get(part), "money"),
            "whole": part in ("revenue", "margin"),
        }
        for place, (part, low, high) in enumerate(steps)
    ]
    ends = [row[end] for row in listed for end in ("from", "to")]
    x = alt.X("from:Q", axis=None, scale=alt.Scale(domain=[min(0.0, *ends), max(ends) * 1.3 or 1.0]))
    y = alt.Y("key:N", sort=[row["key"] for row in listed], axis=None, scale=alt.Scale(paddingInner=0.1))
    base = alt.Chart(inline(listed)).encode(y=y)
    color = inked("datum.whole", WARM)
    bar = base.mark_bar(height=12, yOffset=9, cornerRadius=1).encode(x=x, x2=alt.X2("to:Q"), color=color)
    name = base.mark_text(align="left", dy=-9, fontSize=13.5, limit=NAMED).encode(
        x=alt.XValue(0), text=alt.Text("name:N")
    )
    text = base.mark_text(align="left", dx=6, dy=10, color=SOFT).encode(x=alt.X("end:Q"), text=alt.Text("text:N"))
    return alt.layer(bar, name, text).properties(width=HALF - 10, height=42 * len(listed))


def stay_years(report: Report, row: Row) -> str:
    """A span of years of the stay in figures: 3, 6–10."""
    first, last = (f"{row.number(name) or 0:.0f}" for name in ("from_year", "to_year"))
    return first if first == last else report.word("stay.span", first=first, last=last)


def value_stays(report: Report) -> Any:
    """Margin a month by year of the stay."""
    import altair as alt

    rows: list[dict[str, Any]] = [
        {
            "x": stay_years(report, row),
            "y": money,
            "end": max(money, 0.0),
            "text": units.brief(money, report.lang),
            "tip": tip(
                report,
                f"{report.word('chart.value_stays_x')} {stay_years(report, row)}",
                ("margin_a_month", money, "money"),
            ),
        }
        for row in report.rows("value_stays")
        if (money := row.number("margin_a_month")) is not None
    ]
    if len(rows) < 2:
        return None
    x = alt.X("x:O", sort=None, title=report.word("chart.value_stays_x"), axis=alt.Axis(labelAngle=0))
    axis = alt.Axis(tickCount=4, labelExpr=axis_labels(report, "number", max(row["y"] for row in rows)))
    base = alt.Chart(inline(rows)).encode(x=x, y=alt.Y("y:Q", title=None, axis=axis))
    bar = base.mark_bar(color=MAIN, cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
    text = base.mark_text(dy=-8, fontSize=11).encode(
        y=alt.Y("end:Q"), text=alt.Text("text:N")
    )  # above a bar that goes down too
    return alt.layer(bar, text).properties(width=HALF - 45, height=HEIGHT)


def value_backtest(report: Report) -> Any:
    """What came by tenth of predicted money (bars), what was predicted (dots), the plain average (marks)."""
    import altair as alt

    told = ("predicted", "naive", "realised")
    rows: list[dict[str, Any]] = [
        {
            "x": int(row.number("decile") or 0),
            **{name: row.number(name) for name in told},
            "tip": tip(
                report,
                f"{report.word('col.decile')} {row.number('decile') or 0:.0f}",
                *((name, row.number(name), "money") for name in told),
            ),
        }
        for row in report.rows("value_backtest")
    ]
    if not rows:
        return None
    most = max(max(row[name] or 0.0 for name in told) for row in rows)
    axis = alt.Axis(tickCount=4, labelExpr=axis_labels(report, "number", most))
    x = alt.X("x:O", title=report.word("chart.value_backtest_x"), axis=alt.Axis(labelAngle=0))
    base = alt.Chart(inline(rows)).encode(x=x)
    bar = base.mark_bar(color=PALE, cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
    drawn = bar.encode(y=alt.Y("realised:Q", title=None, axis=axis))
    plain = base.mark_tick(color=WARM, thickness=2.5, width=22, opacity=1).encode(y=alt.Y("naive:Q"))
    dot = base.mark_circle(color=MAIN, size=60, opacity=1).encode(y=alt.Y("predicted:Q"))
    return alt.layer(drawn, plain, dot).properties(width=HALF - 45, height=HEIGHT)


def swayed(report: Report) -> list[Row]:
    """Items of the score whose weight tiers hang on, the most first: `changed` is the larger of both steps."""
    rows = []
    for row in report.rows("value_weights"):
        steps = [step for name in ("less", "more") if (step := row.number(name)) is not None]
        if steps:
            rows.append(Row({**row.numbers, "changed": max(steps)}, row.texts))
    return sorted(rows, key=lambda row: -(row.number("changed") or 0.0))[:_SWAYED]


def value_sway(report: Report) -> Any:
    """Share of customers in another tier were a weight a quarter more or less, the largest marked."""
    return rank_bars(report, swayed(report), "changed", "percent", lambda row: row.text("name"))


CHARTS: dict[str, Callable[[Report], Any]] = {
    "whale": whale,
    "value_margin": value_margin,
    "value_stays": value_stays,
    "survival": survival,
    "value_backtest": value_backtest,
    "value_sway": value_sway,
}
