"""Settings of score-value: what margin is made of, and what a customer is worth."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.scoring import ScoreSettings
from telcli.settings.setting import setting


@dataclass(frozen=True)
class MarginSettings:
    """What is taken off revenue on the way to margin; every stage that speaks of margin goes by these."""

    margin_rate: float = setting(
        1.0,
        "Share of revenue left after costs that are not counted one by one; 1 takes nothing off.",
        "扣除未逐项计列的成本后剩余的收入比例；1 表示不扣。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    interconnect_rate: float = setting(
        0.0,
        "Paid to other operators for a minute of calls made to their customers.",
        "主叫异网客户每分钟的网间结算支出(被叫不计)。",
        unit="currency per minute",
        low=0.0,
    )
    content_share: float = setting(
        0.0,
        "Share of value-added charges that goes to content providers.",
        "增值业务收入中付给内容提供商的比例。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    cost_per_contact: float = setting(
        0.0, "Cost of serving one contact.", "每次客户接触的服务成本。", unit="currency", low=0.0
    )
    line_cost: float = setting(
        0.0, "Monthly cost of keeping one line.", "每个在网号码的月维持成本。", unit="currency", low=0.0
    )
    bad_debt_rate: float = setting(
        1.0,
        "Share of arrears of more than 90 days, and of what leavers owe, that is never paid.",
        "账龄超过90天的欠费及离网客户所欠费用中最终无法收回的比例。",
        unit="share",
        low=0.0,
        high=1.0,
    )


@dataclass(frozen=True)
class ScoreValueSettings(ScoreSettings, MarginSettings):
    """What a customer is worth."""

    horizon_months: int = setting(
        24, "Months ahead that count.", "价值计算的未来月数。", unit="months", low=1, high=120
    )
    discount_rate: float = setting(
        0.10, "Yearly discount rate.", "年折现率。", unit="share per year", low=0.0, high=1.0
    )
    subsidy_months: int = setting(
        24,
        "Months a device's subsidy is spread over where the contract's end is not known.",
        "合约到期日未知时终端补贴的摊销月数。",
        unit="months",
        low=1,
        high=60,
    )
    clawback_months: int = setting(
        0,
        "Commission is taken back where a line ends within so many months of being sold; 0 never.",
        "号码售出后多少个月内离网追回佣金；0 表示不追回。",
        unit="months",
        low=0,
        high=36,
    )
    payment_timing: str = setting(
        "end",
        "When in a month its money comes, for discounting.",
        "每月资金到账的时点，用于折现。",
        choices=("end", "middle", "start"),
    )
    tail: str = setting(
        "none",
        "Months beyond the horizon: none; endless, leaving as at the longest tenures; or fading, ever less likely to "
        "leave (shifted beta-geometric).",
        "超出计算期的月份：none 不计，endless 一直计入（按最长网龄的离网率），fading 一直计入且离网率递减（sBG模型）。",
        choices=("none", "endless", "fading"),
    )
    interval_level: float = setting(
        0.80,
        "Chance with which a customer's lifetime value lies between its low and its high end.",
        "客户生命周期价值落在上下限之间的概率。",
        unit="share",
        low=0.5,
        high=0.99,
    )
    recent_months: int = setting(
        0,
        "Last months whose plain mean is a customer's usual margin; 0 weighs 12 as foretold best, plan fees apart.",
        "以最近几个月的平均值作为客户常态月毛利；0 表示取 12 个月，权重按预测效果自动选定，套餐费按现行标准计。",
        unit="months",
        low=0,
        high=12,
    )
    spike_limit: float = setting(
        3.0,
        "Most usual margins that an odd month counts from the median, where that foretold best; 0 sets no limit.",
        "异常月份偏离中位数的上限，为常态月毛利的倍数，仅在预测效果更好时采用；0 表示不限。",
        unit="x the usual margin",
        low=0.0,
        high=100.0,
    )
    min_at_risk: int = setting(
        200,
        "Customer-months a tenure needs before its own chance of leaving is believed.",
        "某网龄至少有这么多客户月，才单独估计其离网风险。",
        unit="customer-months",
        low=1,
    )
    label_months: int = setting(
        0,
        "Months that the label of a flat table looks at; 0 when tenure is the whole stay of those who left.",
        "单表流失标签覆盖的月数；0 表示流失客户的网龄即其完整在网时长。",
        unit="months",
        low=0,
        high=24,
    )
    stratify: str = setting(
        "auto",
        "Separate survival curves for prepaid and postpaid where there are leavers enough, or one for all.",
        "离网样本足够时，预付费与后付费分别估计留存曲线；或全体共用一条。",
        choices=("auto", "none"),
    )
    leaving_signs: str = setting(
        "auto",
        "Complaints, arrears, faults, falling use ... tell who leaves, where months held back show that they do; or "
        "tenure alone.",
        "投诉、欠费、故障、使用下降等征兆在保留月份中预测更准时，用于估计离网；或仅用网龄。",
        choices=("auto", "none"),
    )
    platinum_share: float = setting(
        0.05, "Share of customers in the platinum tier.", "铂金级客户占比。", unit="share", low=0.0, high=1.0
    )
    gold_share: float = setting(
        0.15, "Share of customers in the gold tier.", "黄金级客户占比。", unit="share", low=0.0, high=1.0
    )
    silver_share: float = setting(
        0.30,
        "Share of customers in the silver tier; the rest is bronze.",
        "白银级客户占比，其余为青铜级。",
        unit="share",
        low=0.0,
        high=1.0,
    )
