"""The report's pictures of what contacting customers changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telcli.report.chart_parts import HALF, MAIN, PALE, SOFT, WARM, inline
from telcli.report.model import Report, Row

__all__ = ["CHARTS", "named"]


def effects(report: Report) -> Any:
    """Gain in the share that stays with its 95% interval: of all plans, of each offer; red where it harms."""
    import altair as alt

    known = [row for row in report.rows("effects") if row.number("uplift_low") is not None and not row.text("campaign")]
    if not known:
        return None
    inks = {"works": MAIN, "harms": WARM}
    rows = [
        {
            "key": f"{place:03}",
            "name": named(report, row),
            "x": row.number("uplift"),
            "low": row.number("uplift_low"),
            "high": row.number("uplift_high"),
            "ink": inks.get(row.text("verdict"), PALE),
        }
        for place, row in enumerate(known)
    ]
    base = alt.Chart(inline(rows)).encode(y=alt.Y("key:N", axis=None, scale=alt.Scale(paddingInner=0.1)))
    x = alt.X("low:Q", title=report.word("chart.effects_x"), axis=alt.Axis(format="+.0%", tickCount=5))
    zero = alt.Chart(inline([{"x": 0.0}])).mark_rule(color=SOFT, strokeDash=[3, 3]).encode(x="x:Q")
    span = base.mark_rule(strokeWidth=3, yOffset=8).encode(x=x, x2="high:Q", color=alt.Color("ink:N", scale=None))
    point = base.mark_point(filled=True, size=70, yOffset=8, opacity=1).encode(
        x="x:Q", color=alt.Color("ink:N", scale=None)
    )
    name = base.mark_text(align="left", dy=-9, fontSize=13.5, limit=HALF - 20).encode(x=alt.value(0), text="name:N")
    return alt.layer(zero, span, point, name).properties(width=HALF - 10, height=42 * len(rows))


def named(report: Report, row: Row) -> str:
    """What a row of effects is of."""
    return row.text("offer") or row.text("plan_month") or row.text("campaign") or report.word("loop.all")


CHARTS: dict[str, Callable[[Report], Any]] = {"effects": effects}
