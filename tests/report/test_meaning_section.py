"""The appendix names every number that the page shows, in both languages."""

from dataclasses import replace
from datetime import date

import polars as pl

from telcli.report import Report
from telcli.report.meaning_section import meaning, shown_figures
from telcli.settings import ReportSettings
from telcli.stages.report import report
from telcli.tables.figure_dictionary import figure_of, no_metric
from tests.report import example

RARE = {
    ("bridge_months", "together"),
    ("bridge_months", "money_together"),
    ("compare", "year_before"),
    ("compare", "year_change"),
    ("control_parts", "amount"),
    ("control_told", "share"),
    ("findings", "state"),
    ("kpi_year", "revenue"),
    ("slices", "high_risk_share"),
    ("sources", "rows_unused"),
}
"""Numbers that a report has of few customers, of many months, of a longer period or with control totals alone."""


def rare() -> list[tuple[str, str]]:
    """Numbers of a small base that began a month earlier, with rows that are not used and a control total."""
    found = example.tables(300)
    months = found["customer_months"].filter(pl.col("month") == pl.col("month").min())
    earlier = months.with_columns(month=pl.lit(date(2023, 6, 1)), active=pl.lit(value=True), left=pl.lit(value=False))
    found["customer_months"] = pl.concat([earlier, found["customer_months"]])
    read = [source | {"rows_unused": 3} for source in example.METRICS["ingest"]["sources"]]
    given = example.inputs(found, {**example.METRICS, "ingest": {"sources": read}})
    told = {"file": "t.csv", "columns": ["month", "metric", "amount"], "cells": [["2024-06", "revenue", "1"]]}
    choices = {**given.choices, "control_totals": {**told, "lines": [2]}}
    made = report(replace(given, choices=choices), ReportSettings()).tables
    return [pair for table in ("report_figures", "period_figures") for pair in numbers(made[table].collect())]


def numbers(figures: pl.DataFrame) -> list[tuple[str, str]]:
    return figures.filter(pl.col("value").is_not_null()).select("section", "metric").unique().rows()


def test_every_number_is_a_figure_of_the_dictionary_or_measures_nothing(figures: pl.DataFrame) -> None:
    pairs = sorted({*numbers(figures), *rare()})
    unknown = [pair for pair in pairs if figure_of(*pair) is None and not no_metric(pair[1])]
    assert not unknown, "add them to tables/figure_dictionary.toml"
    assert len(pairs) > 300
    assert not RARE - set(pairs), "the examples hold them no more"


def test_the_appendix_lists_each_once_with_its_formula(made: Report) -> None:
    section = meaning(made)
    assert section is not None
    rows = section.tables[0].rows
    names = [row[0].text for row in rows]
    assert (
        names[:3]
        == {"en": ["Customers", "Revenue", "Revenue per customer"], "zh": ["客户数", "收入", "户均收入"]}[made.lang]
    )
    assert [rows[2][place].text for place in (2, 3, 4)] == [
        "SUM(revenue) / SUM(active)", "customer_months", "telcli cube revenue_per_customer"
    ]  # fmt: skip
    found = [one.name for one in shown_figures(made)]
    assert len(found) == len(set(found)) == len(rows) > 100
    assert meaning(Report("2024-06", made.lang, "CNY", {})) is None


def test_headlines_are_what_the_formulas_of_the_dictionary_give(figures: pl.DataFrame) -> None:
    kpis = figures.filter(section="control", text="kpis")
    assert kpis.height == 1
    row = figures.filter(section="control", row=kpis["row"][0])
    found = dict(
        zip(row["metric"], row["text"].fill_null("") + row["value"].cast(pl.String).fill_null(""), strict=True)
    )
    assert (found["state"], float(found["left"])) == ("explained", 9.0)  # some who left are scored in the example
