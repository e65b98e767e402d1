"""Pictures of segments, churn, control charts, arrears and extracts: their words, numbers and hidden cells."""

import re

import pytest

from telcli.report import Report
from telcli.report.blocks import Chart, Section
from telcli.report.charts import CHARTS
from telcli.report.model import Row
from telcli.report.sections import sections


def _charts(parts: list[Section], name: str) -> dict[str, Chart]:
    section = next(part for part in parts if part.name == name)
    return {chart.name: chart for chart in (*section.charts, *section.more)}


def test_segments_are_told_apart_and_their_moves_drawn(made: Report, parts: list[Section]) -> None:
    charts = _charts(parts, "segments")
    traits, moves = charts["segment_traits"], charts["segment_moves"]
    assert len(traits.numbers.rows) == 4
    assert traits.numbers.rows[0][1].text == {"en": "156.00 (+1.40)", "zh": "156.00（+1.40）"}[made.lang]
    assert {"en": "Revenue, mean of 3 months", "zh": "近3个月平均收入"}[made.lang] in traits.alt
    assert "+1.4" in traits.svg and "-1.0" in traits.svg
    assert "94.3%" in moves.svg and "94.3%" in moves.alt
    told = next(part for part in parts if part.name == "segments").told
    assert {"en": "96 of 1,096 customers (8.8%)", "zh": "1,096客户中96（8.8%）"}[made.lang] in told[0]


def test_churn_is_drawn_with_its_intervals(made: Report, parts: list[Section]) -> None:
    charts = _charts(parts, "risk")
    assert list(charts) == ["churn_rates", "lift", "gains", "calibration", "costs", "reasons"]
    assert [row[0].text for row in charts["lift"].numbers.rows] == ["1", "2", "3", "4", "5", "6–10"]
    assert charts["gains"].numbers.rows[-1][2].text == "100.0%"
    groups = charts["calibration"].numbers.rows
    assert [row[4].text for row in groups] == ["40", "18", "21", "30"]
    assert {"en": "off beyond chance: 1.", "zh": "；1组偏差"}[made.lang] in charts["calibration"].alt


def test_control_charts_are_of_all_and_of_accounts_with_alerts(made: Report, parts: list[Section]) -> None:
    charts = list(_charts(parts, "alerts").values())
    assert [chart.name for chart in charts] == [f"watched_{at}" for at in range(1, 8)]
    assert charts[-1].title == {"en": "C1: revenue", "zh": "C1：收入"}[made.lang]
    assert charts[-1].key != charts[0].key
    assert {"en": "was expected: 1.", "zh": "1个月超出"}[made.lang] in charts[-1].alt
    assert charts[-1].svg.count("var(--warm)") == 1 and "var(--warm)" not in charts[0].svg


def test_arrears_by_month_and_extracts(made: Report, parts: list[Section]) -> None:
    late = _charts(parts, "arrears")["late_months"]
    assert [cell.text for cell in late.numbers.rows[-1][-2:]] == ["10.0%", "40.0%"]
    assert len(late.numbers.rows) == 3
    charts = _charts(parts, "quality")
    shares = charts["source_shares"].numbers.rows
    assert [cell.text for cell in shares[0][-3:]] == ["99.7%", "69.5%", "98.6%"]
    assert charts["refused_rules"].numbers.rows[0][1].text == "79"


def test_value_by_tenth_and_the_plan_of_each_cell(made: Report, parts: list[Section]) -> None:
    assert len(_charts(parts, "value")["value_tenths"].numbers.rows) == 10
    grid = _charts(parts, "loop")["plan_grid"]
    assert {"en": "retain", "zh": "挽留"}[made.lang] in grid.svg


def test_no_picture_without_its_table() -> None:
    names = {chart.name for part in sections(Report("2024-06", "en", "CNY", {})) for chart in part.charts}
    assert names == set()


@pytest.mark.parametrize("name", ["revenue", "customers", "late_months", "churn_rates"])
def test_a_month_that_is_not_known_leaves_its_place_empty(name: str) -> None:
    figures = {"revenue": 10.0, "customers": 10.0, "churn_rate": 0.1, "rate_low": 0.05, "rate_high": 0.2}
    late = {"late": 3.0, "late_30": 1.0, "late_90": 1.0, "late_over": 1.0}
    rows = [Row({**figures, **late}, {"month": month}) for month in ("2024-02", "2024-03", "2024-05", "2024-06")]
    sections_of = {"trend": rows, "late_months": rows, "churn_rates": rows}
    drawn = str(CHARTS[name](Report("2024-06", "en", "CNY", sections_of)).to_dict())
    assert "24-04'" in drawn
    runs = [row["run"] for row in rows_of(drawn)] if name == "customers" else [0, 0, 1, 1]
    assert runs == [0, 0, 1, 1], "the line is broken where a month lacks"


def rows_of(drawn: str) -> list[dict[str, int]]:
    return [{"run": int(found)} for found in re.findall(r"'run': (\d)", drawn)]
