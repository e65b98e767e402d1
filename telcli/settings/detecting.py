"""Settings of detect-fraud."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["DetectFraudSettings"]


@dataclass(frozen=True)
class FraudRateSettings:
    """What fraud costs: the rates that expected losses are made of, each an assumption of the operator."""

    bypass_rate: float = setting(
        0.25,
        "Lost on a minute of an international call that is brought in past the interconnect; an assumption.",
        "国际来话被绕过结算时每分钟的损失（假定值）。",
        unit="currency",
        low=0.0,
        high=1_000.0,
    )
    premium_rate: float = setting(
        6.0,
        "Paid out for a minute to a high-cost number; an assumption.",
        "拨打高额号码时每分钟对外支付的费用（假定值）。",
        unit="currency",
        low=0.0,
        high=1_000.0,
    )
    minute_rate: float = setting(
        0.15,
        "Price of a minute of other calls that nobody pays for; an assumption.",
        "其他通话无人付费时每分钟的价格（假定值）。",
        unit="currency",
        low=0.0,
        high=1_000.0,
    )
    gb_rate: float = setting(
        3.0,
        "Price of a GB of data that nobody pays for; an assumption.",
        "流量无人付费时每 GB 的价格（假定值）。",
        unit="currency",
        low=0.0,
        high=10_000.0,
    )
    call_back_share: float = setting(
        0.05,
        "Share of customers rung once who ring back; an assumption where no calls back are seen.",
        "被响一声的客户中回拨的比例（未见回拨记录时的假定值）。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    commission: float = setting(
        50.0,
        "Commission of an activation where subscriptions tell none; an assumption.",
        "号码资料未给出佣金时，每个入网号码的佣金（假定值）。",
        unit="currency",
        low=0.0,
        high=100_000.0,
    )
    horizon_days: int = setting(
        30,
        "Days for which fraud that is not stopped is expected to go on.",
        "欺诈若未被制止，预计还会持续的天数。",
        unit="days",
        low=0,
        high=365,
    )


@dataclass(frozen=True)
class DetectFraudSettings(FraudRateSettings):
    """Suspected fraud: rules, what is allowed, and what it costs."""

    use_rules: str = setting(
        "",
        "Rules whose cases are told, such as sim-box, irsf; all where none is named. The tables hold those of all.",
        "要列出其案例的规则，如 sim-box, irsf；留空表示全部。结果表始终包含所有规则的案例。",
    )
    allow: str = setting(
        "",
        "File of customers and lines that are known to be in order: test lines, call centres, exchanges.",
        "已知正常的客户与号码清单文件：测试号码、呼叫中心、集团总机等。",
        shows=False,
    )
    high_cost: str = setting(
        "",
        "Destinations of high cost, as calls tell them; where none is named, all calls abroad.",
        "高额目的地，写法同通话详单的目的地；留空表示所有国际通话。",
    )
    history_months: int = setting(
        2,
        "Months before the as-of month in which customers' usual use is seen.",
        "快照月份之前用于了解客户平常用量的月数。",
        unit="months",
        low=0,
        high=24,
    )
    least_loss: float = setting(
        0.0,
        "Cases with a smaller expected loss are not listed.",
        "预期损失低于此值的案例不列出。",
        unit="currency",
        low=0.0,
        high=1e9,
    )
