"""Settings of plan-retention."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting
from telcli.settings.tasking import TaskSettings

__all__ = ["PlanRetentionSettings"]


@dataclass(frozen=True)
class GridSettings:
    """How customers are put in cells of value and risk."""

    grid: int = setting(3, "Bands of value and of risk: 2 or 3.", "价值与风险各分几档：2 或 3。", low=2, high=3)
    value_by: str = setting(
        "tier",
        "Bands of value by the tier of score-value, or by quantiles of what is lost if a customer leaves.",
        "价值分档依据：score-value 的价值等级，或按流失损失的分位数。",
        choices=("tier", "quantile"),
    )
    high_value_share: float = setting(
        0.2,
        "Share of customers of high value, where quantiles make the bands.",
        "按分位数分档时高价值客户的占比。",
        unit="share",
        low=0.01,
        high=0.9,
    )
    mid_value_share: float = setting(
        0.3,
        "Share of customers of mid value, where quantiles make the bands of a grid of 3.",
        "按分位数分为三档时中价值客户的占比。",
        unit="share",
        low=0.01,
        high=0.9,
    )
    potential_share: float = setting(
        0.2,
        "Share of customers, by incremental value, who have potential.",
        "按增量价值排名前多少占比的客户视为有潜力。",
        unit="share",
        low=0.0,
        high=0.9,
    )


@dataclass(frozen=True)
class LimitSettings(GridSettings):
    """What there is to spend, and how often one customer may be contacted."""

    budget: str = setting(
        "",
        "What the contacts may be expected to cost in all; empty sets no limit.",
        "触达的预期总成本上限；留空表示不限。",
        unit="currency",
        form="amount",
    )
    channel_capacity: str = setting(
        "",
        "Contacts that a channel can make, such as outbound=500, sms=10000; one not named has no limit.",
        "各渠道可承担的触达数，如 outbound=500, sms=10000；未列出的渠道不限。",
        form="capacities",
    )
    manager_capacity: int = setting(
        0,
        "Customers that one account manager can contact; 0 sets no limit.",
        "每位客户经理可触达的客户数；0 表示不限。",
        unit="customers",
        low=0,
    )
    frequency_cap: int = setting(
        2,
        "Contacts by campaigns that one customer has in frequency_days at most; 0 sets no limit.",
        "同一客户在 frequency_days 天内被营销触达的次数上限；0 表示不限。",
        unit="contacts",
        low=0,
    )
    frequency_days: int = setting(
        90, "Days over which contacts are counted.", "统计触达次数的天数。", unit="days", low=1, high=731
    )
    quiet_days: int = setting(
        30,
        "Days after a contact in which a customer is left alone.",
        "一次触达后多少天内不再触达。",
        unit="days",
        low=0,
        high=366,
    )
    suppress: str = setting(
        "",
        "File of customers who are not to be contacted: a customer_id to a line.",
        "免打扰名单文件：每行一个 customer_id。",
    )
    complaint_days: int = setting(
        0,
        "Days after a complaint in which a customer is left alone.",
        "客户投诉后多少天内不触达。",
        unit="days",
        low=0,
        high=366,
    )
    refusal_columns: str = setting(
        "",
        "Attributes of customers who are not to be contacted, by comma; those of a usual name where this is empty.",
        "标明客户拒绝触达的属性列，逗号分隔；留空时按常用列名识别。",
    )
    rest: str = setting(
        "on",
        "Whether customers of an earlier plan, contacted or held out, are left alone until its outcome window is over.",
        "往期计划的触达组与对照组客户在其结果窗口结束前是否均不再触达。",
        choices=("on", "off"),
    )
    automatic_channels: str = setting(
        "sms, app, email, online, post",
        "Channels that take none of an account manager's time, by comma.",
        "不占用客户经理时间的渠道，逗号分隔。",
    )


@dataclass(frozen=True)
class PlanRetentionSettings(LimitSettings, TaskSettings):
    """Whom to contact with which offer, and whom to hold out."""

    holdout: float = setting(
        0.10,
        "Share of the chosen customers who are held out at random in each cell and offer, to measure by.",
        "每格每种优惠的入选客户中随机留作对照组的占比。",
        unit="share",
        low=0.0,
        high=0.5,
    )
    holdout_most: float = setting(
        0.20,
        "Share held out in a cell where that many show the expected gain and fewer do not.",
        "如需更多对照客户方能识别预期增益，该格对照组占比的上限。",
        unit="share",
        low=0.0,
        high=0.5,
    )
    alpha: float = setting(
        0.05,
        "Chance of taking for a gain what is none, two-sided.",
        "显著性水平（双侧）。",
        unit="share",
        low=0.001,
        high=0.5,
    )
    power: float = setting(
        0.8,
        "Chance with which an expected gain should be seen.",
        "识别预期增益的检验功效。",
        unit="share",
        low=0.5,
        high=0.99,
    )
    evidence: str = setting(
        "auto",
        "Whether gains go by what trials of the past tell, or by what is assumed of offers alone.",
        "增益是否依据以往试验；off 表示只按假定。",
        choices=("auto", "off"),
    )
    assumed_error: float = setting(
        0.1,
        "How far off an assumed gain may be, as a standard error; trials weigh against it by their own.",
        "假定增益的标准误；试验结果按各自标准误与之加权。",
        unit="share",
        low=0.001,
        high=1.0,
    )
    take: float = setting(
        1.0,
        "Share of customers who would have stayed anyway and take the offer; offers may tell their own.",
        "本会留网的客户中接受优惠的比例；各优惠可另行设定。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    off_theme: float = setting(
        0.5,
        "Share of its acceptance that an offer has with customers whose first reason for leaving it does not answer.",
        "优惠不针对客户首要流失原因时，接受率折算的比例。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    least_value: float = setting(
        1.0,
        "Expected net value above which a customer is worth contacting.",
        "预期净收益高于此值方值得触达。",
        unit="currency",
        low=0.0,
    )
