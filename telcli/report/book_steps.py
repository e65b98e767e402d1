"""Charts of the spreadsheet's own that need more than columns of a table: steps, and changes side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from telcli.report.blocks import Table
from telcli.report.book_cells import FORMATS

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart as Drawn
    from xlsxwriter.worksheet import Worksheet

__all__ = ["HELD", "STEPS", "changes", "spans", "steps"]

STEPS = ("bridge_base", "bridge_revenue")
"""Charts of the page that go from a level by steps to another."""
HELD = 30
"""The first of the hidden columns that hold where steps begin and how far they go."""
_INKS = ("", "#2B6CB0", "#C05621", "#2D3748")
_THIN = 0.012


def spans(amounts: Sequence[float]) -> list[tuple[float, float, float, float]]:
    """Of each step: where its bar begins, then its length up, down, or as the mark of a level; the ends are levels.

    >>> spans([100.0, 20.0, -50.0, 70.0])
    [(99.7, 0.0, 0.0, 0.6), (100.0, 20.0, 0.0, 0.0), (70.0, 0.0, 50.0, 0.0), (69.7, 0.0, 0.0, 0.6)]
    """
    at, ends = amounts[0], [(amounts[0], amounts[0])]
    for amount in amounts[1:-1]:
        ends.append((at, at + amount))
        at += amount
    ends.append((amounts[-1], amounts[-1]))
    thin = _THIN * ((max(map(max, ends)) - min(map(min, ends))) or 1.0)
    made = [(min(pair), max(pair[1] - pair[0], 0.0), max(pair[0] - pair[1], 0.0), 0.0) for pair in ends]
    for place in (0, -1):
        made[place] = (amounts[place] - thin / 2, 0.0, 0.0, thin)
    return [(round(begin, 6), round(up, 6), round(down, 6), round(mark, 6)) for begin, up, down, mark in made]


def steps(book: Workbook, sheet: Worksheet, title: str, table: Table, head: int, kind: str) -> Drawn | None:
    """Lying bars that each begin where the one before ended, on a part that is not seen; None where one is below 0."""
    amounts = [row[1].value for row in table.rows]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < 3 or len(known) < len(amounts):
        return None
    made = spans(known)
    low, high = min(one[0] for one in made), max(sum(one) for one in made)
    if low < 0:
        return None
    for line, one in enumerate(made, head + 1):
        for place, length in enumerate(one, HELD):
            sheet.write_number(line, place, length)
    sheet.set_column(HELD, HELD + len(_INKS) - 1, None, None, {"hidden": True})
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    last = head + len(made)
    for place, ink in enumerate(_INKS, HELD):
        chart.add_series(
            {
                "categories": [sheet.name, head + 1, 0, last, 0],
                "values": [sheet.name, head + 1, place, last, place],
                "fill": {"color": ink} if ink else {"none": True},
                "border": {"none": True},
                "gap": 40,
            }
        )
    chart.show_hidden_data()
    room = 10.0 ** math.floor(math.log10(high - low))
    values = {"num_format": FORMATS[kind], "min": max(0.0, math.floor((low - 0.05 * (high - low)) / room) * room)}
    _lie(chart, title, values)
    chart.set_legend({"none": True})
    return chart


def changes(book: Workbook, sheet: Worksheet, title: str, table: Table, head: int, word: str) -> Drawn | None:
    """Changes on each period compared with, as bars by figure; `word` heads their columns, rates at the end are out."""
    columns = [place for place, cell in enumerate(table.head) if cell.text == word]
    lines = [row for row in table.rows if row[1].kind != "percent"]
    if lines != list(table.rows[: len(lines)]) or len(lines) < 2 or not columns:
        return None
    chart = book.add_chart({"type": "bar"})
    last = head + len(lines)
    for place in columns:
        chart.add_series(
            {
                "name": [sheet.name, head, place - 1],
                "categories": [sheet.name, head + 1, 0, last, 0],
                "values": [sheet.name, head + 1, place, last, place],
                "gap": 60,
            }
        )
    _lie(chart, title, {"num_format": "+0%;-0%;0%"})
    chart.set_legend({"position": "bottom"})
    return chart


def _lie(chart: Drawn, title: str, values: dict[str, object]) -> None:
    """Dress lying bars: the first on top as in the table, the scale below."""
    lines = {"visible": True, "line": {"color": "#D9D9D9"}}
    chart.set_x_axis({**values, "major_gridlines": lines, "label_position": "high", "num_font": {"size": 9}})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "label_position": "low"})
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
