"""The contract of the report's figures of quarters and years."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "PeriodFigures"]


class PeriodFigures(dy.Schema):
    """What the pages of a quarter and of a year show in place of the month's figures, one row per number or sentence.

    Flows are added up over the months of the period, stocks are those of its last month. The rest of these pages is of
    the snapshot and stands in report_figures.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    period = c.text("Quarter (2024-Q2) or year (2024) that the snapshot is in", "时期", key=True)
    section = c.text("Part of the report", "章节", key=True)
    row = c.integer("Row within the section, from 1", "序号", key=True, low=1)
    metric = c.text("What is shown", "指标", key=True)
    value = c.number("Number", "数值", "as the metric says")
    text = c.text("Text, in English", "文字(英文)")
    text_zh = c.text("Text, in Chinese", "文字")


CONTRACTS = {
    "period_figures": Contract(
        "period_figures", PeriodFigures, "Figures of quarter and year", "季度与年度报告数据", "as_of"
    )
}
