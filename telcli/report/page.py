"""From a report object to one self-contained HTML page: no network, light and dark, screen and paper.

Its one script, which the page's policy knows by its digest, shows filters and tooltips; without it all stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.io.inline_hash import inline_hash
from telcli.report.model import Report, Row
from telcli.report.sections import sections, untold
from telcli.tables.units import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from telcli.report.blocks import Section

__all__ = ["Card", "Found", "cards", "findings", "render"]

_HERE = Path(__file__).parent
_CARDS = (
    ("customers", "count", "", "", ""),
    ("revenue", "money", "", "", ""),
    ("revenue_per_customer", "money", "", "", ""),
    ("churn_rate_month", "percent", "left", "customers", "left_note"),
    ("churned_share", "percent", "churned", "customers", "churned_note"),
    ("lifetime_value_total", "money", "", "", "value_note"),
    ("at_risk_value", "money", "at_risk_customers", "customers", "risk_note"),
    ("expected_saving", "money", "targets", "customers", "target_note"),
)
"""Headline figure, its kind, the figure beside it, that one's kind, and the words around it."""
_SPARKS = {"customers": "customers", "revenue": "revenue", "churn_rate_month": "churn_rate"}


@dataclass(frozen=True)
class Card:
    """One headline figure: what it was, how it changed on the month before, its last months as a line (an SVG path).

    `number`, of a `kind` as `units.written` takes it, and `delta` are the figures behind value and change.
    """

    label: str
    value: str
    change: str
    tone: str
    note: str
    spark: str
    year: str = ""
    number: float | None = None
    kind: str = ""
    delta: float | None = None


@dataclass(frozen=True)
class Found:
    """One finding as it is read."""

    tone: str
    tone_name: str
    amount: str
    basis: str
    title: str
    detail: str
    action: str
    sure: str
    command: str
    number: float | None = None


def render(report: Report, parts: Sequence[Section] | None = None) -> bytes:
    """Write the page as UTF-8 HTML; the same report gives the same bytes. `parts`: its sections, if made already."""
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    currency = report.currency
    if report.lang == "zh":
        currency = CURRENCIES.get(currency, ("", currency))[1]
    page = _template().render(
        report=report,
        word=report.word,
        style=style,
        style_hash=inline_hash(style),
        script=script,
        script_hash=inline_hash(script),
        currency=currency,
        cards=cards(report),
        findings=findings(report),
        sections=sections(report) if parts is None else parts,
        untold=untold(report),
        priced=any(row.number("revenue") is not None for row in report.rows("trend")),
    )
    return page.encode("utf-8")


def cards(report: Report) -> list[Card]:
    """The headline figures that are known, in order."""
    found = []
    for name, kind, beside, beside_kind, note in _CARDS:
        value = report.kpi(name)
        if value is None:
            continue
        number = report.kpi(beside) if beside else None
        words = report.word(f"kpi.{note}", n=report.write(number, beside_kind or "count")) if note else ""
        change, tone = _change(report, name)
        spark = _spark(report.rows("trend"), _SPARKS[name]) if name in _SPARKS else ""
        year = report.kpi(name, "kpi_year")
        yearly = report.word("page.on_year", change=_moved(report, name, year)) if year is not None else ""
        if report.period and not any(row.text("figure") == name for row in report.rows("compare")):
            words = report.word("bridge.and").join(part for part in (words, _as_of(report)) if part)
        label = "customers_flat" if name == "customers" and report.kpi("churned") is not None else name
        delta = report.kpi(name, "kpi_change")
        shown = (report.word(f"kpi.{label}"), report.write(value, kind), change, tone, words, spark, yearly)
        found.append(Card(*shown, value, kind, delta))
    return found


def _change(report: Report, name: str) -> tuple[str, str]:
    """The change on the month before as written, and whether it is good news."""
    change = report.kpi(name, "kpi_change")
    if change is None:
        return "", ""
    churn = name == "churn_rate_month"
    written = _moved(report, name, change)
    tone = "neutral" if abs(change) < (0.0005 if churn else 0.001) else "good" if (change > 0) != churn else "bad"
    return written, tone


def _moved(report: Report, name: str, change: float) -> str:
    """A change as written: of a rate in points, of an amount as a share of it."""
    return report.write(change, "points") if name == "churn_rate_month" else f"{change:+.1%}"


def _as_of(report: Report) -> str:
    return report.word("page.as_of", month=report.month_name)


def _spark(rows: Sequence[Row], metric: str) -> str:
    """A line through the months in a box of 100 by 24, as an SVG path."""
    values = [number for row in rows if (number := row.number(metric)) is not None]
    if len(values) < 3:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1.0
    step = 100 / (len(values) - 1)
    points = [f"{place * step:.1f} {22 - 20 * (number - low) / span:.1f}" for place, number in enumerate(values)]
    return "M" + "L".join(points)


def findings(report: Report) -> list[Found]:
    """The findings as they are read, in rank order."""
    return [
        Found(
            tone=row.text("tone"),
            tone_name=report.known("tone", row.text("tone")),
            amount=report.write(row.number("amount"), "money") if row.number("amount") is not None else "",
            basis=row.text("basis"),
            title=row.text("title"),
            detail=row.text("detail"),
            action=row.text("action"),
            sure=_sure(report, row),
            command=row.text("command"),
            number=row.number("amount"),
        )
        for row in report.rows("findings")
    ]


def _sure(report: Report, row: Row) -> str:
    """How sure a finding is; where it is of the snapshot and the page of a longer period, that too."""
    if not report.period or not row.number("state"):
        return row.text("sure")
    return report.word("page.state", sure=row.text("sure"), month=report.month_name)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return made.get_template("page.html.j2")
