"""Settings of predict-churn: what leaving is, and in which months it is looked for."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.engine import EngineSettings
from telcli.settings.setting import setting

__all__ = ["LabelSettings"]


@dataclass(frozen=True)
class LabelSettings(EngineSettings):
    """What the operator calls leaving."""

    churn_kinds: str = setting(
        "voluntary, involuntary, port-out, inactive, unknown",
        "Kinds of leaving that are churn, by comma; an internal move never is. Who leaves in another way is left out.",
        "算作流失的离网类型，逗号分隔；内部迁移（过户、换号、套餐迁移）不算流失，以其他方式离网的不参与建模。",
    )
    churn_level: str = setting(
        "customer",
        "Whether a customer churns when all lines stop, all lines of one account, or any number.",
        "流失口径：客户（全部号码停用）、账户（某一账户的号码全部停用）、号码（任一号码停用）。",
        choices=("customer", "account", "number"),
    )
    prepaid_churn: str = setting(
        "either",
        "Whether prepaid customers leave by a recorded end, by silence, or by either, whichever comes first.",
        "预付费客户的离网依据：系统记录的销户、静默，或两者中先发生的。",
        choices=("either", "recorded", "inactive"),
    )
    inactive_days: int = setting(
        0,
        "Days without use and payment by which prepaid customers have left, in whole months, rounded up from 30 days; "
        "0 as customer-months has it.",
        "预付费客户无使用且无缴费达到多少天视为离网，按30天折整月并向上取整；0 表示沿用 customer-months 的设定。",
        unit="days",
        low=0,
        high=365,
    )
    zero_use_months: int = setting(
        0,
        "Months without any use by which prepaid customers have left, whatever they paid; 0 counts inactive_days.",
        "预付费客户连续多少个月零使用视为离网（不论是否缴费）；0 表示按 inactive_days 计。",
        unit="months",
        low=0,
        high=12,
    )
    return_days: int = setting(
        0,
        "Who is back within so many days has not left, in whole months, rounded up from 30 days; snapshots wait for "
        "that long. 0: only a line that begins in the next month takes a leaving back.",
        "离网后多少天内重新入网不算流失，按30天折整月并向上取整，快照相应推迟；0 表示仅次月新开的号码可抵消离网。",
        unit="days",
        low=0,
        high=365,
    )
    late_months: int = setting(
        0,
        "Last months whose ends of lines may not all be recorded yet: they close no outcome window.",
        "最近几个月的离网记录可能尚未收全：这些月份不作为结果窗口的终点。",
        unit="months",
        low=0,
        high=12,
    )
    exit_columns: str = setting(
        "",
        "Attributes of lines that tell how a line ended where end_reason does not, by comma.",
        "end_reason 未说明时，可用于判断离网类型的号码属性列，逗号分隔。",
    )
    gap_months: int = setting(
        1,
        "Months between the snapshot and the outcome window.",
        "观察期与结果窗口之间的月数。",
        unit="months",
        low=0,
        high=6,
    )
    outcome_months: int = setting(2, "Length of the outcome window.", "结果窗口的长度。", unit="months", low=1, high=12)
    observe_months: int = setting(
        3, "Months of history a snapshot should have.", "观察期月数。", unit="months", low=1, high=24
    )
