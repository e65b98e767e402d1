"""Tables of channels, plans, products and campaigns by segment, on the page below the segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from telcli.report.blocks import Cell, Table
from telcli.report.model import Report, Row

__all__ = ["reach"]

_Draw = Callable[[Report, Row], Cell]


def reach(report: Report) -> list[Table]:
    """Tables by kind, items down and segments across: shares, then response and margin of those where it is known.

    The darker a cell, the further it is above the usual: of all customers, or for margin of the segment.
    """
    rows = report.rows("segment_reach")
    kinds = {kind: [row for row in rows if row.text("kind") == kind] for kind in _kinds(rows)}
    drawn = [_table(report, kind, held, "table.reach", _share) for kind, held in kinds.items()]
    answered = {kind: held for kind, held in kinds.items() if _any(held, "response_rate")}
    drawn += [_table(report, kind, held, "table.reach_response", _response) for kind, held in answered.items()]
    earning = {kind: kinds[kind] for kind in ("plan", "product") if _any(kinds.get(kind, []), "margin_index")}
    return drawn + [_table(report, kind, held, "table.reach_margin", _margin) for kind, held in earning.items()]


def _kinds(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.text("kind") for row in rows))


def _any(rows: Sequence[Row], figure: str) -> bool:
    return any(row.number(figure) is not None for row in rows)


def _table(report: Report, kind: str, rows: list[Row], title: str, draw: _Draw) -> Table:
    cells = {(row.number("place"), row.number("segment")): row for row in rows}
    items = {row.number("place"): row.text("item") for row in rows}
    names = {row.number("segment"): row.text("segment_name") for row in rows}
    across = sorted(names, key=lambda place: place or 0.0)
    head = [Cell(report.known("reach", kind)), *(Cell(names[place], number=True, long=True) for place in across)]
    found = [
        [Cell(item, long=True), *(_cell(report, cells, (place, other), draw) for other in across)]
        for place, item in items.items()
    ]
    return Table(report.word(title, kind=report.known("reach", kind)), head, found, wide=True)


def _cell(
    report: Report,
    cells: Mapping[tuple[float | None, float | None], Row],
    at: tuple[float | None, float | None],
    draw: _Draw,
) -> Cell:
    row = cells.get(at)
    if row is None:
        return Cell("–", number=True)
    return Cell(report.word("page.hidden"), number=True) if row.number("small") else draw(report, row)


def _share(report: Report, row: Row) -> Cell:
    return _beside(report, report.write(row.number("share_of_segment"), "percent"), row.number("share_index"))


def _response(report: Report, row: Row) -> Cell:
    if row.number("small_response"):
        return Cell(report.word("page.hidden"), number=True)
    rate = row.number("response_rate")
    return (
        Cell("–", number=True)
        if rate is None
        else _beside(report, report.write(rate, "percent"), row.number("response_index"))
    )


def _margin(report: Report, row: Row) -> Cell:
    margin = row.number("margin")
    return (
        Cell("–", number=True)
        if margin is None
        else _beside(report, report.write(margin, "money"), row.number("margin_index"))
    )


def _beside(report: Report, figure: str, index: float | None) -> Cell:
    """A figure and, where it is known, what it is over the usual one."""
    if index is None:
        return Cell(figure, number=True)
    return Cell(f"{figure} · {report.write(index, 'times')}", number=True, heat=max(0, min(5, int(4 * (index - 1)))))
