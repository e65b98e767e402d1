"""The report object: figures by section, texts in its language."""

from datetime import date

import polars as pl
import pytest

from telcli.figures.base import Figures
from telcli.report import build
from telcli.report.segment_section import segments


def test_rows_keep_their_order_and_speak_the_language() -> None:
    figures = Figures()
    figures.block("s", [{"name": f"n{place}", "name_zh": f"名{place}", "v": place} for place in range(12)], ("name",))
    figures.put("kpi", 1, "customers", 5)
    frame = figures.frame(date(2024, 6, 1)).sample(fraction=1.0, shuffle=True, seed=1)
    made = build(frame, lang="zh", currency="CNY")
    assert made.month == "2024-06"
    assert [row.text("name") for row in made.rows("s")] == [f"名{place}" for place in range(12)]
    assert [row.number("v") for row in made.rows("s")] == list(range(12))
    assert made.kpi("customers") == 5
    assert made.kpi("revenue") is None
    assert made.rows("absent") == ()
    assert made.first("absent").text("x") == ""


def test_figures_of_the_stage_are_enough(figures: pl.DataFrame) -> None:
    made = build(figures, lang="en", currency="CNY")
    assert {"kpi", "findings", "trend", "segments", "value_curve", "value_tiers", "lift", "costs"} <= set(made.sections)
    assert {"risk", "grid", "reasons", "survival", "top_customers", "quality", "sources", "notes"} <= set(made.sections)


def test_one_segment_is_not_called_groups(figures: pl.DataFrame) -> None:
    for n, says in ((1, "All customers form one group"), (2, "2 groups of customers")):
        few = figures.filter((pl.col("section") != "segments") | (pl.col("row") <= n))
        section = segments(build(few, lang="en", currency="CNY"))
        assert section is not None
        assert section.lead.startswith(says)


@pytest.mark.parametrize(
    ("lang", "title", "rule"),
    [("en", "Who belongs to a segment, as a rule", "data use above 8000"), ("zh", "客群判定规则", "流量大于8000")],
)
def test_the_rule_stands_beside_what_all_rules_find(figures: pl.DataFrame, lang: str, title: str, rule: str) -> None:
    section = segments(build(figures, lang=lang, currency="CNY"))
    assert section is not None
    (found,) = [one for one in section.tables if one.title == title]
    assert [[cell.text for cell in row[1:]] for row in found.rows] == [[rule, "87.5%"]]
