"""The section on the business views: groups by what the business asks, and moves between stages of life."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Cell, Column, Section, Table, table
from telcli.report.crossed_table import crossed, heat_of_moves
from telcli.report.model import Report

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
    """Stages of the month before down, those of now across."""
    rows = report.rows("stage_moves")
    if not rows:
        return []
    title = report.word("table.stages", month=report.in_words(rows[0].text("before")))
    down, across = ("from_place", "from_stage"), ("to_place", "to_stage")
    corner = Cell(report.word("col.stage_moves"))
    return [crossed(report, rows, down, across, corner, title, heat_of_moves, long=False)]
