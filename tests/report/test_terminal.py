"""The summary on the screen: fits its width, in both languages."""

import re

import polars as pl

from telcli.figures.base import Figures
from telcli.figures.segment_agreement import AGREEMENT_TEXTS
from telcli.figures.segment_months import MOVE_TEXTS
from telcli.figures.segment_views import VIEW_TEXTS
from telcli.report import Report, build, summary
from telcli.report.terminal import _wide
from telcli.settings import ReportSettings
from telcli.stages.report import report
from tests.report import example


def test_lines_fit_and_tell_figures_findings_and_segments(made: Report) -> None:
    lines = list(summary(made, 80))
    assert max(_wide(line) for line in lines if "telcli" not in line) <= 80, lines
    text = "\n".join(lines)
    assert made.month_name in text
    assert made.write(made.kpi("revenue"), "money") in text
    assert text.count("telcli show") == 5
    for row in made.rows("segments"):
        assert row.text("name") in text


def test_findings_wrap_at_words(made: Report) -> None:
    lines = list(summary(made, 40))
    said = [line for line in lines if re.match(r"  \d\. |     ?\S|   → ", line) and "telcli" not in line]
    assert said
    assert max(_wide(line) for line in said) <= 60


def test_what_is_missing_is_told() -> None:
    found = {name: frame for name, frame in example.tables(300).items() if name in ("customer_months", "customers")}
    figures = report(example.inputs(found, metrics={}), ReportSettings()).tables["report_figures"].collect()
    assert isinstance(figures, pl.DataFrame)
    text = "\n".join(summary(build(figures, lang="zh", currency="CNY")))
    assert "请先运行： telcli predict-churn" in text


def test_what_is_not_known_is_said_and_what_would_bring_it() -> None:
    tables = {name: frame for name, frame in example.tables(60).items() if name in ("customers", "customer_months")}
    months = tables["customer_months"]
    tables["customer_months"] = months.filter(pl.col("month") == example.AS_OF, pl.col("active")).with_columns(
        revenue=pl.lit(None, dtype=pl.Float64)
    )
    figures = report(example.inputs(tables, metrics={}), ReportSettings()).tables["report_figures"].collect()
    for lang, nothing, bills, label in (
        ("en", "Nothing to show.", "an extract of bills", "who left"),
        ("zh", "无数据。", "导入账单", "标签列"),
    ):
        text = re.sub(
            r"\s+", " " if lang == "en" else "", "\n".join(summary(build(figures, lang=lang, currency="CNY")))
        )
        assert nothing in text
        assert bills in text
        assert label in text


def test_the_newer_tables_fit_in_both_languages() -> None:
    english = ("Largest moves between segments since May 2024", "Faders", "12.5%", "account class", "2.92x", "of Old")
    chinese = ("2024年5月以来客群间的主要迁移", "衰退", "12.5%", "客户等级", "大客户", "2.92倍", "Old")
    for lang, words in (("en", english), ("zh", chinese)):
        lines = list(summary(build(newer(), lang=lang, currency="CNY"), 80))
        text = "\n".join(lines)
        assert max(_wide(line) for line in lines) <= 80, text
        for word in words:
            assert word in text, (word, text)
        assert "hidden-way" not in text
        assert "…" in text


def newer() -> pl.DataFrame:
    """Moves, one hidden and one of those who stayed; a view whose group has a long name; agreement."""
    figures = Figures()
    way = {"from_group": "Talkers", "from_group_zh": "语音", "before": "2024-05", "customers": 50.0, "share": 0.125}
    ways = [
        {**way, "to_group": "Faders", "to_group_zh": "衰退", "moved": 1.0},
        {**way, "to_group": "hidden-way", "moved": 1.0, "small": 1.0, "customers": None, "share": None},
        {**way, "to_group": "hidden-way", "moved": 0.0},
    ]
    figures.block("segment_moves", ways, MOVE_TEXTS)
    long = "of people who spend very much on very many lines"
    view = {"view": "account class", "view_zh": "客户等级", "customers": 12_345.0, "customer_share": 0.1}
    view |= {"revenue_share": 0.29, "value_index": 2.92, "churn_probability": 0.03}
    groups = [{**view, "group": "key account", "group_zh": "大客户"}, {**view, "group": long, "group_zh": "很" * 40}]
    figures.block("views", groups, VIEW_TEXTS)
    told = {"column": "Old", "groups": 3, "ari": 0.5, "ami": 0.4, "purity": 0.8, "customers": 90}
    figures.block("segment_agreement", [told], AGREEMENT_TEXTS)
    return figures.frame(example.AS_OF)
