"""Settings of campaigns."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["CampaignsSettings"]


@dataclass(frozen=True)
class CampaignsSettings:
    """How campaigns are looked at together."""

    quiet_days: int = setting(
        30,
        "Two contacts of a customer in fewer days than this are too near each other.",
        "同一客户两次触达间隔少于多少天视为过密。",
        unit="days",
        low=1,
        high=366,
    )
    watch_months: int = setting(
        3,
        "Months after a campaign's first contact in which what customers bring, and contacts of those held out, count.",
        "活动首次触达后统计客户贡献及对照组被触达情况的月数。",
        unit="months",
        low=1,
        high=24,
    )
    cohort_months: int = setting(
        12,
        "Months whose new customers tell what sales channels bring.",
        "评估入网渠道所用新客户的入网月数。",
        unit="months",
        low=1,
        high=60,
    )
    early_months: int = setting(
        6,
        "A new customer who leaves in fewer months than this left early.",
        "新客户入网不足多少个月即离网视为早期离网。",
        unit="months",
        low=1,
        high=24,
    )
    priorities: str = setting(
        "",
        "Campaigns by priority, the first before the others, with commas between them; the first to begin keeps "
        "customers in both where none is named.",
        "活动优先级，靠前者优先，逗号分隔；未列出时先开始的活动保留重叠客户。",
    )
    budgets: str = setting(
        "",
        "Budgets of campaigns, such as spring=50000, autumn=20000; of a plan, what its contacts were expected to cost "
        "where none is given.",
        "各活动预算，如 spring=50000, autumn=20000；未给出时挽留计划取其预期触达成本。",
        form="capacities",
    )
