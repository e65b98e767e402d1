"""The report's pictures of what is watched: satisfaction, what moves it, and what is owed by age."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telcli.report.chart_parts import HALF, MAIN, SOFT, WARM, inline, intervals, rank_bars
from telcli.report.label_places import Place, places, text_width
from telcli.report.model import Report, Row
from telcli.report.tips import tip

__all__ = ["BRANCHES", "CHARTS", "in_chart"]

BRANCHES = 8
"""Groups of one dimension in the picture, the least satisfied first."""
_BROAD, _TALL = HALF - 60, 260


def satisfied(report: Report) -> Any:
    """The index with its 95% interval: of all, and of the least satisfied branches."""
    rows = [
        {
            "key": f"{place:03}",
            "name": report.word("watch.all") if row.text("by") == "all" else row.text("group"),
            "x": row.number("index"),
            "low": row.number("index_low"),
            "high": row.number("index_high"),
            "ink": MAIN if row.text("by") == "all" else SOFT,
        }
        for place, row in enumerate(in_chart(report))
    ]
    whole = report.first("satisfied").number("index")
    return intervals(rows, report.word("chart.satisfied_x"), "d", whole)


def in_chart(report: Report) -> list[Row]:
    """All, and the branches with the lowest index whose interval is known."""
    known = [row for row in report.rows("satisfied") if row.number("index_low") is not None]
    whole = [row for row in known if row.text("by") == "all"]
    return whole + [row for row in known if row.text("by") == "branch"][:BRANCHES]


def items(report: Report) -> Any:
    """How much each item moves satisfaction (up) against how it does (right), parted at the means of both."""
    import altair as alt

    known = [row for row in report.rows("items") if row.number("importance") is not None]
    if len(known) < 3:
        return None
    rows: list[dict[str, Any]] = [
        {
            "x": row.number("performance") or 0.0,
            "y": row.number("importance") or 0.0,
            "name": row.text("item"),
            "tip": tip(
                report,
                row.text("item"),
                ("importance", row.number("importance"), "percent"),
                ("performance", row.number("performance"), "decimal"),
            ),
            "ink": WARM if row.text("quadrant") == "improve-first" else MAIN,
        }
        for row in known
    ]
    scales = {way: alt.Scale(domain=list(_ends(rows, way)), nice=False, zero=False) for way in "xy"}
    right = alt.X("x:Q", title=report.word("chart.items_x"), scale=scales["x"], axis=alt.Axis(tickCount=5))
    up = alt.Y("y:Q", title=None, scale=scales["y"], axis=alt.Axis(tickCount=5, format="%"))
    lines = alt.Chart(inline([{way: _mean(rows, way) for way in "xy"}])).mark_rule(color=SOFT, strokeDash=[3, 3])
    point = alt.Chart(inline(rows)).mark_point(filled=True, size=70, opacity=1)
    layers = [lines.encode(x=right), lines.encode(y=up)]
    layers.append(point.encode(x=right, y=up, color=alt.Color("ink:N", scale=None)))
    for row, place in zip(rows, _placed(report, rows), strict=True):
        name = alt.Chart(inline([row])).mark_text(fontSize=11.5, dx=place.dx, dy=place.dy, align=place.align)
        layers.append(name.encode(x=right, y=up, text=alt.Text("name:N")))
    layers += [_corner(*corner) for corner in _corners(report)]
    return alt.layer(*layers).properties(width=_BROAD, height=_TALL)


def _corner(said: str, left: bool, top: bool) -> Any:
    """What to do in a quarter, in its corner."""
    import altair as alt

    mark = alt.Chart(inline([{"text": said}])).mark_text(
        fontSize=11, color=SOFT, align="left" if left else "right", baseline="top" if top else "bottom"
    )
    x, y = alt.value(4 if left else _BROAD - 4), alt.value(4 if top else _TALL - 4)
    return mark.encode(x=x, y=y, text=alt.Text("text:N"))


def _placed(report: Report, rows: Sequence[Mapping[str, Any]]) -> list[Place]:
    """Where names of items go: clear of each other, of the lines at the means and of what stands in the corners."""
    ends = {way: _ends(rows, way) for way in "xy"}
    spots = [(_at(row["x"], ends["x"]) * _BROAD, (1 - _at(row["y"], ends["y"])) * _TALL) for row in rows]
    x, y = _at(_mean(rows, "x"), ends["x"]) * _BROAD, (1 - _at(_mean(rows, "y"), ends["y"])) * _TALL
    lines = [(x - 2, 0.0, x + 2, float(_TALL)), (0.0, y - 2, float(_BROAD), y + 2)]
    taken = [_box(said, left, top) for said, left, top in _corners(report)] + lines
    return places(spots, [row["name"] for row in rows], _BROAD, _TALL, taken)


def _mean(rows: Sequence[Mapping[str, Any]], way: str) -> float:
    return sum(float(row[way]) for row in rows) / len(rows)


def _corners(report: Report) -> list[tuple[str, bool, bool]]:
    """What to do in each quarter: its name, whether it is left, whether it is at the top."""
    names = (("improve-first", "keep-up"), ("improve-later", "overdone"))
    return [
        (report.known("quadrant", name), left, top)
        for top, pair in zip((True, False), names, strict=True)
        for left, name in zip((True, False), pair, strict=True)
    ]


def _box(said: str, left: bool, top: bool) -> tuple[float, float, float, float]:
    """Where the name of a quarter stands."""
    long = text_width(said, 11)
    x, y = 4.0 if left else _BROAD - 4 - long, 4.0 if top else _TALL - 18.0
    return x, y, x + long, y + 14


def _ends(rows: Sequence[Mapping[str, Any]], way: str) -> tuple[float, float]:
    """Ends of an axis with room for names around the points."""
    values = [float(row[way]) for row in rows]
    low, high = min(values), max(values)
    room = 0.22 * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room


def _at(value: float, ends: tuple[float, float]) -> float:
    """Where a value lies between the ends of its axis, 0..1."""
    return (value - ends[0]) / (ends[1] - ends[0])


def ageing(report: Report) -> Any:
    """What is owed by days past due; what is not yet due stands first."""
    rows = [row for row in report.rows("ageing") if row.number("balance") is not None]
    return rank_bars(report, rows, "balance", "money", lambda row: report.known("bucket", row.text("bucket")))


CHARTS: dict[str, Callable[[Report], Any]] = {"satisfied": satisfied, "items": items, "ageing": ageing}
