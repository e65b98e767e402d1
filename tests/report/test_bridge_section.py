"""The bridge and the comparison with other periods on the page, of the month, quarter and year, in both languages."""

import polars as pl
import pytest

from telcli.report import Report, build, summary
from telcli.report.bridge_charts import CHARTS
from telcli.report.bridge_section import bridge, compare
from telcli.report.model import Row
from telcli.report.outline import as_json, as_markdown
from telcli.report.page import cards, findings, render
from telcli.report.periods import OWN, of_periods
from telcli.report.sections import OF_PERIOD, sections
from telcli.settings import ReportSettings
from telcli.stages.report import report
from tests.report import example


@pytest.fixture(scope="session")
def both() -> pl.DataFrame:
    """What the pages are drawn from: figures of the month, and under them those of its quarter and year."""
    outcome = report(example.inputs(example.tables()), ReportSettings(period="month,quarter,year"))
    assert [notice.code for notice in outcome.notices if notice.code.startswith("period")] == ["period-incomplete"]
    tables = [outcome.tables[name].collect() for name in ("report_figures", "period_figures")]
    return pl.concat(tables, how="diagonal")


@pytest.fixture(scope="session", params=["en", "zh"])
def longer(request: pytest.FixtureRequest, both: pl.DataFrame) -> dict[str, Report]:
    made = of_periods(both, ["month", "quarter", "year"])
    return {name: build(own, lang=request.param, currency="CNY") for name, own in made.items()}


def test_the_bridge_on_the_page_closes_to_the_cent(longer: dict[str, Report]) -> None:
    assert list(longer) == ["2024-06", "2024-Q2", "2024"]
    for made in longer.values():
        for name in ("bridge_base", "bridge_revenue"):
            cents = [round(100 * (row.number("amount") or 0.0)) for row in made.rows(name)]
            assert sum(cents[:-1]) == cents[-1]
    made = longer["2024-Q2"]
    section = bridge(made)
    assert section is not None
    assert [chart.name.removeprefix("bridge_") for chart in section.charts] == ["base", "revenue", "flow", "money"]
    assert all(chart.alt and chart.numbers.rows and chart.svg.startswith("<svg") for chart in section.charts)
    assert all("=" in said for said in section.told[:2])


def test_a_small_part_stands_with_others_by_name(longer: dict[str, Report]) -> None:
    for made in longer.values():
        small = [row for row in made.rows("bridge_base") if 0 < (row.number("customers") or 99.0) < 10]
        assert all(row.text("part") in ("left", "together") for row in small)


@pytest.mark.slow
def test_a_quarter_says_what_is_its_own_and_what_is_of_its_last_month(both: pl.DataFrame) -> None:
    made = build(of_periods(both, ["quarter"])["2024-Q2"], lang="zh", currency="CNY")
    name = "2024年第2季度"
    assert made.period_name == name and not made.incomplete()
    parts = sections(made)
    tag = "截至2024年6月"
    assert {part.name for part in parts if not part.as_of} == set(OF_PERIOD)
    assert {part.as_of for part in parts if part.as_of} == {tag}
    page = render(made, parts).decode()
    assert f"<h1>{name}</h1>" in page and 'class="loud"' not in page and f'class="asof">{tag}' in page
    assert any(tag in found.sure for found in findings(made)) and not all(tag in found.sure for found in findings(made))
    first = cards(made)[1]
    assert first.label == "本期收入"
    assert f"*{tag}*" in as_markdown(made, parts).decode()
    assert '"period": "2024-Q2"' in as_json(made).decode()


def test_a_year_that_is_not_over_says_so_loudly(longer: dict[str, Report]) -> None:
    made = longer["2024"]
    (said,) = made.incomplete()
    assert {"en": "INCOMPLETE: 6 of 12 months of 2024", "zh": "【数据不完整】2024年应有12个月，现有6个月"}[
        made.lang
    ] in said
    assert {"en": "July 2024–December 2024", "zh": "2024年7月–2024年12月"}[made.lang] in said
    page = render(made, []).decode()
    assert 'class="loud" role="alert"' in page
    screen = "".join(summary(made, 80)).replace(" ", "")
    assert said.replace(" ", "")[:40] in screen


def test_other_periods_stand_beside_it_with_formulas(longer: dict[str, Report]) -> None:
    section = compare(longer["2024-Q2"])
    assert section is not None
    (table,) = section.tables
    heads = [cell.text for cell in table.head]
    assert {"en": "Q1 2024", "zh": "2024年第1季度"}[longer["2024"].lang] in heads
    rows = {row[0].text: row for row in table.rows}
    revenue = rows[{"en": "Revenue of the period", "zh": "本期收入"}[longer["2024"].lang]]
    kept = longer["2024-Q2"].kpi("revenue")
    assert revenue[1].value == kept and revenue[-1].long


def test_a_period_has_nothing_of_the_month_where_it_has_none_of_its_own(both: pl.DataFrame) -> None:
    bare = both.filter(pl.col("period").is_null() | ~pl.col("section").is_in(["kpi_change", "compare"]))
    own = of_periods(bare, ["quarter"])["2024-Q2"]
    assert not set(own["section"]) & {"kpi_change", "compare"} and {"segments", "bridge_base"} <= set(own["section"])
    assert set(OWN) & set(own["section"])


def test_nothing_stands_there_for_a_single_month() -> None:
    bare = Report("2024-06", "en", "CNY", {})
    assert bridge(bare) is None and compare(bare) is None and bare.period == "" and bare.incomplete() == []


def test_what_stands_together_is_not_drawn_as_joiners() -> None:
    numbers = {"money_opening": 0.0, "money_together": 7.0, "money_more": 1.0, "money_closing": 8.0}
    months = [Row(numbers, {"month": f"2024-0{at}"}) for at in (5, 6)]
    drawing = CHARTS["bridge_money"](Report("2024-06", "en", "CNY", {"bridge_months": months}))
    rows = drawing.to_dict()["data"]["values"]
    assert {row["what"]: row["y"] for row in rows if row["y"]} == {"other": 7.0, "stayed, more": 1.0}
