"""The section on what is to come: leavers of the next months, what contacting saves, what moves risk, and how sure."""

from __future__ import annotations

from collections.abc import Iterator

from telcli.report.blocks import Chart, Column, Section, table
from telcli.report.drawing import chart, drawn, ranked
from telcli.report.model import Report

__all__ = ["ahead"]

_NEAR = 3
_LEAVERS = (
    Column("month"),
    Column("leavers", "count"),
    Column("expected", "count", label="expected_so_far"),
    Column("hazard", "percent"),
    Column("staying", "percent"),
)
_PROFIT = (
    Column("share", "percent", label="contacted_share"),
    Column("contacted", "count", label="contacted"),
    Column("profit", "money", label="profit"),
    Column("profit_low", "money", label="rate_low"),
    Column("profit_high", "money", label="rate_high"),
    Column("random_profit", "money", label="random_profit"),
)
_FORETOLD = (
    Column("month"),
    Column("customers", "count"),
    Column("expected", "count"),
    Column("expected_low", "count", label="rate_low"),
    Column("expected_high", "count", label="rate_high"),
    Column("churners", "count"),
    Column("auc", "decimal", label="auc"),
)


def ahead(report: Report) -> Section | None:
    """What is to come; none where no model says so."""
    charts, beside = drawn([_leavers(report), _profit(report)]), drawn([_drivers(report)])
    months = report.rows("foretold")
    tables = [table(report, report.word("table.foretold"), months, _FORETOLD)] if len(months) > 1 else []
    if not charts and not beside and not tables:
        return None
    told = list(_told(report))
    title, lead = report.word("section.ahead"), report.word("section.ahead_lead")
    if not tables:
        charts, beside = [*charts, *beside], []
    return Section("ahead", title, lead, charts, tables, beside, told=told)


def _told(report: Report) -> Iterator[str]:
    rows = report.rows("leavers_ahead")
    if rows:
        near, last = rows[min(_NEAR, len(rows)) - 1], rows[-1]
        people = rows[0].number("customers") or 1.0
        yield report.word(
            "told.leavers_ahead",
            customers=report.write(people, "count"),
            near=report.write(near.number("expected"), "count"),
            share=report.write((near.number("expected") or 0.0) / people, "percent"),
            months=min(_NEAR, len(rows)),
            all=report.write(last.number("expected"), "count"),
            last=report.in_words(last.text("month")),
        )
    if report.rows("contact_profit"):
        yield _pays(report)
    drift = report.first("drift")
    if drift.number("psi"):
        band, psi = report.known("drift_band", drift.text("band")), report.write(drift.number("psi"), "decimal")
        yield report.word("told.drift", band=band, psi=psi, advice=report.known("drift_advice", drift.text("advice")))
        if drift.number("shifted"):
            counts = {name: f"{drift.number(name):.0f}" for name in ("shifted", "features")}
            yield report.word("told.drift_columns", columns=drift.text("columns"), **counts)


def _pays(report: Report) -> str:
    """Whom contacting paid for in the test, and from how many on no more."""
    rows = report.rows("contact_profit")
    best = max(rows, key=lambda row: row.number("profit") or 0.0)
    if (best.number("profit") or 0.0) <= 0:
        return report.word("told.pays_nobody")
    even = max(row.number("share") or 0.0 for row in rows if (row.number("profit") or 0.0) > 0)
    values = {
        "share": report.write(best.number("share"), "percent"),
        "profit": report.write(best.number("profit"), "money"),
    }
    if even >= 1:
        return report.word("told.pays_all", **values)
    return report.word("told.pays", **values, even=report.write(even, "percent"))


def _leavers(report: Report) -> Chart | None:
    rows = report.rows("leavers_ahead")
    if not rows:
        return None
    first, last = (report.write(row.number("leavers"), "count") for row in (rows[0], rows[-1]))
    alt = report.word("chart.leavers_ahead_alt", first=first, last=last)
    return chart(report, "leavers_ahead", alt, table(report, "", rows, _LEAVERS))


def _profit(report: Report) -> Chart | None:
    rows = report.rows("contact_profit")
    return chart(report, "contact_profit", _pays(report), table(report, "", rows, _PROFIT)) if rows else None


def _drivers(report: Report) -> Chart | None:
    columns = (Column("driver"), Column("driver_theme", words="theme"), Column("effect_share", "percent"))
    return ranked(report, "drivers", report.rows("drivers"), "effect_share", columns)
