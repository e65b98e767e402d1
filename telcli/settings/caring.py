"""Settings of predict-churn: from what on an event calls for care."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.engine import EngineSettings
from telcli.settings.setting import setting

__all__ = ["CareSettings"]


@dataclass(frozen=True)
class CareSettings(EngineSettings):
    """Who left is told of so many months, and care is called for from so much on."""

    around_months: int = setting(
        3,
        "Last months whose leavers are told by dimension (churn_by).",
        "分维度流失分析所看的最近月数。",
        unit="months",
        low=1,
        high=36,
    )
    reason_columns: str = setting(
        "",
        "Attributes that record why customers left, by comma; those whose name says so where this is empty.",
        "记录离网原因的属性列，逗号分隔；留空时按列名识别。",
    )
    contract_days: int = setting(
        60,
        "Days before a contract ends from which care is called for.",
        "合约到期前多少天开始关怀。",
        unit="days",
        low=1,
        high=366,
    )
    open_days: int = setting(
        7,
        "Days a matter may be open before care is called for.",
        "事项超过多少天未办结即需关怀。",
        unit="days",
        low=1,
        high=366,
    )
    repeated_complaints: int = setting(
        2,
        "Complaints in 3 months from which care is called for.",
        "近3个月投诉达到多少次即需关怀。",
        unit="complaints",
        low=1,
    )
    use_drop: float = setting(
        0.5,
        "Fall of use against the 3 months before from which care is called for.",
        "使用量较前3个月下降多少即需关怀。",
        unit="share",
        low=0.05,
        high=1.0,
    )
    unused_months: int = setting(
        1,
        "Months without use from which care is called for.",
        "连续多少个月未使用即需关怀。",
        unit="months",
        low=1,
        high=36,
    )
    overdue_months: int = setting(
        1,
        "Age of arrears, in months, from which each further month calls for care.",
        "欠费账龄达到多少个月起，每增加一月即需关怀。",
        unit="months",
        low=1,
        high=13,
    )
