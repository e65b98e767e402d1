"""Tables of channels, plans and products by segment, on the page below the segments."""

from __future__ import annotations

from telcli.report.blocks import Cell, Table
from telcli.report.model import Report, Row

__all__ = ["reach"]


def reach(report: Report) -> list[Table]:
    """A table per kind: items down, segments across; the darker, the further above the share of all customers."""
    rows = report.rows("segment_reach")
    kinds = dict.fromkeys(row.text("kind") for row in rows)
    return [_kind(report, kind, [row for row in rows if row.text("kind") == kind]) for kind in kinds]


def _kind(report: Report, kind: str, rows: list[Row]) -> Table:
    cells = {(row.number("place"), row.number("segment")): row for row in rows}
    items = {row.number("place"): row.text("item") for row in rows}
    names = {row.number("segment"): row.text("segment_name") for row in rows}
    across = sorted(names, key=lambda place: place or 0.0)
    head = [Cell(report.known("reach", kind)), *(Cell(names[place], number=True, long=True) for place in across)]
    found = [
        [Cell(item, long=True), *(_cell(report, cells.get((place, other))) for other in across)]
        for place, item in items.items()
    ]
    return Table(report.word("table.reach", kind=report.known("reach", kind)), head, found, wide=True)


def _cell(report: Report, row: Row | None) -> Cell:
    if row is None:
        return Cell("–", number=True)
    if row.number("small"):
        return Cell(report.word("page.hidden"), number=True)
    index = row.number("share_index") or 0.0
    share, times = report.write(row.number("share_of_segment"), "percent"), report.write(index, "times")
    return Cell(f"{share} · {times}", number=True, heat=max(0, min(5, int(4 * (index - 1)))))
