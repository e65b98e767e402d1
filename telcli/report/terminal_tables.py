"""The tables that a terminal has room for: moves, what segments told later, business views, how models were tested."""

from __future__ import annotations

from collections.abc import Iterator

from telcli.report.blocks import Cell, Column, Table, table
from telcli.report.model import Report, Row
from telcli.report.sections import tested
from telcli.report.segment_section import tried
from telcli.report.view_section import groups

__all__ = ["narrow"]

_MOST_MOVES = 5
_TIERS = (
    Column("tier", words="tier"),
    Column("customers", "count"),
    Column("customer_share", "percent", "customers_short"),
    Column("current_share", "percent", "current_value"),
    Column("lifetime_value", "money"),
    Column("mean_value", "money"),
)
_VIEWS = (
    Column("view"),
    Column("group"),
    Column("customers", "count"),
    Column("customer_share", "percent", "customers_short"),
    Column("revenue_share", "percent", "revenue"),
    Column("value_index", "times", "index_short"),
    Column("churn_probability", "percent", "leaving"),
)


def narrow(report: Report) -> Iterator[Table]:
    """Tables in the order of the page, of few columns; those without rows are left out."""
    yield from _moves(report, "segment_moves", ("from_group", "to_group"), "table.moves_short")
    yield from tried(report)
    if report.rows("views"):
        yield groups(report, _VIEWS, report.word("section.views"))
    if report.rows("value_tiers"):
        yield table(report, report.word("table.tiers"), report.rows("value_tiers"), _TIERS)
    yield from _moves(report, "stage_moves", ("from_stage", "to_stage"), "table.stages_short")
    if report.rows("model"):
        yield tested(report)


def _moves(report: Report, section: str, names: tuple[str, str], title: str) -> Iterator[Table]:
    """The ways most customers went, of those who are in another group than the month before; hidden ones are none."""
    ways = [row for row in report.rows(section) if row.number("moved") and not row.number("small")]
    if not ways:
        return
    most = sorted(ways, key=_size, reverse=True)[:_MOST_MOVES]
    labels = ("col.from", "col.to", "col.customers", "col.share_of_group")
    head = [Cell(report.word(label), number=place > 1) for place, label in enumerate(labels)]
    rows = [[*(Cell(row.text(name)) for name in names), *_figures(report, row)] for row in most]
    yield Table(report.word(title, month=report.in_words(ways[0].text("before"))), head, rows)


def _size(row: Row) -> float:
    return row.number("customers") or 0.0


def _figures(report: Report, row: Row) -> list[Cell]:
    kinds = (("customers", "count"), ("share", "percent"))
    return [Cell(report.write(row.number(name), kind), number=True) for name, kind in kinds]
