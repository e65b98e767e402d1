"""Charts as parts of a section: the drawing, its words for those who cannot see it, and its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Chart, Column, Section, Table, table
from telcli.report.charts import svg
from telcli.report.model import Report, Row

__all__ = ["chart", "drawn", "missing", "ranked"]


def missing(report: Report, wanted: str, title: str) -> Section | None:
    """A section whose table is absent: the command that makes it, or nothing where even that is not told."""
    command = next((row.text("command") for row in report.rows("absent") if row.text("table") == wanted), "")
    return Section(wanted, title, missing=command) if command else None


def chart(report: Report, name: str, alt: str, numbers: Table, key: str = "", title: str = "") -> Chart:
    """One chart with its words (`title`, where it is not just named) and the numbers behind it."""
    return Chart(name, title or report.word(f"chart.{name}"), alt, svg(report, name), numbers, key)


def drawn(charts: Sequence[Chart | None]) -> list[Chart]:
    """The charts that there were figures for."""
    return [chart for chart in charts if chart is not None and chart.svg]


def ranked(
    report: Report, name: str, rows: Sequence[Row], metric: str, columns: Sequence[Column], *, key: str = ""
) -> Chart | None:
    """A chart of lying bars whose words name the longest; None where nothing is known."""
    known = [row for row in rows if row.number(metric) is not None]
    if not known:
        return None
    longest = max(known, key=lambda row: row.number(metric) or 0.0)
    share = report.write(longest.number(metric), "percent")
    label = longest.text(columns[0].metric)
    alt = report.word(f"chart.{name}_alt", name=label, share=share)
    return chart(report, name, alt, table(report, "", rows, columns), key)
