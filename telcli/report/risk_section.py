"""The section on churn risk: bands, value by risk, reasons, lift and the cost of each decision."""

from __future__ import annotations

from telcli.report.blocks import Cell, Chart, Column, Section, Table, table
from telcli.report.drawing import chart, drawn, missing, ranked
from telcli.report.model import Report, Row

__all__ = ["risk"]


def risk(report: Report) -> Section | None:
    """Risk bands, value by risk, reasons, lift and the cost of each decision."""
    title, rows = report.word("section.risk"), report.rows("risk")
    if not rows:
        return missing(report, "churn_scores", title)
    charts: list[Chart | None] = []
    tenths = report.rows("lift")
    if tenths:
        columns = (
            Column("decile", "order"),
            Column("customers", "count"),
            Column("churners", "count"),
            Column("churn_rate", "percent"),
            Column("mean_probability", "percent"),
            Column("lift", "decimal"),
        )
        alt = report.word("chart.lift_alt", top=report.write(tenths[0].number("lift"), "times"))
        charts.append(chart(report, "lift", alt, table(report, "", tenths, columns)))
    charts.append(_costs(report))
    bands = (
        Column("band", words="band"),
        Column("customers", "count"),
        Column("customer_share", "percent"),
        Column("churn_probability", "percent"),
        Column("at_risk_value", "money"),
        Column("targets", "count"),
        Column("expected_saving", "money"),
    )
    tables = [table(report, report.word("table.bands"), rows, bands, wide=True), *_grid(report)]
    more = drawn([_reasons(report)])
    return Section("risk", title, report.word("section.risk_lead"), drawn(charts), tables, more)


def _reasons(report: Report) -> Chart | None:
    columns = (Column("reason"), Column("customers", "count"), Column("share", "percent"))
    return ranked(report, "reasons", report.rows("reasons"), "share", columns)


def _costs(report: Report) -> Chart | None:
    rows = report.rows("costs")
    used = next((row for row in rows if row.number("chosen")), None)
    if len(rows) < 2 or used is None:
        return None
    name, cost = report.known("method", used.text("method")), report.write(used.number("cost"), "money")
    columns = (Column("method", words="method"), Column("cost", "money"), Column("contacted", "count"))
    return chart(
        report, "costs", report.word("chart.costs_alt", name=name, cost=cost), table(report, "", rows, columns)
    )


def _grid(report: Report) -> list[Table]:
    """Value tiers down, risk bands across; the darker, the more money is expected to go."""
    cells = {(row.text("tier"), row.text("band")): row for row in report.rows("grid")}
    if not cells:
        return []
    most = max(row.number("at_risk_value") or 0.0 for row in cells.values())
    bands = [band for band in ("high", "medium", "low") if any(key[1] == band for key in cells)]
    head = [Cell(report.word("col.tier")), *(Cell(report.known("band", band), number=True) for band in bands)]
    rows = []
    for tier in ("platinum", "gold", "silver", "bronze"):
        if any(key[0] == tier for key in cells):
            found = [_grid_cell(report, cells.get((tier, band)), most) for band in bands]
            rows.append([Cell(report.known("tier", tier)), *found])
    return [Table(report.word("table.grid"), head, rows)]


def _grid_cell(report: Report, row: Row | None, most: float) -> Cell:
    if row is None:
        return Cell("–", number=True)
    if row.number("small"):
        return Cell(report.word("page.hidden"), number=True)
    money = row.number("at_risk_value")
    text = report.write(row.number("customers"), "count")
    heat = 0 if not money or most <= 0 else min(5, int(6 * max(money, 0.0) / most))
    return Cell(text if money is None else f"{text} · {report.write(money, 'money')}", number=True, heat=heat)
