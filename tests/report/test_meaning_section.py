"""The appendix names every number that the page shows, in both languages."""

import polars as pl

from telcli.report import Report
from telcli.report.meaning_section import meaning, shown_figures
from telcli.tables.figure_dictionary import figure_of, no_metric

OWN_WORDS = ("control", "control_parts", "control_told", "control_months")
"""Sections whose sums are told by name, each with both of its sides."""


def test_every_number_is_a_figure_of_the_dictionary_or_measures_nothing(figures: pl.DataFrame) -> None:
    numbers = figures.filter(pl.col("value").is_not_null(), ~pl.col("section").is_in(OWN_WORDS))
    pairs = numbers.select("section", "metric").unique().sort("section", "metric").rows()
    unknown = [pair for pair in pairs if figure_of(*pair) is None and not no_metric(pair[1])]
    assert not unknown, "add them to tables/figure_dictionary.toml"
    assert len(pairs) > 250


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
