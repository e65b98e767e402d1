"""The section on keeping customers: the month's plan, and what earlier plans earned against those held out."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Cell, Chart, Column, Section, Table, table
from telcli.report.drawing import chart, drawn
from telcli.report.heat_charts import planned_cells
from telcli.report.loop_charts import named
from telcli.report.model import Report, Row

__all__ = ["loop"]

_CELLS = (
    Column("value_band", words="level"),
    Column("risk_band", words="level"),
    Column("strategy", words="strategy"),
    Column("customers", "count"),
    Column("worth", "money"),
    Column("expected_loss", "money", label="left_alone"),
    Column("contacted", "count"),
    Column("cost", "money"),
    Column("expected_value", "money"),
)
_OFFERS = (
    Column("offer"),
    Column("channel", words="channel"),
    Column("contacted", "count"),
    Column("uplift", "points"),
    Column("evidence", words="evidence"),
    Column("cost", "money"),
    Column("expected_value", "money"),
)
_EARNED = {
    "works": "told.earned_works",
    "harms": "told.earned_harms",
    "cannot-tell": "told.earned_cannot_tell",
}


def loop(report: Report) -> Section | None:
    """Plan and effects; none where neither has been made."""
    cells, effects = report.rows("plan_cells"), report.rows("effects")
    if not cells and not effects:
        return None
    tables, told = [], []
    charts: list[Chart | None] = []
    if cells:
        told += _planned(report, cells[-1])
        tables.append(table(report, report.word("table.plan_cells"), cells[:-1], _CELLS, wide=True))
        charts.append(_grid(report))
    if report.rows("plan_offers"):
        tables.append(table(report, report.word("table.plan_offers"), report.rows("plan_offers"), _OFFERS, wide=True))
    if effects:
        told += _earned(report, effects[0])
        numbers = _effects(report, effects)
        tables.append(numbers)
        alt = report.word("chart.effects_alt", n=len(effects))
        charts.append(chart(report, "effects", alt, _gains(report, effects)))
    return Section(
        "loop", report.word("section.loop"), report.word("section.loop_lead"), drawn(charts), tables, told=told
    )


def _grid(report: Report) -> Chart | None:
    """Value by risk with the plan; its words name the cell with the most at stake."""
    rows = planned_cells(report)
    known = [row for row in rows if row.number("expected_loss") is not None]
    if not known:
        return None
    most = max(known, key=lambda row: row.number("expected_loss") or 0.0)
    words = {
        "value": report.word(f"heat.value_{most.text('value_band')}"),
        "risk": report.word(f"heat.risk_{most.text('risk_band')}"),
        "loss": report.write(most.number("expected_loss"), "money"),
        "strategy": report.known("strategy", most.text("strategy")),
    }
    alt, key = report.word("chart.plan_grid_alt", **words), report.word("chart.plan_grid_key")
    return chart(report, "plan_grid", alt, table(report, "", rows, _CELLS), key)


def _planned(report: Report, whole: Row) -> list[str]:
    """What the plan is expected to bring, and how likely it is to show."""
    if whole.number("contacted") is None:
        return []
    values = {name: report.write(whole.number(name), "money") for name in ("cost", "expected_value", "expected_loss")}
    told = [report.word("told.planned", n=report.write(whole.number("contacted"), "customers"), **values)]
    if whole.number("power") is not None:
        told.append(report.word("told.power", power=report.write(whole.number("power"), "percent")))
    return told


def _earned(report: Report, whole: Row) -> list[str]:
    """What all plans together earned, with its interval, or what it takes to tell."""
    if whole.number("value_saved") is None:
        return [report.word("told.earned_few")]
    money = {
        name: report.write(whole.number(f"value_saved{end}"), "money")
        for name, end in (("saved", ""), ("low", "_low"), ("high", "_high"))
    }
    money["cost"] = report.write(whole.number("cost"), "money")
    told = [report.word(_EARNED[whole.text("verdict")], **money)]
    if whole.text("verdict") == "cannot-tell" and whole.number("needed"):
        told.append(report.word("told.needed", n=report.write(whole.number("needed"), "customers")))
    return told


def _effects(report: Report, rows: Sequence[Row]) -> Table:
    """Effects with their intervals written out."""
    names = ("effect_of", "treated", "held_out", "uplift", "value_saved", "cost", "verdict")
    head = [Cell(report.word(f"col.{name}"), name not in ("effect_of", "verdict")) for name in names]
    lines = []
    for row in rows:
        cells = [Cell(named(report, row), long=True)]
        cells += [Cell(_count(report, row, name), number=True) for name in names[1:3]]
        cells += [
            Cell(_span(report, row, name, kind), number=True)
            for name, kind in (("uplift", "points"), ("value_saved", "money"))
        ]
        cells.append(
            Cell(report.write(row.number("cost"), "money") if row.number("cost") is not None else "", number=True)
        )
        cells.append(Cell(report.known("verdict", "too-few" if row.number("small") else row.text("verdict"))))
        lines.append(cells)
    return Table(report.word("table.effects"), head, lines, wide=True)


def _gains(report: Report, rows: Sequence[Row]) -> Table:
    """The gains that the chart shows, with the ends of their intervals."""
    names = ("effect_of", "uplift", "rate_low", "rate_high")
    head = [Cell(report.word(f"col.{name}"), name != "effect_of") for name in names]
    lines = []
    for row in (row for row in rows if row.number("uplift") is not None):
        gains = [row.number(f"uplift{end}") for end in ("", "_low", "_high")]
        said = [Cell(report.write(gain, "points"), number=True, value=gain, kind="points") for gain in gains]
        lines.append([Cell(named(report, row), long=True), *said])
    return Table("", head, lines)


def _count(report: Report, row: Row, name: str) -> str:
    """How many are in an arm, unless they are few."""
    return report.word("page.hidden") if row.number(name) is None else report.write(row.number(name), "count")


def _span(report: Report, row: Row, name: str, kind: str) -> str:
    """A figure with its 95% interval; empty where it is not known."""
    if row.number(name) is None:
        return ""
    low, high = row.number(f"{name}_low"), row.number(f"{name}_high")
    said = report.write(row.number(name), kind)
    return said if low is None or high is None else f"{said} ({report.write(low, kind)} – {report.write(high, kind)})"
