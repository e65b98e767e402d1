"""The section on churn risk: bands, value by risk, reasons, lift and the cost of each decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from telcli.report.blocks import Cell, Chart, Column, Section, Table, table
from telcli.report.drawing import chart, drawn, missing, ranked
from telcli.report.model import Report, Row

__all__ = ["risk"]

_RATES = (
    Column("month"),
    Column("left", "count"),
    Column("churn_rate", "percent", label="rate_of"),
    Column("rate_low", "percent"),
    Column("rate_high", "percent"),
)
_LIFT = (
    Column("tenths"),
    Column("customers", "count"),
    Column("churners", "count"),
    Column("churn_rate", "percent", label="left_share"),
    Column("mean_probability", "percent"),
    Column("lift", "decimal"),
    Column("lift_low", "decimal", label="rate_low"),
    Column("lift_high", "decimal", label="rate_high"),
)
_GAINS = (
    Column("tenths"),
    Column("customer_share", "percent", label="customers_so_far"),
    Column("churner_share", "percent"),
    Column("share_low", "percent", label="rate_low"),
    Column("share_high", "percent", label="rate_high"),
)
_CALIBRATION = (
    Column("bin", "order"),
    Column("customers", "count"),
    Column("mean_probability", "percent"),
    Column("expected", "count", label="expected_left"),
    Column("churners", "count"),
    Column("churn_rate", "percent", label="left_share"),
    Column("rate_low", "percent"),
    Column("rate_high", "percent"),
)


def risk(report: Report) -> Section | None:
    """Risk bands, value by risk, reasons, lift and the cost of each decision."""
    title, rows = report.word("section.risk"), report.rows("risk")
    if not rows:
        return missing(report, "churn_scores", title)
    charts = [_rates(report), _lift(report), _gains(report), _calibration(report), _costs(report), _reasons(report)]
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
    return Section("risk", title, report.word("section.risk_lead"), drawn(charts), tables, told=_told(report, rows))


def _told(report: Report, bands: Sequence[Row]) -> list[str]:
    """Who is at high risk, how well risk was ranked in the test, and whether chances came true."""
    high, tenths = next((row for row in bands if row.text("band") == "high"), None), report.rows("lift")
    told = []
    if high is not None and high.number("customers"):
        words = _percents(report, high, {"share": "customer_share", "p": "churn_probability"})
        told.append(report.word("told.high_risk", n=report.write(high.number("customers"), "customers"), **words))
    if tenths and tenths[0].number("churner_share") is not None:
        words = _percents(report, tenths[0], {"of": "customer_share", "share": "churner_share"})
        told.append(report.word("told.ranked", lift=report.write(tenths[0].number("lift"), "times"), **words))
    groups = [row for row in report.rows("calibration") if row.number("churn_rate") is not None]
    if groups:
        off = sum(1 for row in groups if row.number("off"))
        word = "told.calibrated_off" if off else "told.calibrated"
        told.append(report.word(word, n=len(groups), off=off))
    return told


def _rates(report: Report) -> Chart | None:
    rows = [row for row in report.rows("churn_rates") if row.number("churn_rate") is not None]
    if len(rows) < 2:
        return None
    names = {"rate": "churn_rate", "low": "rate_low", "high": "rate_high"}
    alt = report.word("chart.churn_rates_alt", **_percents(report, rows[-1], names))
    numbers = table(report, "", report.rows("churn_rates"), _RATES)
    return chart(report, "churn_rates", alt, numbers, report.word("chart.churn_rates_key"))


def _lift(report: Report) -> Chart | None:
    rows = report.rows("lift")
    if not rows:
        return None
    alt = report.word("chart.lift_alt", top=report.write(rows[0].number("lift"), "times"))
    return chart(report, "lift", alt, table(report, "", rows, _LIFT), report.word("chart.lift_key"))


def _gains(report: Report) -> Chart | None:
    rows = report.rows("lift")
    if not rows:
        return None
    alt = report.word(
        "chart.gains_alt", **_percents(report, rows[0], {"of": "customer_share", "share": "churner_share"})
    )
    return chart(report, "gains", alt, table(report, "", rows, _GAINS))


def _calibration(report: Report) -> Chart | None:
    rows = [row for row in report.rows("calibration") if row.number("churn_rate") is not None]
    if not rows:
        return None
    names = {"mean": "mean_probability", "rate": "churn_rate", "low": "rate_low", "high": "rate_high"}
    off = sum(1 for row in rows if row.number("off"))
    alt = report.word("chart.calibration_alt", n=len(rows), off=off, **_percents(report, rows[0], names))
    numbers = table(report, "", report.rows("calibration"), _CALIBRATION)
    return chart(report, "calibration", alt, numbers, report.word("chart.calibration_key"))


def _percents(report: Report, row: Row, names: Mapping[str, str]) -> dict[str, str]:
    return {short: report.write(row.number(name), "percent") for short, name in names.items()}


def _reasons(report: Report) -> Chart | None:
    columns = (Column("reason"), Column("customers", "count"), Column("share", "percent"))
    return ranked(report, "reasons", report.rows("reasons"), "share", columns)


def _costs(report: Report) -> Chart | None:
    rows = report.rows("costs")
    used = next((row for row in rows if row.number("chosen")), None)
    if len(rows) < 2 or used is None:
        return None
    name, cost = report.known("method", used.text("method")), report.write(used.number("cost"), "money")
    columns = (
        Column("method", words="method"),
        Column("cost", "money", label="cost_in_all"),
        Column("contacted", "count"),
    )
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
