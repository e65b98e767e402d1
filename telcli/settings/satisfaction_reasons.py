"""Settings of score-satisfaction: what moves it, what is predicted, what follows, and loyalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telcli.settings.setting import setting

__all__ = ["SatisfactionReasons"]


def _words(theme: str, zh: str) -> Any:
    return setting(
        "",
        f"Words, by comma, that put an item or column under {theme}, before the built-in ones.",
        f"把题目或列归入“{zh}”主题的词，逗号分隔，先于内置词表。",
    )


def _weight(default: float, of: str, zh: str) -> Any:
    return setting(
        default, f"Weight in loyalty of {of}.", f"忠诚度中“{zh}”的权重。", unit="weight", low=0.0, high=100.0
    )


@dataclass(frozen=True)
class SatisfactionReasons:
    """Why, and what then."""

    service_words: str = _words("service", "服务")
    product_words: str = _words("product", "产品")
    price_words: str = _words("price", "价格")
    network_words: str = _words("network", "网络")
    claimed_order: str = setting(
        "service, product, price",
        "Order of themes that is put to the test, the most important first.",
        "待检验的主题重要性顺序，最重要者在前。",
    )
    predict: str = setting(
        "auto",
        "Satisfaction of customers who were not asked: auto, predicted where that beats the mean; never.",
        "未受访客户的满意度：auto 在优于均值时预测；never 不预测。",
        choices=("auto", "never"),
    )
    interval: float = setting(
        0.9,
        "Share of customers whose satisfaction lies within the interval of its prediction.",
        "预测区间应覆盖的客户比例。",
        unit="share",
        low=0.5,
        high=0.99,
    )
    learn_from: int = setting(
        20_000,
        "Customers that a prediction learns from at the most.",
        "预测模型学习的客户数上限。",
        unit="customers",
        low=100,
        high=1_000_000,
    )
    link_months: int = setting(
        3,
        "Months after the day asked in which leaving, revenue and complaints are looked at.",
        "受访后观察流失、收入与投诉的月数。",
        unit="months",
        low=1,
        high=24,
    )
    full_tenure: int = setting(
        60,
        "Months as a customer that count as full loyalty.",
        "在网满多少个月计满分。",
        unit="months",
        low=1,
        high=600,
    )
    full_contract: int = setting(
        24,
        "Months left of a contract that count as full.",
        "合约剩余满多少个月计满分。",
        unit="months",
        low=1,
        high=120,
    )
    full_bundle: int = setting(
        4,
        "Services and lines held together that count as full.",
        "同持多少项业务或号码计满分。",
        unit="count",
        low=2,
        high=50,
    )
    loyalty_known: float = setting(
        0.5,
        "Share of the weight of loyalty's parts that must be known of a customer for a loyalty to be told.",
        "客户的忠诚度各部分中已知权重达到此比例才给出忠诚度。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    tenure_weight: float = _weight(0.25, "time as a customer", "在网时长")
    contract_weight: float = _weight(0.15, "the contract", "合约")
    bundle_weight: float = _weight(0.2, "services held together", "融合深度")
    payments_weight: float = _weight(0.2, "paying on time", "按时缴费")
    renewals_weight: float = _weight(0.1, "staying after a contract", "续约")
    competitor_weight: float = _weight(0.1, "not calling competitors", "未联系竞争对手")
    recommend_weight: float = _weight(0.0, "what was said of recommending", "推荐意愿")
