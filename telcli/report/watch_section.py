"""The sections on what is watched: alerts and decline; satisfaction and complaints; arrears and suspected fraud."""

from __future__ import annotations

from collections.abc import Sequence

from telcli.report.blocks import Chart, Column, Section, Table, table
from telcli.report.data_section import late_chart, rolled
from telcli.report.drawing import chart, drawn
from telcli.report.model import Report, Row
from telcli.report.watch_charts import in_chart
from telcli.report.watched_parts import controls

__all__ = ["alerts", "arrears", "satisfaction"]

_ALERTS = (
    Column("why", "long", label="what_is_off"),
    Column("entity"),
    Column("kind", words="alert_kind"),
    Column("state", words="alert_state"),
    Column("months", "count", label="months_so_far"),
    Column("expected_loss", "money", label="loss"),
)
_WARNED = (
    Column("from_stage", words="stage"),
    Column("to_stage", words="stage"),
    Column("customers", "count"),
    Column("worth", "money"),
    Column("value_at_risk", "money", label="at_stake"),
)
_GROUPS = (
    Column("group", words="watch"),
    Column("respondents", "count"),
    Column("index", "decimal"),
    Column("index_low", "decimal", label="rate_low"),
    Column("index_high", "decimal", label="rate_high"),
    Column("nps", "decimal"),
)
_ITEMS = (
    Column("item"),
    Column("importance", "percent"),
    Column("performance", "decimal"),
    Column("gap", "decimal", label="found_less"),
    Column("quadrant", words="quadrant"),
)
_TOPICS = (
    Column("topic"),
    Column("customers", "count"),
    Column("contacts", "count"),
    Column("rate", "decimal", label="per_thousand"),
    Column("usual_rate", "decimal"),
    Column("change", "percent", label="than_usual"),
    Column("emerging", "flag"),
)
_AGES = (
    Column("bucket", words="bucket"),
    Column("customers", "count"),
    Column("balance", "money"),
    Column("share", "percent"),
)
_FRAUD = (
    Column("pattern", words="pattern"),
    Column("cases", "count"),
    Column("new", "count", label="new_cases"),
    Column("expected_loss", "money", label="loss"),
)
_MOST = 12
_TITLES = {
    "alerts": ("section.alerts", "section.alerts_lead"),
    "satisfaction": ("section.satisfaction", "section.satisfaction_lead"),
    "arrears": ("section.arrears", "section.arrears_lead"),
}
_TABLES = {
    "alerts": "table.alerts",
    "warned": "table.warned",
    "items": "table.items",
    "topics": "table.topics",
    "ageing": "table.ageing",
    "fraud": "table.fraud",
}


def alerts(report: Report) -> Section | None:
    """What is off beyond chance, and who moved into decline."""
    tables = _tables(report, ("alerts", _ALERTS), ("warned", _WARNED))
    told = []
    if rows := report.rows("alerts"):
        loss = sum(row.number("expected_loss") or 0.0 for row in rows)
        told.append(report.word("told.alerts", n=len(rows), loss=report.write(loss, "money")))
    return _section(report, "alerts", tables, controls(report), told, columns=3)


def satisfaction(report: Report) -> Section | None:
    """The index by group, what moves it, and what customers complain of."""
    groups = report.rows("satisfied")
    shown = [row for row in groups if row.text("by") in ("branch", "segment")][:_MOST]
    tables = [table(report, report.word("table.satisfied"), shown, _GROUPS, wide=True)] if shown else []
    tables += _tables(report, ("items", _ITEMS), ("topics", _TOPICS))
    charts: list[Chart | None] = []
    if known := in_chart(report):
        charts.append(
            chart(report, "satisfied", report.word("chart.satisfied_alt", n=len(known)), _numbers(report, known))
        )
    if rows := report.rows("items"):
        alt = report.word("chart.items_alt", name=rows[0].text("item"))
        charts.append(chart(report, "items", alt, table(report, "", rows, _ITEMS)))
    return _section(report, "satisfaction", tables, charts, _index(report))


def arrears(report: Report) -> Section | None:
    """What is owed by age, and suspected fraud."""
    rows, late = report.rows("ageing"), report.first("late").number("late")
    charts: list[Chart | None] = []
    told = [] if late is None else [report.word("told.arrears", late=report.write(late, "money"))]
    told += rolled(report)
    if rows:
        charts.append(chart(report, "ageing", report.word("chart.ageing_alt"), table(report, "", rows, _AGES)))
    charts.append(late_chart(report))
    tables = _tables(report, ("ageing", _AGES), ("fraud", _FRAUD))
    return _section(report, "arrears", tables, charts, told)


def _section(
    report: Report,
    name: str,
    tables: Sequence[Table],
    charts: Sequence[Chart | None],
    told: Sequence[str],
    *,
    columns: int = 2,
) -> Section | None:
    shown = drawn(charts)
    if not tables and not shown:
        return None
    title, lead = (report.word(key) for key in _TITLES[name])
    return Section(name, title, lead, shown, tables, columns=columns, told=told)


def _tables(report: Report, *wanted: tuple[str, tuple[Column, ...]]) -> list[Table]:
    return [
        table(report, report.word(_TABLES[name]), rows, columns, wide=True)
        for name, columns in wanted
        if (rows := report.rows(name))
    ]


def _numbers(report: Report, rows: Sequence[Row]) -> Table:
    return table(report, "", rows, _GROUPS)


def _index(report: Report) -> list[str]:
    """The index of all in a sentence."""
    whole = report.first("satisfied")
    if whole.number("index") is None or whole.text("by") != "all":
        return []
    figures = {
        short: report.write(whole.number(name), "decimal")
        for short, name in (("index", "index"), ("low", "index_low"), ("high", "index_high"))
    }
    told = [report.word("told.satisfied", n=report.write(whole.number("respondents"), "customers"), **figures)]
    if whole.number("nps") is not None:
        nps = {
            short: f"{whole.number(name):+.0f}"
            for short, name in (("nps", "nps"), ("low", "nps_low"), ("high", "nps_high"))
            if whole.number(name) is not None
        }
        told += [report.word("told.nps", **nps)] if len(nps) == 3 else []
    return told
