"""The report's pictures of arrears by month, of the extracts behind the figures, and of value by tenth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telcli.report.chart_parts import (
    HALF,
    HEIGHT,
    MAIN,
    PALE,
    WARM,
    axis_labels,
    heat_map,
    inline,
    rank_bars,
    short_months,
)
from telcli.report.model import Report
from telcli.report.tips import tip

__all__ = ["AGES", "CHARTS", "SHARES"]

AGES = {"late_30": PALE, "late_90": MAIN, "late_over": WARM}
"""Ages of what is past due, the youngest first, with their inks."""
SHARES = ("kept", "filled", "readable")
_WORST = 0.1


def late_months(report: Report) -> Any:
    """What is past due by month, by age."""
    import altair as alt

    months = report.rows("late_months")
    if len(months) < 2:
        return None
    rows = [
        {"x": row.text("month")[2:], "y": row.number(age), "age": report.word(f"col.{age}"), "at": place}
        | {"tip": tip(report, report.in_words(row.text("month")), (age, row.number(age), "money"))}
        for row in months
        for place, age in enumerate(AGES)
    ]
    most = max(row.number("late") or 0.0 for row in months)
    axis = alt.Axis(tickCount=4, labelExpr=axis_labels(report, "money", most))
    names = [report.word(f"col.{age}") for age in AGES]
    legend = alt.Legend(orient="top", title=None, symbolType="square", labelFontSize=12, labelLimit=120)
    return (
        alt.Chart(inline(rows))
        .mark_bar()
        .encode(
            x=alt.X("x:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True), scale=short_months(months)),
            y=alt.Y("y:Q", title=None, axis=axis),
            color=alt.Color("age:N", scale=alt.Scale(domain=names, range=list(AGES.values())), legend=legend),
            order=alt.Order("at:Q", sort="ascending"),
        )
        .properties(width=HALF - 60, height=HEIGHT)
    )


def source_shares(report: Report) -> Any:
    """Of each extract the rows kept, the cells filled and the values that could be read; the darker, the worse."""
    rows = report.rows("source_shares")
    cells = []
    for row in rows:
        for name in SHARES:
            share = row.number(name)
            lost = 0.0 if share is None or name == "filled" else (1.0 - share) / _WORST
            text = "–" if share is None else report.write(share, "percent")
            cell = {"y": row.text("source"), "x": report.word(f"col.{name}"), "text": text}
            cells.append({**cell, "shade": min(lost, 1.0), "ink": WARM})
    down = list(dict.fromkeys(row.text("source") for row in rows))
    return heat_map(cells, down, [report.word(f"col.{name}") for name in SHARES])


def refused_rules(report: Report) -> Any:
    """Rules that rows of extracts broke, the commonest marked."""
    return rank_bars(report, report.rows("refused_rules"), "rows", "count", lambda row: row.text("rule"))


def value_tenths(report: Report) -> Any:
    """What each tenth of customers brings, the best first; those that cost more than they bring in orange."""
    import altair as alt

    known = [row for row in report.rows("value_tenths") if row.number("current_value") is not None]
    if len(known) < 2:
        return None
    rows = [
        {
            "x": int(row.number("tenth") or 0),
            "y": row.number("current_value"),
            "text": report.write(row.number("value_share"), "percent") if row.number("value_share") is not None else "",
            "tip": tip(
                report,
                f"{report.word('col.decile')} {row.number('tenth') or 0:.0f}",
                ("current_value", row.number("current_value"), "money"),
                ("value_share", row.number("value_share"), "percent"),
            ),
            "ink": WARM if (row.number("current_value") or 0.0) < 0 else MAIN if row is known[0] else PALE,
        }
        for row in known
    ]
    most = max(abs(float(row["y"] or 0.0)) for row in rows)
    axis = alt.Axis(tickCount=4, labelExpr=axis_labels(report, "money", most))
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("x:O", title=report.word("chart.value_tenths_x"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("y:Q", title=None, axis=axis),
    )
    bar = base.mark_bar(cornerRadiusEnd=2).encode(color=alt.Color("ink:N", scale=None))
    text = base.mark_text(dy=-8, fontSize=11).encode(text=alt.Text("text:N"))
    return alt.layer(bar, text).properties(width=HALF - 60, height=HEIGHT)


CHARTS: dict[str, Callable[[Report], Any]] = {
    "late_months": late_months,
    "source_shares": source_shares,
    "refused_rules": refused_rules,
    "value_tenths": value_tenths,
}
