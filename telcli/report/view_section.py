"""The section on the business views: groups by what the business asks, and moves between stages of life."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Cell, Column, Section, Table, table
from telcli.report.model import Report, Row

__all__ = ["groups", "views"]

GROUPS = (
    Column("view"),
    Column("group"),
    Column("customers", "count"),
    Column("customer_share", "percent"),
    Column("revenue_share", "percent"),
    Column("value_index", "times"),
    Column("churned_share", "percent"),
    Column("churn_probability", "percent"),
    Column("meaning", "long"),
)
_WARMEST = 0.2
"""Share of a stage that moves at which a cell has its strongest colour."""


def views(report: Report) -> Section | None:
    """Each view's groups with their weight; the stages of life of the month before against those of now."""
    rows = report.rows("views")
    if not rows:
        return None
    tables = [groups(report), *_stages(report)]
    return Section("views", report.word("section.views"), report.word("section.views_lead"), tables=tables)


def groups(report: Report, columns: Sequence[Column] = GROUPS, title: str = "") -> Table:
    """Every view's groups; the name of a view stands beside its first group alone."""
    whole = table(report, title, report.rows("views"), columns, wide=True)
    rows, last = [], ""
    for row in whole.rows:
        named = row[0].text
        rows.append([Cell("") if named == last else row[0], *row[1:]])
        last = named
    return Table(whole.title, whole.head, rows, whole.wide)


def _stages(report: Report) -> list[Table]:
    """Stages of the month before down, those of now across; the darker, the more of a stage moved there."""
    ways = report.rows("stage_moves")
    if not ways:
        return []
    cells = {(row.text("from_stage"), row.text("to_stage")): row for row in ways}
    before = {row.text("from_stage"): row for row in sorted(ways, key=lambda row: row.number("from_place") or 0.0)}
    across = [row.text("to_stage") for row in sorted(ways, key=lambda row: row.number("to_place") or 0.0)]
    across = list(dict.fromkeys(across))
    head = [Cell(report.word("col.stage_moves")), Cell(report.word("col.customers"), number=True)]
    rows = []
    for name, row in before.items():
        size = row.number("of")
        total = Cell(report.word("page.hidden") if size is None else report.write(size, "count"), number=True)
        found = [_way(report, cells.get((name, other))) for other in across]
        rows.append([Cell(name), total, *found])
    title = report.word("table.stages", month=report.in_words(ways[0].text("before")))
    return [Table(title, [*head, *(Cell(one, number=True) for one in across)], rows, wide=True)]


def _way(report: Report, row: Row | None) -> Cell:
    if row is None:
        return Cell("–", number=True)
    if row.number("small"):
        return Cell(report.word("page.hidden"), number=True)
    share = row.number("share") or 0.0
    heat = min(5, int(6 * share / _WARMEST)) if row.number("moved") else 0
    return Cell(report.write(share, "percent"), number=True, heat=heat)
