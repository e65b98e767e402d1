"""The section on value tiers: their size and bounds, who moved and by what, weights, levels of the operator's own."""

from __future__ import annotations

from telcli.report.blocks import Cell, Chart, Column, Section, Table, table
from telcli.report.crossed_table import crossed, heat_of_moves
from telcli.report.drawing import chart, drawn
from telcli.report.model import Report, Row
from telcli.report.value_charts import swayed
from telcli.report.value_sides import holdings
from telcli.report.value_told import moved

__all__ = ["TIERS", "tiers"]

TIERS = (
    Column("tier", words="tier"),
    Column("least_score", "decimal"),
    Column("customers", "count"),
    Column("customer_share", "percent"),
    Column("current_share", "percent"),
    Column("lifetime_value", "money"),
    Column("value_share", "percent"),
    Column("mean_value", "money"),
)
_REASONS = (
    Column("name", label="indicator"),
    Column("up", "count"),
    Column("points_up", "decimal"),
    Column("down", "count"),
    Column("points_down", "decimal"),
)
_WEIGHTS = (
    Column("group", label="item_group"),
    Column("indicator"),
    Column("weight", "percent"),
    Column("known_share", "percent"),
    Column("less", "percent"),
    Column("more", "percent"),
    Column("dropped", words="dropped"),
)
_STARS = (
    Column("star"),
    Column("customers", "count"),
    Column("customer_share", "percent"),
    Column("customers_before", "count"),
)


def tiers(report: Report) -> Section | None:
    """Tiers, moves between them and what made these, weights and what hangs on them, stars."""
    rows = report.rows("value_tiers")
    if not rows:
        return None
    scored = bool(report.rows("value_weights"))
    lead = report.word("section.tiers_lead" if scored else "section.tiers_lead_lifetime")
    sized = table(report, report.word("table.tiers"), rows, TIERS, wide=True)
    parts = [sized, *_moves(report), *holdings(report), *_weights(report), *_reasons(report), *_stars(report)]
    return Section("tiers", report.word("section.tiers"), lead, (), parts, drawn([_sway(report)]), told=moved(report))


def _moves(report: Report) -> list[Table]:
    """Tiers of the snapshot before down, those of now across."""
    rows = report.rows("value_moves")
    if not rows:
        return []
    title = report.word("table.value_moves", month=report.in_words(rows[0].text("before")))
    down, across = ("from_place", "from_tier"), ("to_place", "to_tier")
    corner = Cell(report.word("col.tier_moves"))
    made = crossed(report, rows, down, across, corner, title, heat_of_moves, long=False, words="tier")
    return [Table(made.title, made.head, made.rows, wide=True, rest="telcli show value_moves")]


def _reasons(report: Report) -> list[Table]:
    rows = report.rows("value_reasons")
    return [table(report, report.word("table.value_reasons"), rows, _REASONS)] if rows else []


def _weights(report: Report) -> list[Table]:
    """Nodes and their indicators in the order of the hierarchy."""
    rows = [
        Row(row.numbers, {**row.texts, "indicator" if row.number("leaf") else "group": row.text("name")})
        for row in report.rows("value_weights")
    ]
    return [table(report, report.word("table.value_weights"), rows, _WEIGHTS, wide=True)] if rows else []


def _stars(report: Report) -> list[Table]:
    rows = [
        Row(row.numbers, {"star": row.text("star") or report.word("star.none")}) for row in report.rows("value_stars")
    ]
    return [table(report, report.word("table.value_stars"), rows, _STARS)] if rows else []


def _sway(report: Report) -> Chart | None:
    rows = swayed(report)
    if not rows:
        return None
    share = report.write(rows[0].number("changed"), "percent")
    alt = report.word("chart.value_sway_alt", name=rows[0].text("name"), share=share)
    numbers = table(
        report, "", rows, (Column("name", label="indicator"), Column("less", "percent"), Column("more", "percent"))
    )
    return chart(report, "value_sway", alt, numbers, report.word("chart.value_sway_key"))
