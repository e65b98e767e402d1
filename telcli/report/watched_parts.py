"""Control charts as parts of a section: of all customers, then of the accounts with the dearest alerts."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Chart, Column, table
from telcli.report.charts import svg
from telcli.report.model import Report, Row
from telcli.report.watched_charts import watched

__all__ = ["controls"]

_SMALL = 20.0


def controls(report: Report) -> list[Chart]:
    """A chart of each series that is watched; the words tell the last month and how many lie outside."""
    return [_control(report, at, months) for at, months in enumerate(watched(report), 1)]


def _control(report: Report, at: int, months: Sequence[Row]) -> Chart:
    first, last = months[0], months[-1]
    metric = report.known("watch_metric", first.text("metric"))
    whole = first.text("kind") == "kpi"
    name = report.word("chart.watched_all" if whole else "chart.watched_of", metric=metric, entity=first.text("entity"))
    kinds = _kinds(first.text("unit"), months)
    outside = sum(1 for row in months if row.number("beyond"))
    told = {"name": name, "n": outside, "seen": report.write(last.number("observed"), kinds[0])}
    span = {end: report.write(last.number(end), kinds[1]) for end in ("expected", "low", "high")}
    alt = report.word("chart.watched_short_alt" if last.number("low") is None else "chart.watched_alt", **told, **span)
    columns = (
        Column("month"),
        Column("observed", kinds[0]),
        Column("expected", kinds[1], label="expected_seen"),
        Column("low", kinds[1], label="rate_low"),
        Column("high", kinds[1], label="rate_high"),
    )
    key = report.word("chart.watched_alert_key" if last.number("alert") else "chart.watched_key")
    drawn = f"watched_{at}"
    return Chart(drawn, name, alt, svg(report, drawn), table(report, "", months, columns), key)


def _kinds(unit: str, months: Sequence[Row]) -> tuple[str, str]:
    """How what was seen, and what was expected, is written: small expected counts with decimals."""
    if unit == "money":
        return "money", "money"
    most = max((row.number("high") or 0.0 for row in months), default=0.0)
    return "count", "decimal" if most < _SMALL else "count"
