"""The section on who left: by what they can be told apart, when in their stay, why, and what calls for care now."""

from __future__ import annotations

from telcli.report.blocks import Chart, Column, Section, Table, table
from telcli.report.drawing import drawn, ranked
from telcli.report.model import Report

__all__ = ["leavers"]

_BY = (
    Column("dimension", words="dimension"),
    Column("level", words="dimension_level"),
    Column("customers", "count"),
    Column("churners", "count"),
    Column("churn_rate", "percent", label="left_share"),
    Column("rate_low", "percent"),
    Column("rate_high", "percent"),
    Column("churn_rate_before", "percent"),
    Column("excess", "count"),
    Column("revenue_lost", "money"),
)
_STAY = (
    Column("years"),
    Column("at_risk", "count"),
    Column("left", "count"),
    Column("hazard", "percent"),
    Column("hazard_low", "percent", label="rate_low"),
    Column("hazard_high", "percent", label="rate_high"),
)
_CAUSES = (
    Column("cause"),
    Column("theme", words="theme"),
    Column("churners", "count"),
    Column("share", "percent"),
    Column("share_known", "percent"),
    Column("cumulative", "percent"),
    Column("value_lost", "money"),
)
_SCOPES = {"voluntary": "table.left_causes_voluntary"}
_CARE = (
    Column("trigger", words="trigger"),
    Column("customers", "count"),
    Column("new", "count"),
    Column("value_at_risk", "money"),
)


def leavers(report: Report) -> Section | None:
    """Tables of who left and of what calls for care; none where nothing of it is known."""
    scope = report.first("left_causes").text("scope")
    tables = [
        found
        for name, title, columns, wide in (
            ("left_by", "table.left_by", _BY, True),
            ("left_stay", "table.left_stay", _STAY, True),
            ("left_causes", _SCOPES.get(scope, "table.left_causes_all"), _CAUSES, True),
            ("care", "table.care", _CARE, False),
        )
        if (found := _table(report, name, title, columns, wide=wide)) is not None
    ]
    if not tables:
        return None
    charts = drawn([_causes(report)])
    return Section("leavers", report.word("section.leavers"), report.word("section.leavers_lead"), charts, tables)


def _table(report: Report, name: str, title: str, columns: tuple[Column, ...], *, wide: bool) -> Table | None:
    rows = report.rows(name)
    return table(report, report.word(title), rows, columns, wide=wide) if rows else None


def _causes(report: Report) -> Chart | None:
    rows = [row for row in report.rows("left_causes") if row.number("share_known") is not None]
    columns = (Column("cause"), Column("churners", "count"), Column("share_known", "percent"))
    return ranked(report, "left_causes", rows, "share_known", columns)
