"""Settings of ``gc``: how many months of what are kept."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["LEAST", "GcSettings"]

LEAST = 13
"""Months that stages look back on, this one included: those of a year ago among them."""


@dataclass(frozen=True)
class GcSettings:
    """What telcli gc keeps; 0 keeps all."""

    keep_months: int = setting(
        0,
        "Months of results, with their records, kept; 0 keeps all, at least 13.",
        "保留的结果月数（含其运行记录）；0 为全部保留，否则至少 13。",
        unit="months",
        low=0,
        high=1200,
    )
    keep_facts: int = setting(
        0,
        "Months of bills, payments, usage, calls and contacts kept; 0 keeps all; never fewer than max_months uses.",
        "保留的账单、缴费、用量、通话与工单月数；0 为全部保留；不少于 max_months 所用的月数。",
        unit="months",
        low=0,
        high=1200,
    )
    keep_detail: int = setting(
        0,
        "Months in which single calls and the texts of contacts are kept; 0 keeps all, at least 13.",
        "保留单条通话与工单文本的月数；0 为全部保留，否则至少 13。",
        unit="months",
        low=0,
        high=1200,
    )
    keep_reports: int = setting(
        0,
        "Months of pages under reports/ kept; 0 keeps all.",
        "保留的报告月数；0 为全部保留。",
        unit="months",
        low=0,
        high=1200,
    )
    keep_models: int = setting(
        0, "Months of models kept; 0 keeps all.", "保留的模型月数；0 为全部保留。", unit="months", low=0, high=1200
    )
    keep_tasks: int = setting(
        0,
        "Months of task sheets kept; 0 keeps all. What was filled in and not imported stays.",
        "保留的任务表月数；0 为全部保留。已填写而未导入的一律保留。",
        unit="months",
        low=0,
        high=1200,
    )
    after_run: str = setting(
        "off",
        "Whether telcli run ends with telcli gc.",
        "telcli run 结束时是否执行 telcli gc。",
        choices=("off", "on"),
    )
