"""The report object: one month's figures in one language, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telcli.report.words import known, word
from telcli.tables import units
from telcli.tables.content_hash import content_hash

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Report", "Row", "build"]

OF_PERIOD = {
    "page.before": "page.before_period",
    "screen.before": "screen.before_period",
    "section.findings": "section.findings_period",
    "kpi.customers": "kpi.customers_period",
    "kpi.revenue": "kpi.revenue_period",
    "kpi.revenue_per_customer": "kpi.revenue_per_customer_period",
    "kpi.churn_rate_month": "kpi.churn_rate_month_period",
}
"""Words that are others on the page of a quarter or a year."""


@dataclass(frozen=True)
class Row:
    """One row of a section: its numbers and its texts (in the report's language), by metric."""

    numbers: Mapping[str, float]
    texts: Mapping[str, str]

    def number(self, name: str) -> float | None:
        """A number, or None where the figure is absent or hidden."""
        return self.numbers.get(name)

    def text(self, name: str) -> str:
        """A text, empty where there is none."""
        return self.texts.get(name, "")


@dataclass(frozen=True)
class Report:
    """Figures of one month by section, with the language and currency they are written in.

    Parameters
    ----------
    month : ``YYYY-MM``. lang : en or zh. currency : a code such as CNY.
    sections : rows in order, by section of report_figures.
    content_hash : over all figures, in whatever language they are read; empty where they are not from a table.
    """

    month: str
    lang: str
    currency: str
    sections: Mapping[str, Sequence[Row]]
    content_hash: str = ""

    def rows(self, section: str) -> Sequence[Row]:
        """The rows of a section; none where it is absent."""
        return self.sections.get(section, ())

    def first(self, section: str) -> Row:
        """The first row of a section, empty where it is absent."""
        return next(iter(self.rows(section)), Row({}, {}))

    def kpi(self, name: str, section: str = "kpi") -> float | None:
        """A headline figure (or, of ``kpi_change``, its change), or None."""
        found = (row.number(name) for row in self.rows(section))
        return next((number for number in found if number is not None), None)

    def write(self, value: float | None, kind: str) -> str:
        """Write a number of one kind (see `units.written`) in this report's language."""
        return units.written(value, kind, self.lang, self.currency)

    def word(self, key: str, **values: object) -> str:
        """A word of the report, in its language; of a quarter or year as that is told."""
        if self.period and key in OF_PERIOD:
            return word(OF_PERIOD[key], self.lang, period=self.period_name, **values)
        return word(key, self.lang, **values)

    def known(self, section: str, name: str) -> str:
        """A word that data name, in its language."""
        return known(section, name, self.lang)

    def in_words(self, month: str) -> str:
        """A month ``YYYY-MM`` in words."""
        return units.month(month, self.lang)

    @property
    def period(self) -> str:
        """The quarter or year that is told of; empty where it is the month."""
        about = self.first("period")
        return about.text("period") if about.text("kind") in ("quarter", "year") else ""

    @property
    def period_name(self) -> str:
        """What the report is of, in words: its quarter or year, else its month."""
        return units.period(self.period, self.lang) if self.period else self.month_name

    def incomplete(self) -> list[str]:
        """That months of the period lack, or their bills; nothing where it is whole."""
        about, found = self.first("period"), []
        names = {
            name: self._runs([month for month in about.text(name).split(",") if month])
            for name in ("months", "lacking", "unpriced")
        }
        if self.period and names["lacking"]:
            counts = {name: f"{about.number(name):.0f}" for name in ("held", "wanted")}
            told = {"months": names["months"], "lacking": names["lacking"], **counts}
            found.append(self.word("page.incomplete", period=self.period_name, **told))
        if self.period and names["unpriced"]:
            found.append(self.word("page.unpriced", months=names["unpriced"]))
        return found

    def _runs(self, months: Sequence[str]) -> str:
        """Months in words, those in a row as the first and the last."""
        runs: list[list[str]] = []
        for month in months:
            if runs and not units.months_between(runs[-1][-1], month):
                runs[-1].append(month)
            else:
                runs.append([month])
        ends = (dict.fromkeys((run[0], run[-1])) for run in runs)
        return self.word("bridge.and").join("–".join(map(self.in_words, two)) for two in ends)

    @property
    def month_name(self) -> str:
        """The month in words."""
        return units.month(self.month, self.lang)


def build(figures: pl.DataFrame, *, lang: str, currency: str) -> Report:
    """Make the report object from one month's report_figures.

    Parameters
    ----------
    figures : pl.DataFrame
        As the contract says; one as_of month.
    lang : str
        ``en`` or ``zh``.
    currency : str
        Code of the currency that every amount is in.

    >>> import polars as pl
    >>> from datetime import date
    >>> row = {"as_of": date(2024, 6, 1), "section": "kpi", "row": 1, "metric": "customers", "value": 12.0,
    ...        "text": None, "text_zh": None}
    >>> build(pl.DataFrame([row]), lang="zh", currency="CNY").kpi("customers")
    12.0
    """
    ordered = figures.sort("section", "row", "metric")
    text = "text_zh" if lang == "zh" else "text"
    found: dict[str, dict[int, tuple[dict[str, float], dict[str, str]]]] = {}
    for section, row, metric, value, said in ordered.select("section", "row", "metric", "value", text).iter_rows():
        numbers, texts = found.setdefault(section, {}).setdefault(row, ({}, {}))
        if value is not None:
            numbers[metric] = value
        if said is not None:
            texts[metric] = said
    month = f"{figures['as_of'][0]:%Y-%m}"
    sections = {section: tuple(Row(*parts) for parts in rows.values()) for section, rows in found.items()}
    return Report(month, lang, currency, sections, content_hash(figures, currency))
