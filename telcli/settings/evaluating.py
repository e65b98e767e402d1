"""Settings of evaluate-retention."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["EvaluateRetentionSettings"]


@dataclass(frozen=True)
class EvaluateRetentionSettings:
    """What contacting customers changed, and how surely."""

    past_trials: str = setting(
        "on",
        "Whether campaigns of the subject table, with arms, are evaluated beside telcli's own plans.",
        "除 telcli 的计划外，是否也评估 campaigns 表中带实验组与对照组的历史活动。",
        choices=("on", "off"),
    )
    least_uplift: float = setting(
        0.02,
        "Smallest gain in the share that stays that is worth knowing of: how many customers it takes is reckoned for "
        "it, where less was seen.",
        "值得识别的最小留网率增益；观测值更小时，按它计算所需客户数。",
        unit="share",
        low=0.001,
        high=0.5,
    )
    power: float = setting(
        0.8,
        "Chance with which a gain is to be found, for how many customers more it takes.",
        "计算所需客户数时采用的检验功效。",
        unit="share",
        low=0.5,
        high=0.99,
    )
    cuped: str = setting(
        "on",
        "Whether what each customer was expected to keep narrows the interval of money saved (CUPED).",
        "是否用事前的预期保有价值收窄保有价值的区间（CUPED）。",
        choices=("on", "off"),
    )
    most_contaminated: float = setting(
        0.05,
        "Share of customers held out that may be contacted all the same before that is a warning.",
        "对照组被联系的比例超过多少即告警。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    draws: int = setting(200, "Resamples for the bands of the curves.", "曲线区间的重抽样次数。", low=40, high=5000)
    model_customers: int = setting(
        400,
        "Customers of evaluated campaigns, each arm a tenth of them, from which on an uplift model is trained; "
        "0 for never.",
        "已评估客户达到多少（每组至少为其十分之一）才训练增益模型；0 表示不训练。",
        unit="customers",
        low=0,
    )
    model_rows: int = setting(
        50_000,
        "Customers that the uplift model learns from at most, drawn by lot; all are judged by it.",
        "训练增益模型的客户数上限，超出时随机抽取；评判仍覆盖全部客户。",
        unit="rows",
        low=1000,
    )
