"""Every section of the page, in reading order after the findings."""

from __future__ import annotations

from dataclasses import replace

from telcli.report import data_section
from telcli.report.ahead_section import ahead
from telcli.report.blocks import Cell, Column, Section, Table, table
from telcli.report.bridge_section import bridge, compare
from telcli.report.control_section import control
from telcli.report.drawing import chart, drawn
from telcli.report.leavers_section import leavers
from telcli.report.loop_section import loop
from telcli.report.meaning_section import meaning
from telcli.report.model import Report
from telcli.report.risk_section import risk
from telcli.report.segment_section import segments
from telcli.report.slice_section import marks, slices
from telcli.report.tier_section import tiers
from telcli.report.value_section import value
from telcli.report.view_section import views
from telcli.report.watch_section import alerts, arrears, satisfaction
from telcli.tables import units

__all__ = ["sections", "tested", "untold"]

BASE = (
    Column("customers", "count"),
    Column("revenue", "money"),
    Column("left", "count"),
    Column("churn_rate", "percent"),
)
UNKNOWN = {"revenue": "notes.no_revenue", "label": "notes.no_label", "leaving": "notes.no_leaving"}
"""What the extracts do not tell, and the note on what would bring it."""
OF_PERIOD = ("bridge", "compare", "notes")
"""Sections that are of the period where the page is of a quarter or a year; the others are of its last month."""
TOP = (
    Column("customer_id"),
    Column("place", label="branch", words="place"),
    Column("segment_name", label="name"),
    Column("value_tier", words="tier"),
    Column("revenue", "money"),
    Column("churn_probability", "percent"),
    Column("at_risk_value", "money"),
    Column("expected_saving", "money"),
    Column("target", "flag"),
    Column("reason", "long"),
)


def sections(report: Report) -> list[Section]:
    """Write out every section that has something to show or a command that would fill it."""
    made = (
        base,
        bridge,
        compare,
        slices,
        alerts,
        segments,
        views,
        value,
        tiers,
        risk,
        ahead,
        top,
        loop,
        leavers,
        satisfaction,
        arrears,
        control,
        quality,
        notes,
        meaning,
    )
    found = [section for build in made if (section := build(report)) is not None]
    if not report.period:
        return found
    as_of = report.word("page.as_of", month=report.month_name)
    return [section if section.name in OF_PERIOD else replace(section, as_of=as_of) for section in found]


def base(report: Report) -> Section | None:
    """Revenue, customers and churn by month; none for a single snapshot."""
    rows = report.rows("trend")
    if len(rows) < 2:
        return None
    first, last = (units.month(row.text("month"), report.lang) for row in (rows[0], rows[-1]))
    numbers = table(report, "", rows, (Column("month"), *BASE))
    charts = []
    for name, metric, kind in (
        ("revenue", "revenue", "money"),
        ("customers", "customers", "count"),
        ("left", "churn_rate", "percent"),
    ):
        ends = [report.write(row.number(metric), kind) for row in (rows[0], rows[-1])]
        alt = report.word(f"chart.{name}_alt", first=first, last=last, **{"from": ends[0], "to": ends[1]})
        charts.append(chart(report, name, alt, numbers))
    return Section(
        "base",
        report.word(
            "section.base" if any(row.number("revenue") is not None for row in rows) else "section.base_unpriced"
        ),
        report.word("section.base_lead", first=first, last=last),
        drawn(charts),
        columns=3,
    )


def top(report: Report) -> Section | None:
    """Customers with the most money at risk, or likeliest to leave where money is not known."""
    rows = report.rows("top_customers")
    if not rows:
        return None
    valued = any(row.number("at_risk_value") is not None for row in rows)
    lead = report.word("section.top_lead" if valued else "section.top_lead_chance", n=len(rows))
    kind = report.first("slice_about").text("place") or "branch"
    columns = [replace(column, label=kind) if column.metric == "place" else column for column in TOP]
    made = table(report, "", rows, columns, wide=True)
    return Section(
        "top", report.word("section.top"), lead, tables=[replace(made, sorts=True, marks=marks(report, rows))]
    )


def quality(report: Report) -> Section | None:
    """What was read and refused, and how the models were tested."""
    return data_section.quality(report, tested)


def notes(report: Report) -> Section:
    """The formulas and assumptions behind the figures."""
    about = report.first("notes")
    unknown = [row.text("what") for row in report.rows("unknown")]
    told = untold(report)
    told.append(report.word("notes.customers"))
    told += [] if "revenue" in unknown else [report.word("notes.revenue")]
    if len(report.rows("trend")) > 1:
        told += [] if "leaving" in unknown else [report.word("notes.churn")]
    elif "label" not in unknown:
        told.append(report.word("notes.label"))
    if report.rows("value_tiers") and about.number("horizon_months"):
        basis = report.known("basis", about.text("margin_basis") or "margin")
        rate = report.write(about.number("discount_rate"), "percent")
        word = "notes.value" if about.text("tail") in ("", "none") else "notes.value_endless"
        told.append(report.word(word, basis=basis, months=f"{about.number('horizon_months'):.0f}", rate=rate))
    if report.rows("risk"):
        told.append(report.word("notes.risk"))
    if report.rows("views"):
        told.append(report.word("notes.views"))
    least = about.number("small_cell") or 0
    told.append(report.word("notes.small", n=f"{least:.0f}"))
    if (report.kpi("customers") or 0) < least:
        told.append(report.word("notes.totals", n=f"{least:.0f}"))
    told.append(report.word("notes.commands"))
    return Section("notes", report.word("section.notes"), notes=told)


def untold(report: Report) -> list[str]:
    """What the extracts do not tell, and what would bring it."""
    return [report.word(UNKNOWN[row.text("what")]) for row in report.rows("unknown")]


def tested(report: Report) -> Table:
    """What the models' tests found, with intervals where there are any."""
    row = report.first("model")
    head = [
        Cell(report.word("col.measure")),
        Cell(report.word("col.figure"), number=True),
        Cell(report.word("col.range"), number=True),
    ]
    rows = []
    if row.text("split"):
        rows.append(
            [Cell(report.word("model.split")), Cell(report.known("split", row.text("split")), number=True), Cell("")]
        )
    kinds = {"savings": "percent", "empc": "money"}
    names = (
        "auc",
        "pr_auc",
        "brier",
        "ece",
        "top_decile_lift",
        "empc",
        "savings",
        "rank_correlation",
        "naive_rank_correlation",
        "silhouette",
        "stability",
    )
    for name in names:
        if row.number(name) is not None:
            low, high = row.number(f"{name}_low"), row.number(f"{name}_high")
            span = (
                ""
                if low is None or high is None
                else f"{_score(report, low, kinds.get(name))}–{_score(report, high, kinds.get(name))}"
            )
            found = _score(report, row.number(name), kinds.get(name))
            rows.append([Cell(report.word(f"model.{name}")), Cell(found, number=True), Cell(span, number=True)])
    return Table(report.word("table.model"), head, rows)


def _score(report: Report, value: float | None, kind: str | None) -> str:
    return report.write(value, kind) if kind else f"{value:.3f}"
