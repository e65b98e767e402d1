"""The section on whether the figures add up: each sum from both sides, and control totals of the operator's own."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Cell, Column, Section, Table, table
from telcli.report.model import Report, Row

__all__ = ["control"]

_MONTHS = (
    Column("month"),
    Column("left", "money_exact", label="net_bills"),
    Column("right", "money_exact", label="revenue"),
    Column("difference", "money_exact"),
    Column("state", words="control_state"),
)
_TOLD = "told_"


def control(report: Report) -> Section | None:
    """Sums and where their differences sit; none where there was nothing to hold against each other."""
    checks, months, told = (report.rows(name) for name in ("control", "control_months", "control_told"))
    if not checks and not told:
        return None
    tables = []
    if told:
        tables.append(_told(report, told))
    tables.append(_checks(report, checks))
    if parts := report.rows("control_parts"):
        tables.append(_parts(report, parts))
    if len(months) > 1:
        tables.append(table(report, report.word("table.control_months"), months, _MONTHS))
    title, lead = report.word("section.control"), report.word("section.control_lead")
    return Section("control", title, lead, tables=tables, told=_sentences(report, checks, told))


def _sentences(report: Report, checks: Sequence[Row], told: Sequence[Row]) -> list[str]:
    """How many sums agree; and which control totals do not."""
    counted = {state: sum(row.text("state") == state for row in checks) for state in ("agrees", "explained", "differs")}
    said = [report.word("told.control", n=len(checks), **counted)] if checks else []
    for row in told:
        if row.text("state") == "unknown":
            continue
        kind = _kind(row)
        values = {name: report.write(row.number(name), kind) for name in ("told", "found")}
        off = report.write(abs(row.number("difference") or 0.0), kind)
        share = f"{row.number('share') or 0.0:+.2%}"
        word = "told.control_agrees" if row.text("state") == "agrees" else "told.control_differs"
        month = report.in_words(row.text("month"))
        said.append(report.word(word, name=row.text("name"), month=month, off=off, share=share, **values))
        if row.text("reason"):
            said.append(report.word("told.control_reason", part=report.known("control_part", row.text("reason"))))
    return said


def _checks(report: Report, rows: Sequence[Row]) -> Table:
    names = ("control_what", "control_left", "control_right", "difference", "state")
    made = []
    for row in rows:
        name, kind = row.text("check"), _kind(row)
        left, right = (report.known(f"control_{side}", name) for side in ("left", "right"))
        figures = [_figure(report, row, side, kind) for side in ("left", "right", "difference")]
        what = Cell(f"{left} – {right}", long=True)
        made.append([what, *figures, Cell(report.known("control_state", row.text("state")))])
    head = [Cell(report.word(f"col.{name}"), number=name in names[1:4]) for name in names]
    return Table(report.word("table.control"), head, made, wide=True)


def _told(report: Report, rows: Sequence[Row]) -> Table:
    names = ("month", "metric", "told_total", "found_here", "difference", "share", "allowed", "state", "likely_part")
    made = []
    for row in rows:
        kind = _kind(row)
        amounts = [_figure(report, row, name, kind) for name in ("told", "found", "difference")]
        share = row.number("share")
        made.append(
            [
                *(Cell(row.text("month")), Cell(row.text("name")), *amounts),
                Cell("" if share is None else f"{share:+.2%}", number=True, value=share, kind="points"),
                _figure(report, row, "allowed", kind),
                Cell(report.known("control_state", row.text("state"))),
                Cell(report.known("control_part", row.text("reason")) if row.text("reason") else "", long=True),
            ]
        )
    head = [Cell(report.word(f"col.{name}"), number=name in names[2:7]) for name in names]
    return Table(report.word("table.control_told"), head, made, wide=True)


def _parts(report: Report, rows: Sequence[Row]) -> Table:
    """What differences are made of, in order of the sums that they belong to."""
    told = report.rows("control_told")
    made = []
    for row in rows:
        name, kind = row.text("check"), _kind(row)
        if name.startswith(_TOLD):
            whose = told[int(name.removeprefix(_TOLD)) - 1]
            of = f"{whose.text('name')} {report.in_words(row.text('month'))}"
        else:
            of = f"{report.known('control_left', name)} – {report.known('control_right', name)}"
        part = Cell(report.known("control_part", row.text("part")), long=True)
        made.append(
            [
                Cell(of, long=True),
                part,
                _figure(report, row, "rows", "count_exact"),
                _figure(report, row, "amount", kind),
            ]
        )
    names = ("control_what", "control_part", "control_rows", "part_amount")
    head = [Cell(report.word(f"col.{name}"), number=name in names[2:]) for name in names]
    return Table(report.word("table.control_parts"), head, made, wide=True)


def _kind(row: Row) -> str:
    """How the row's numbers are written: amounts and counts with every digit."""
    kind = row.text("kind")
    return f"{kind}_exact" if kind in ("money", "count") else kind


def _figure(report: Report, row: Row, name: str, kind: str) -> Cell:
    """A number of the kind that its row is of; what is hidden says so."""
    value = row.number(name)
    if value is None:
        return Cell(report.word("page.hidden") if row.number("small") else "", number=True)
    return Cell(report.write(value, kind), number=True, value=value, kind=kind)
