"""Charts of the spreadsheet's own, over the cells that hold their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telcli.report.blocks import Table
from telcli.report.book_cells import FORMATS, typed
from telcli.report.book_steps import STEPS, changes, steps
from telcli.report.bridge_section import FLOW, MONEY, MONEY_HEADS
from telcli.report.model import Report

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart as Drawn
    from xlsxwriter.worksheet import Worksheet

__all__ = ["DRAWN", "HEIGHT", "TABLED", "WIDTH", "Drawing", "draw", "draw_tabled", "places"]


@dataclass(frozen=True)
class Drawing:
    """How numbers are drawn.

    Parameters
    ----------
    kind : line, bar (lying) or column.
    series : headings of the columns that are drawn, by their keys among the words ``col``.
    low, high : headings of the ends of the first one's interval.
    stacked : whether columns stand on each other.
    """

    kind: str
    series: tuple[str, ...]
    low: str = ""
    high: str = ""
    stacked: bool = False


DRAWN: Mapping[str, Drawing] = {
    "revenue": Drawing("line", ("revenue",)),
    "customers": Drawing("line", ("customers",)),
    "left": Drawing("line", ("churn_rate",)),
    "segments": Drawing("bar", ("customer_share", "revenue_share")),
    "segment_risk": Drawing("bar", ("churn_probability",)),
    "whale": Drawing("line", ("added_share",)),
    "value_stays": Drawing("column", ("revenue_a_month", "margin_a_month")),
    "survival": Drawing("line", ("survival",), "survival_low", "survival_high"),
    "value_backtest": Drawing("column", ("realised", "predicted", "naive")),
    "value_sway": Drawing("bar", ("less", "more")),
    "lift": Drawing("column", ("left_share", "mean_probability")),
    "costs": Drawing("bar", ("cost_in_all",)),
    "reasons": Drawing("bar", ("share",)),
    "leavers_ahead": Drawing("column", ("leavers",)),
    "contact_profit": Drawing("line", ("profit", "random_profit")),
    "drivers": Drawing("bar", ("effect_share",)),
    "effects": Drawing("bar", ("uplift",), "rate_low", "rate_high"),
    "left_causes": Drawing("bar", ("share_known",)),
    "satisfied": Drawing("bar", ("index",), "rate_low", "rate_high"),
    "items": Drawing("bar", ("importance",)),
    "ageing": Drawing("column", ("balance",)),
    "watched": Drawing("line", ("observed", "expected_seen")),
    "churn_rates": Drawing("line", ("rate_of",), "rate_low", "rate_high"),
    "gains": Drawing("line", ("churner_share",), "rate_low", "rate_high"),
    "calibration": Drawing("column", ("left_share", "mean_probability"), "rate_low", "rate_high"),
    "late_months": Drawing("column", ("late_30", "late_90", "late_over")),
    "source_shares": Drawing("bar", ("kept", "filled", "readable")),
    "refused_rules": Drawing("bar", ("rows",)),
    "bridge_flow": Drawing("column", tuple(f"bridge_{part}" for part in FLOW), stacked=True),
    "bridge_money": Drawing("column", tuple(MONEY_HEADS[part] for part in MONEY), stacked=True),
}
"""By the name of a chart of the page; `book_steps` draws steps. A matrix and the like have no form here."""
TABLED: Mapping[str, tuple[Drawing, ...]] = {
    "slices": (Drawing("bar", ("revenue",)), Drawing("bar", ("churn_rate",)), Drawing("bar", ("at_risk_value",))),
}
"""By the name of a section, what is drawn over its tables that no chart of the page is of."""
_NUMBERED = re.compile(r"_\d+$")
HEIGHT, WIDTH = 235, 500
"""Pixels from one chart to the next, and how wide each is."""


def places(report: Report, table: Table, names: Sequence[str]) -> list[int]:
    """The columns of a table under these headings, those that there are.

    >>> from telcli.report.blocks import Cell
    >>> places(Report("2024-06", "en", "CNY", {}), Table("", [Cell("Month"), Cell("Revenue")], []), ["revenue", "left"])
    [1]
    """
    heads = [cell.text for cell in table.head]
    words = [report.word(f"col.{name}") for name in names if name]
    return [heads.index(word) for word in words if word in heads]


def draw(
    book: Workbook, sheet: Worksheet, report: Report, name: str, title: str, table: Table, head: int
) -> Drawn | None:
    """A chart over a table whose heading stands in row `head`; None where it has no form or nothing to draw."""
    drawing = DRAWN.get(_NUMBERED.sub("", name))
    if name in STEPS and table.rows:
        return steps(book, sheet, title, table, head, table.rows[0][1].kind)
    return None if drawing is None else _drawn(book, sheet, report, drawing, title, table, head)


def draw_tabled(
    book: Workbook, sheet: Worksheet, report: Report, section: str, title: str, table: Table, head: int
) -> list[tuple[Drawn, str]]:
    """Charts over a table that none of the page is of, with their titles; none where a figure is hidden."""
    if section == "compare":
        made = changes(book, sheet, title, table, head, report.word("col.change_on"))
        return [(made, title)] if made else []
    found = []
    for drawing in TABLED.get(section, ()):
        columns = places(report, table, drawing.series)
        if columns and all(row[place].value is not None for row in table.rows for place in columns):
            named = f"{table.title or title}: {table.head[columns[0]].text}"
            made = _drawn(book, sheet, report, drawing, named, table, head)
            found += [(made, named)] if made else []
    return found


def _drawn(
    book: Workbook, sheet: Worksheet, report: Report, drawing: Drawing, title: str, table: Table, head: int
) -> Drawn | None:
    columns = places(report, table, drawing.series)
    if not columns or len(table.rows) < (1 if drawing.low else 2):
        return None
    chart = book.add_chart({"type": drawing.kind, **({"subtype": "stacked"} if drawing.stacked else {})})
    last = head + len(table.rows)
    for place in columns:
        series = {
            "name": [sheet.name, head, place],
            "categories": [sheet.name, head + 1, 0, last, 0],
            "values": [sheet.name, head + 1, place, last, place],
            "gap": 60,
        }
        if drawing.kind == "line":
            series |= {"line": {"width": 2.0}, "marker": {"type": "circle", "size": 4}}
        if place == columns[0]:
            series |= _intervals(report, table, drawing, place)
        chart.add_series(series)
    _dress(chart, table, drawing, columns, title)
    return chart


def _dress(chart: Drawn, table: Table, drawing: Drawing, columns: Sequence[int], title: str) -> None:
    """Title, axes and key."""
    kind = next((typed(row[columns[0]])[1] for row in table.rows if typed(row[columns[0]])[1]), "count")
    values: dict[str, object] = {
        "num_format": FORMATS.get(kind, "General"),
        "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
    }
    if drawing.kind != "line" and all((row[place].value or 0.0) >= 0 for row in table.rows for place in columns):
        values["min"] = 0  # bars cut off below tell another story
    first = typed(table.rows[0][0])[1]
    points: dict[str, object] = {"num_font": {"size": 9}, "num_format": FORMATS.get(first, "General")}
    if first == "month":
        points |= {"date_axis": True, "major_unit_type": "months", "label_position": "low"}
    if drawing.kind == "bar":
        points["reverse"] = True  # the first on top, as in the table; the scale stays below
        values["label_position"] = "high"
    lying = drawing.kind == "bar"  # whose points stand on the axis that goes up
    chart.set_x_axis(values if lying else points)
    chart.set_y_axis(points if lying else values)
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    chart.set_legend({"none": True} if len(columns) == 1 else {"position": "bottom"})
    chart.set_size({"width": WIDTH, "height": HEIGHT - 10})


def _intervals(report: Report, table: Table, drawing: Drawing, place: int) -> dict[str, object]:
    """Error bars from the ends of intervals, where the table holds both."""
    ends = places(report, table, (drawing.low, drawing.high))
    if len(ends) != 2:
        return {}
    less, more = ([_apart(row[place].value, row[end].value) for row in table.rows] for end in ends)
    axis = "x_error_bars" if drawing.kind == "bar" else "y_error_bars"
    return {axis: {"type": "custom", "minus_values": less, "plus_values": more}}


def _apart(value: float | None, end: float | None) -> float:
    return 0.0 if value is None or end is None else abs(end - value)
