"""The section on what is to come, in both languages."""

import polars as pl
import pytest

from telcli.report import Report, build
from telcli.report.ahead_section import ahead
from telcli.settings import ReportSettings
from telcli.stages.report import report
from tests.report import example


def test_leavers_profit_drivers_and_earlier_months_are_drawn(made: Report) -> None:
    section = ahead(made)
    assert section is not None
    assert [chart.name for chart in section.charts] == ["leavers_ahead", "contact_profit"]
    assert [chart.name for chart in section.more] == ["drivers"]
    assert [len(table.rows) for table in section.tables] == [2]
    assert len(section.told) == 4


def test_drivers_alone_are_drawn_where_nothing_else_is_known(figures: pl.DataFrame) -> None:
    """As of a flat table without money: no months ahead, none before."""
    kept = figures.filter(~pl.col("section").is_in(["leavers_ahead", "contact_profit", "foretold", "drift"]))
    section = ahead(build(kept, lang="en", currency="CNY"))
    assert section is not None
    assert ([chart.name for chart in section.charts], section.more, section.told) == (["drivers"], [], [])
    assert ahead(build(kept.filter(pl.col("section") != "drivers"), lang="en", currency="CNY")) is None


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("33.0% of customers saved most", "beyond 65.0%")), ("zh", ("33.0%客户收益最大", "超过65.0%则得不偿失"))],
)
def test_whom_contacting_pays_is_said_with_its_end(figures: pl.DataFrame, lang: str, words: tuple[str, ...]) -> None:
    section = ahead(build(figures, lang=lang, currency="CNY"))
    assert section is not None
    assert all(word in section.told[1] for word in words)


def test_money_is_told_where_costs_were_given_and_nothing_is_known_of_revenue() -> None:
    tables = example.tables()
    tables["customer_months"] = tables["customer_months"].with_columns(revenue=pl.lit(None, pl.Float64))
    bare = {name: frame for name, frame in tables.items() if not name.startswith("value_")}
    found = {}
    for origin in ("revenue", "costs"):
        metrics = {**example.METRICS, "predict-churn": {**example.METRICS["predict-churn"], "value_from": origin}}
        made = report(example.inputs(bare, metrics), ReportSettings())
        sections = set(made.tables["report_figures"].collect()["section"])
        found[origin] = ({"contact_profit", "costs"} <= sections, "expected_saving" in made.metrics)
    assert found == {"revenue": (False, False), "costs": (True, True)}
