"""The sections on how the period came about: the bridge of base and revenue, and its figures beside other periods."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Cell, Chart, Column, Section, Table, table
from telcli.report.bridge_charts import bridge_ends, part_name, within
from telcli.report.drawing import chart, drawn
from telcli.report.model import Report, Row
from telcli.tables import units

__all__ = ["FLOW", "MONEY", "MONEY_HEADS", "bridge", "compare"]

FLOW = ("joined", "returned", "appeared", "left", "gone", "together")
MONEY = (
    "left",
    "left_before",
    "joined",
    "returned",
    "plan_up",
    "plan_down",
    "more",
    "less",
    "unbilled",
    "other",
    "together",
)
"""Parts that stand between what was and what is, in order."""
_HEADS = {
    "opening": "bridge_opening",
    "joined": "bridge_joined",
    "returned": "bridge_returned",
    "appeared": "bridge_appeared",
    "left": "bridge_left",
    "left_before": "bridge_left_before",
    "gone": "bridge_gone",
    "plan_up": "bridge_plan_up",
    "plan_down": "bridge_plan_down",
    "more": "bridge_more",
    "less": "bridge_less",
    "unbilled": "bridge_unbilled",
    "other": "bridge_other",
    "together": "bridge_together",
    "closing": "bridge_closing",
}
MONEY_HEADS = {**_HEADS, "left": "bridge_left_money"}
"""Headings of both flows: who left, and what they take, are two figures."""
_KINDS = {"customers": "count", "joined": "count", "left": "count", "churn_rate_month": "percent"}


def bridge(report: Report) -> Section | None:
    """What stood at the beginning, what was added and taken, what stands at the end; none without a month before."""
    months = report.rows("bridge_months")
    if not months:
        return None
    charts: list[Chart | None] = [_fall(report, "bridge_base", "count"), _fall(report, "bridge_revenue", "money_exact")]
    charts += [_flow(report, "bridge_flow", "", "count"), _flow(report, "bridge_money", "money_", "money_exact")]
    priced = bool(report.rows("bridge_revenue"))
    return Section(
        "bridge",
        report.word("section.bridge" if priced else "section.bridge_unpriced"),
        report.word("section.bridge_lead", **bridge_ends(report)),
        drawn(charts),
        told=[*_told(report), *_leavers(report), *_gaps(report, months)],
        notes=_notes(report, priced=priced),
    )


def compare(report: Report) -> Section | None:
    """The figures of the period beside those of the period before and of a year before, with their formulas."""
    rows = report.rows("compare")
    if not any(row.number("before") is not None or row.number("year_before") is not None for row in rows):
        return None
    about = report.first("period")
    lead = report.word("section.compare_lead", period=report.period_name)
    if about.number("held") != about.number("wanted"):
        lead = f"{lead} {report.word('section.compare_same')}"
    if about.text("unpriced"):
        lead = f"{lead} {report.word('section.compare_billed')}"
    return Section("compare", report.word("section.compare"), lead, tables=[_beside(report, rows, about)])


def _beside(report: Report, rows: Sequence[Row], about: Row) -> Table:
    sides = [("now", "", about.text("period")), ("before", "change", about.text("before"))]
    sides += [("year_before", "year_change", about.text("year_before"))]
    if about.text("before") == about.text("year_before"):
        del sides[-1]
    shown = [side for side in sides if any(row.number(side[0]) is not None for row in rows)]
    head = [Cell(report.word("col.figure_of"))]
    for _, change, period in shown:
        head.append(Cell(units.period(period, report.lang), number=True))
        head += [Cell(report.word("col.change_on"), number=True)] if change else []
    head.append(Cell(report.word("col.formula")))
    return Table("", head, [_line(report, row, [side[:2] for side in shown]) for row in rows], wide=True)


def _line(report: Report, row: Row, sides: Sequence[tuple[str, str]]) -> list[Cell]:
    name = row.text("figure")
    kind = _KINDS.get(name, "money")
    cells = [Cell(report.word(f"kpi.{name}"))]
    for side, change in sides:
        value = row.number(side)
        cells.append(Cell(report.write(value, kind), number=True, value=value, kind=kind))
        if change:
            moved = row.number(change)
            points = name == "churn_rate_month"
            written = report.write(None, "count") if moved is None else f"{moved:+.1%}"
            text = report.write(moved, "points") if points else written
            cells.append(Cell(text, number=True, value=moved, kind="points"))
    return [*cells, Cell(report.known("formula", name), long=True)]


def _fall(report: Report, name: str, kind: str) -> Chart | None:
    """The steps from the beginning to the end, one under the other."""
    rows = report.rows(name)
    if not rows:
        return None
    parts = [f"{part_name(report, row)} {_signed(report, row.number('amount'), kind)}" for row in rows[1:-1]]
    ends = {way: report.write(row.number("amount"), kind) for way, row in (("from", rows[0]), ("to", rows[-1]))}
    said = report.word("bridge.and").join(parts)
    alt = report.word(f"chart.{name}_alt", parts=said, **ends, **bridge_ends(report))
    return chart(report, name, alt, _steps(report, rows, kind), report.word("chart.bridge_key"))


def _steps(report: Report, rows: Sequence[Row], kind: str) -> Table:
    head = [Cell(report.word("col.bridge_part")), Cell(report.word(_UNIT[kind]), number=True)]
    lines = []
    for place, row in enumerate(rows):
        amount, people = row.number("amount"), row.number("customers")
        level = place in (0, len(rows) - 1)
        text = report.write(amount, kind) if level else _signed(report, amount, kind)
        cells = [Cell(part_name(report, row, bridge_ends(report))), Cell(text, number=True, value=amount, kind=kind)]
        if kind == "money_exact":
            cells.append(Cell("" if level else report.write(people, "count"), number=True, value=people, kind="count"))
        lines.append(cells)
    more = [Cell(report.word("col.people"), number=True)] if kind == "money_exact" else []
    return Table("", [*head, *more], lines)


_UNIT = {"count": "col.amount_customers", "money_exact": "col.amount_money"}


def _signed(report: Report, amount: float | None, kind: str) -> str:
    written = report.write(amount, kind)
    return f"+{written}" if amount is not None and amount > 0 else written


def _flow(report: Report, name: str, before: str, kind: str) -> Chart | None:
    """What was added and taken month by month; nothing for a single month, which the steps show."""
    months = [row for row in report.rows("bridge_months") if row.number(f"{before}closing") is not None]
    if len(months) < 2:
        return None
    names = FLOW if not before else MONEY
    heads = _HEADS if not before else MONEY_HEADS
    columns = [Column(f"{before}{part}", kind, label=heads[part]) for part in ("opening", *names, "closing")]
    ends = {way: report.in_words(row.text("month")) for way, row in (("first", months[0]), ("last", months[-1]))}
    amounts = [months[-1].number(f"{before}{part}") or 0.0 for part in names]
    sums = {
        way: report.write(abs(sum(one for one in amounts if one * sign > 0)), kind)
        for way, sign in (("up", 1), ("down", -1))
    }
    alt = report.word(f"chart.{name}_alt", **ends, **sums)
    numbers = table(report, "", months, (Column("month"), *columns))
    return chart(report, name, alt, numbers, report.word("chart.flow_key"))


def _told_of(months: Sequence[Row], before: str, name: str) -> bool:
    """Whether a part is anything but nothing in some month, or hidden there."""
    return any(row.number(f"{before}{name}") or row.number(f"small_{before}{name}") for row in months)


def _told(report: Report) -> list[str]:
    """Both bridges as sums in one line each."""
    found = []
    for name, kind in (("bridge_base", "count"), ("bridge_revenue", "money_exact")):
        rows = report.rows(name)
        if rows:
            parts = [report.write(rows[0].number("amount"), kind)]
            for row in rows[1:-1]:
                amount = row.number("amount") or 0.0
                sign = "−" if amount < 0 else "+"
                parts.append(f"{sign} {report.write(abs(amount), kind)} ({part_name(report, row)})")
            end = report.write(rows[-1].number("amount"), kind)
            found.append(report.word(f"told.{name}", sum=f"{' '.join(parts)} = {end}"))
    return found


def _leavers(report: Report) -> list[str]:
    """What those who left had been billed, of which a part falls away in the month and the rest in the month after."""
    row = next((row for row in report.rows("bridge_revenue") if row.text("part") == "left"), None)
    if row is None or row.number("had") is None:
        return []
    had, change = row.number("had") or 0.0, row.number("amount") or 0.0
    sums = {name: report.write(sum_, "money_exact") for name, sum_ in (("had", had), ("last", had + change))}
    return [report.word("told.bridge_left", n=report.write(row.number("customers"), "customers"), **sums)]


def _gaps(report: Report, months: Sequence[Row]) -> list[str]:
    """Months that are not here, and customers without a bill."""
    found = []
    for row in (row for row in months if within(report, row)):
        month, before = row.text("month"), row.text("before")
        names = {"month": report.in_words(month), "before": report.in_words(before)}
        if (row.number("span") or 1) > 1:
            lacking = report.word("bridge.and").join(
                report.in_words(one) for one in units.months_between(before, month)
            )
            found.append(report.word("told.bridge_span", missing=lacking, **names))
        if row.number("small_money"):
            found.append(report.word("told.bridge_money_small", month=names["month"], n=_least(report)))
        if row.number("unbilled") and row.number("money_closing") is not None:
            people = report.write(row.number("unbilled"), "customers")
            found.append(report.word("told.bridge_unbilled", n=people, month=names["month"]))
    return found


def _notes(report: Report, *, priced: bool) -> list[str]:
    notes = [report.word("notes.bridge_base")]
    notes += [report.word("notes.bridge_revenue")] if priced else []
    if any(row.text("parts") for name in ("bridge_base", "bridge_revenue") for row in report.rows(name)):
        notes.append(report.word("notes.bridge_small", n=_least(report)))
    return notes


def _least(report: Report) -> str:
    return f"{report.first('notes').number('small_cell') or 0.0:.0f}"
