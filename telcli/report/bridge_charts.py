"""The report's pictures of the bridge: from the beginning to the end, and month by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telcli.report.chart_parts import HALF, HEIGHT, INK, MAIN, NAMED, PALE, SOFT, WARM, axis_labels, every_month, inline
from telcli.report.model import Report, Row

__all__ = ["CHARTS", "bridge_ends", "part_name", "within"]

_NEW = ("joined", "returned")
_STAYED = ("plan_up", "plan_down", "more", "less")
_REST = ("unbilled", "other", "together")
_LOST = ("left", "left_before")


def part_name(report: Report, row: Row, ends: Mapping[str, str] | None = None) -> str:
    """What a part of the bridge is called; parts told together are named one after the other."""
    part = row.text("part")
    if part in ("opening", "closing"):
        found: str = report.word(f"bridge.{part}", **(ends or {"before": "", "last": ""}))
        return found
    names = [report.known("bridge", one) for one in (row.text("parts") or part).split(",")]
    return report.word("bridge.and").join(names)


def bridge_ends(report: Report) -> dict[str, str]:
    """The months that the bridge begins (`before`) and ends (`last`) with, in words; empty where there is none."""
    own = [row for row in report.rows("bridge_months") if within(report, row)]
    if not own:
        return {"before": "", "last": ""}
    return {"before": report.in_words(own[0].text("before")), "last": report.in_words(own[-1].text("month"))}


def within(report: Report, row: Row) -> bool:
    """Whether a month is of the period; that of a month's page is told beside months before it."""
    about = report.first("period")
    found: bool = about.text("first") <= row.text("month") <= about.text("last")
    return found


def bridge_base(report: Report) -> Any:
    """From the customers at the beginning to those at the end."""
    return _fall(report, "bridge_base", "count")


def bridge_revenue(report: Report) -> Any:
    """From the revenue of the month before to that of the last month."""
    return _fall(report, "bridge_revenue", "money")


def _fall(report: Report, name: str, kind: str) -> Any:
    """Bars that each begin where the one before ended, their names above them; the ends are marked as levels."""
    import altair as alt

    rows = _placed(report, report.rows(name), kind)
    if len(rows) < 3:
        return None
    low, high = (pick(row[end] for row in rows for end in ("low", "high")) for pick in (min, max))
    room = (high - low) or 1.0
    scale = alt.Scale(domain=[low - 0.05 * room, high + 0.38 * room], nice=False, zero=False)
    x = alt.X("low:Q", axis=None, scale=scale)
    base = alt.Chart(inline(rows)).encode(y=alt.Y("key:N", axis=None, scale=alt.Scale(paddingInner=0.1)))
    bar = base.transform_filter("!datum.level").mark_bar(height=13, yOffset=9, cornerRadius=1)
    bars = bar.encode(x=x, x2=alt.X2("high:Q"), color=alt.Color("ink:N", scale=None))
    level = base.transform_filter("datum.level").mark_tick(thickness=4, height=20, yOffset=9, color=INK, opacity=1)
    text = base.mark_text(align="left", dx=7, dy=10, color=SOFT).encode(
        x=alt.X("high:Q", scale=scale), text=alt.Text("text:N")
    )
    named = base.mark_text(align="left", dy=-9, fontSize=13.5, limit=NAMED).encode(
        x=alt.XValue(0), text=alt.Text("name:N")
    )
    layers = (bars, level.encode(x=x), named, text)
    return alt.layer(*layers).properties(width=HALF - 10, height=42 * len(rows))


def _placed(report: Report, rows: Sequence[Row], kind: str) -> list[dict[str, Any]]:
    """Each part from where the one before ended."""
    ends = bridge_ends(report)
    at, found = 0.0, []
    for place, row in enumerate(rows):
        amount = row.number("amount") or 0.0
        level = place in (0, len(rows) - 1)
        start, at = (amount, amount) if level else (at, at + amount)
        written = report.write(amount, kind)
        found.append(
            {
                "key": f"{place:03}",
                "name": part_name(report, row, ends),
                "low": min(start, at),
                "high": max(start, at),
                "text": written if level or amount <= 0 else f"+{written}",
                "ink": MAIN if amount >= 0 else WARM,
                "level": level,
            }
        )
    return found


def bridge_flow(report: Report) -> Any:
    """Customers who came (up) and went (down) in each month, and the sum of both."""
    came, went = report.word("flow.came"), report.word("flow.went")
    rows: list[dict[str, Any]] = []
    for row in report.rows("bridge_months"):
        amounts = [row.number(name) or 0.0 for name in ("joined", "returned", "appeared", "left", "gone", "together")]
        rows += [
            {"month": row.text("month"), "what": what, "y": sum(one for one in amounts if one * sign > 0), "net": None}
            for what, sign in ((came, 1), (went, -1))
        ]
        rows[-1]["net"] = sum(amounts)
    return _monthly(report, rows, {came: MAIN, went: WARM}, "count")


def bridge_money(report: Report) -> Any:
    """What was added to revenue (up) and taken from it (down) in each month, and the sum of both."""
    inks = {"new": MAIN, "up": PALE, "lost": WARM, "down": SOFT, "rest": INK}
    rows: list[dict[str, Any]] = []
    for row in report.rows("bridge_months"):
        if row.number("money_closing") is None:
            continue
        sums = _grouped(row)
        rows += [
            {"month": row.text("month"), "what": report.word(f"flow.{name}"), "y": amount, "net": None}
            for name, amount in sums.items()
            if amount
        ]
        net = (row.number("money_closing") or 0.0) - (row.number("money_opening") or 0.0)
        rows.append({"month": row.text("month"), "what": report.word("flow.new"), "y": 0.0, "net": net})
    used = {row["what"] for row in rows}
    named = {report.word(f"flow.{name}"): ink for name, ink in inks.items()}
    return _monthly(report, rows, {what: ink for what, ink in named.items() if what in used}, "money")


def _grouped(row: Row) -> dict[str, float]:
    """Parts of revenue in five groups; what stands together may be of those who came and of those who went: other."""
    sums = {"new": 0.0, "up": 0.0, "lost": 0.0, "down": 0.0, "rest": 0.0}
    for part in (*_NEW, *_STAYED, *_REST, *_LOST):
        amount = row.number(f"money_{part}") or 0.0
        stayed = "up" if amount > 0 else "down"
        sums[stayed if part in _STAYED else "lost" if part in _LOST else "rest" if part in _REST else "new"] += amount
    return sums


def _monthly(report: Report, rows: Sequence[dict[str, Any]], inks: Mapping[str, str], kind: str) -> Any:
    """Bars up and down by month in groups, and a tick at their sum."""
    import altair as alt

    for row in rows:
        tick = row["net"] is not None and not row["y"]
        row["name"] = report.in_words(row["month"]) + ("" if tick else f" · {row['what']}")
        row["text"] = report.write(row["net"] if tick else row["y"], kind)
    if len({row["month"] for row in rows}) < 2:
        return None
    most = max(abs(row["y"]) for row in rows)
    across = alt.Axis(labelAngle=0, labelOverlap=True, labelExpr="slice(datum.label, 2)")
    months = alt.Scale(domain=every_month([row["month"] for row in rows]))
    x = alt.X("month:O", title=None, axis=across, scale=months)
    axis = alt.Axis(tickCount=5, labelExpr=axis_labels(report, "number", most))
    legend = alt.Legend(title=None, orient="top", labelColor=SOFT, labelFontSize=12.5, symbolType="square", columns=3)
    scale = alt.Scale(domain=list(inks), range=list(inks.values()))
    base = alt.Chart(inline(rows)).encode(x=x)
    bars = base.mark_bar().encode(
        y=alt.Y("y:Q", title=None, axis=axis), color=alt.Color("what:N", scale=scale, legend=legend)
    )
    net = base.transform_filter("datum.net != null").mark_tick(color=INK, thickness=3, opacity=1, width=18)
    return alt.layer(bars, net.encode(y=alt.Y("net:Q", title=None))).properties(width=HALF - 45, height=HEIGHT)


CHARTS: dict[str, Callable[[Report], Any]] = {
    "bridge_base": bridge_base,
    "bridge_revenue": bridge_revenue,
    "bridge_flow": bridge_flow,
    "bridge_money": bridge_money,
}
