"""The summary on the screen: fits its width, in both languages."""

import re

import polars as pl

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
