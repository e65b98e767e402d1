"""The section on data quality: extracts read and refused and how full they are; and arrears by month as a chart."""

from __future__ import annotations

from collections.abc import Callable

from telcli.report.blocks import Chart, Column, Section, Table, table
from telcli.report.drawing import chart, drawn
from telcli.report.model import Report

__all__ = ["late_chart", "quality", "rolled"]

_SHARES = (
    Column("source"),
    Column("table", label="data_table"),
    Column("rows", "count"),
    Column("columns", "count"),
    Column("kept", "percent"),
    Column("filled", "percent"),
    Column("readable", "percent"),
)
_LATE = (
    Column("month"),
    Column("late_30", "money"),
    Column("late_90", "money"),
    Column("late_over", "money"),
    Column("late", "money"),
    Column("rolled_due", "percent"),
    Column("rolled_late", "percent"),
)
_REFUSED = (Column("source"), Column("rule"), Column("column"), Column("rows", "count"))


def quality(report: Report, tested: Callable[[Report], Table]) -> Section | None:
    """What was read and refused, how full it is, and how the models were `tested`."""
    read, refused = report.rows("sources"), report.rows("quality")
    counts = tuple(
        Column(name, "count") for name in ("rows_read", "rows_kept", "rows_rejected", "rows_duplicate", "rows_unused")
    )
    tables = []
    if read:
        columns = (Column("source"), *counts, Column("encoding"))
        tables.append(table(report, report.word("table.sources"), read, columns))
    if refused:
        tables.append(table(report, report.word("table.refused"), refused, _REFUSED))
    if report.rows("model"):
        tables.append(tested(report))
    charts = drawn([_shares(report), _rules(report)])
    if not tables and not charts:
        return None
    return Section("quality", report.word("section.quality"), _lead(report), charts, tables)


def _lead(report: Report) -> str:
    """How many rows were read and refused."""
    rows = report.rows("sources")
    read, refused = (sum(row.number(name) or 0.0 for row in rows) for name in ("rows_read", "rows_rejected"))
    if not read:
        return ""
    words = {"read": report.write(read, "count"), "refused": report.write(refused, "count")}
    return report.word("section.quality_lead", sources=len(rows), **words)


def _shares(report: Report) -> Chart | None:
    rows = report.rows("source_shares")
    if not rows:
        return None
    worst = min(rows, key=lambda row: row.number("kept") or 0.0)
    words = {"name": worst.text("source"), "share": report.write(worst.number("kept"), "percent")}
    alt, key = report.word("chart.source_shares_alt", n=len(rows), **words), report.word("chart.source_shares_key")
    return chart(report, "source_shares", alt, table(report, "", rows, _SHARES), key)


def _rules(report: Report) -> Chart | None:
    rows = report.rows("refused_rules")
    if not rows:
        return None
    words = {"name": rows[0].text("rule"), "n": report.write(rows[0].number("rows"), "count")}
    numbers = table(report, "", rows, (Column("rule"), Column("rows", "count")))
    return chart(report, "refused_rules", report.word("chart.refused_rules_alt", **words), numbers)


def late_chart(report: Report) -> Chart | None:
    """What is past due by month; none for a single month."""
    rows = report.rows("late_months")
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    words = {"start": report.in_words(first.text("month")), "end": report.in_words(last.text("month"))}
    words |= {"first": report.write(first.number("late"), "money"), "last": report.write(last.number("late"), "money")}
    alt = report.word("chart.late_months_alt", **words, old=report.write(last.number("late_over"), "money"))
    return chart(report, "late_months", alt, table(report, "", rows, _LATE))


def rolled(report: Report) -> list[str]:
    """How much fell due unpaid and grew older in the month, beside the mean of the months before, in a sentence."""
    rows = report.rows("late_months")
    past = [share for row in rows[:-1] if (share := row.number("rolled_due")) is not None]
    if not past or any(rows[-1].number(name) is None for name in ("rolled_due", "rolled_late")):
        return []
    due, late = (report.write(rows[-1].number(name), "percent") for name in ("rolled_due", "rolled_late"))
    return [report.word("told.rolled", due=due, late=late, usual=report.write(sum(past) / len(past), "percent"))]
