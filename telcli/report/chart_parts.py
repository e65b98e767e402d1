"""What the report's pictures have in common: inks, sizes, axes, lying bars."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from telcli.report.label_places import text_width
from telcli.report.model import Report, Row
from telcli.tables import units

__all__ = [
    "CONFIG",
    "HALF",
    "HEIGHT",
    "INK",
    "INKS",
    "LINE",
    "MAIN",
    "NAMED",
    "PALE",
    "SOFT",
    "THIRD",
    "WARM",
    "axis_labels",
    "every_month",
    "heat_map",
    "inked",
    "inline",
    "intervals",
    "lying_bars",
    "rank_bars",
    "short_months",
]

INKS = {"#010101": "ink", "#020202": "soft", "#030303": "line", "#040404": "main", "#050505": "pale", "#060606": "warm"}
INK, SOFT, LINE, MAIN, PALE, WARM = INKS
HALF, THIRD, HEIGHT = 400, 300, 210
NAMED = HALF - 60
"""The room of a name above its bar: letters of a browser are wider than those that are measured here."""
_CELL = 36
_NAMES = 240
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
    "axisX": {"grid": False, "labelSeparation": 10},  # for the same reason
    "text": {"color": INK, "fontSize": 12.5},
}


def inline(rows: Sequence[dict[str, Any]]) -> Any:
    """Rows as data that stand within the chart."""
    import altair as alt

    return alt.Data(values=list(rows))


def inked(test: str, other: str) -> Any:
    """The main ink where an expression of Vega holds, another elsewhere.

    Channels are named outright: to find out what plain text or a dict is meant for takes altair a tenth of a second.
    """
    import altair as alt

    return alt.ColorValue(other, condition={"test": test, "value": MAIN})


def axis_labels(report: Report, kind: str, most: float) -> str:
    """A Vega expression that writes an axis's numbers in one unit, fit for the largest."""
    if kind == "percent":
        return "format(datum.value, '.1%')"
    steps = ((1e8, "亿"), (1e4, "万")) if report.lang == "zh" else ((1e9, "B"), (1e6, "M"), (1e4, "k"))
    for size, name in steps:
        if most >= size:
            unit = 1e3 if name == "k" else size
            return f"datum.value == 0 ? '0' : format(datum.value / {unit:g}, ',.4~r') + '{name}'"
    return "format(datum.value, ',')"


def every_month(known: Sequence[str]) -> list[str]:
    """All months from the first to the last of some in order, so that one that is not known leaves its place empty.

    >>> every_month(["2023-12", "2024-02"])
    ['2023-12', '2024-01', '2024-02']
    """
    months = list(dict.fromkeys(known))
    between = [
        one for before, month in itertools.pairwise(months) for one in (*units.months_between(before, month), month)
    ]
    return [*months[:1], *between]


def short_months(rows: Sequence[Row]) -> Any:
    """A scale of all months from that of the first row to that of the last, written without their century."""
    import altair as alt

    return alt.Scale(domain=[month[2:] for month in every_month([row.text("month") for row in rows])])


def lying_bars(rows: Sequence[dict[str, Any]]) -> Any:
    """Lying bars with their names above them: rows of name, value, text, marked, and mark (a tick) where given."""
    import altair as alt

    if not rows:
        return None
    order = [row["key"] for row in rows]
    y = alt.Y("key:N", sort=order, axis=None, scale=alt.Scale(paddingInner=0.1))
    most = max(max(row["value"], row.get("mark") or 0) for row in rows)
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[min(0, *(row["value"] for row in rows)), most * 1.25 or 1]))
    base = alt.Chart(inline(rows)).encode(y=y)
    color = inked("datum.marked", PALE)
    bar = base.mark_bar(height=12, yOffset=9, cornerRadiusEnd=2).encode(x=x, color=color)
    name = base.mark_text(align="left", dy=-9, fontSize=13.5, limit=NAMED).encode(
        x=alt.XValue(0), text=alt.Text("name:N")
    )
    text = base.mark_text(align="left", dx=6, dy=10, color=SOFT).encode(x=alt.X("end:Q"), text=alt.Text("text:N"))
    layers = [bar, name, text]
    if any(row.get("mark") is not None for row in rows):
        layers.append(
            base.mark_tick(thickness=2.5, height=20, yOffset=9, color=WARM, opacity=1).encode(x=alt.X("mark:Q"))
        )
    return alt.layer(*layers).properties(width=HALF - 10, height=42 * len(rows))


def intervals(rows: Sequence[dict[str, Any]], title: str, form: str, zero: float | None = None) -> Any:
    """Points with their intervals under their names: rows of key, name, x, low, high, ink; a line stands at `zero`."""
    import altair as alt

    if not rows:
        return None
    write = "{:+.1%}".format if "%" in form else "{:.1f}".format
    for row in rows:
        row["tip"] = f"{row['name']}: {write(row['x'])} ({write(row['low'])} – {write(row['high'])})"
    base = alt.Chart(inline(rows)).encode(y=alt.Y("key:N", axis=None, scale=alt.Scale(paddingInner=0.1)))
    scale = alt.Scale(zero=False, nice=True)
    x = alt.X("low:Q", title=title, axis=alt.Axis(format=form, tickCount=5), scale=scale)
    ink = alt.Color("ink:N", scale=None)
    span = base.mark_rule(strokeWidth=3, yOffset=8).encode(x=x, x2=alt.X2("high:Q"), color=ink)
    point = base.mark_point(filled=True, size=70, yOffset=8, opacity=1).encode(x=alt.X("x:Q", scale=scale), color=ink)
    name = base.mark_text(align="left", dy=-9, fontSize=13.5, limit=NAMED).encode(
        x=alt.XValue(0), text=alt.Text("name:N")
    )
    layers = [span, point, name]
    if zero is not None:
        at = alt.Chart(inline([{"x": zero}]))
        layers.insert(0, at.mark_rule(color=SOFT, strokeDash=[3, 3]).encode(x=alt.X("x:Q", scale=scale)))
    return alt.layer(*layers).properties(width=HALF - 10, height=42 * len(rows))


def rank_bars(
    report: Report, rows: Sequence[Row], metric: str, kind: str, named: Callable[[Row], str], mark: str = ""
) -> Any:
    """Lying bars of one metric in the order of the rows; the longest is marked, or those whose `mark` is set."""
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
    return lying_bars(listed)


def heat_map(rows: Sequence[dict[str, Any]], down: Sequence[str], across: Sequence[str], *, high: int = 30) -> Any:
    """Cells with what they hold written in: rows of y, x (names of `down`, `across`), text, shade (0..1) and ink.

    Cells are `high` pixels and share the width that names going down leave of HALF.
    """
    import altair as alt

    if not rows:
        return None
    wide = min(_NAMES, 1.1 * max(text_width(name, 12) for name in down) + 10)  # pages may have wider letters
    x = alt.X("x:N", sort=list(across), title=None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=90))
    y = alt.Y(
        "y:N",
        sort=list(down),
        title=None,
        axis=alt.Axis(minExtent=wide, labelLimit=wide, labelPadding=8, labelFontSize=12),
    )
    base = alt.Chart(inline(rows)).encode(x=x, y=y)
    shade = alt.FillOpacity("shade:Q", scale=alt.Scale(domain=[0, 1], range=[0.0, 0.55], clamp=True), legend=None)
    cell = base.mark_rect(stroke=LINE, strokeWidth=1).encode(fill=alt.Fill("ink:N", scale=None), fillOpacity=shade)
    lines = max(row["text"].count("\n") for row in rows)  # the middle of a text is that of its first line
    text = base.mark_text(fontSize=11.5, lineBreak="\n", lineHeight=15, dy=-7.5 * lines).encode(text=alt.Text("text:N"))
    width = max(HALF - wide - 10, _CELL * len(across))
    return alt.layer(cell, text).properties(width=width, height=high * len(down))
