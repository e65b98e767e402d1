"""Settings of recommend-offers."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["RecommendOffersSettings"]


@dataclass(frozen=True)
class RuleSettings:
    """How rules of products are looked for."""

    rule_months: int = setting(
        3,
        "Months within which a product is taken up: rules are mined on so many months and tested on as many after.",
        "产品订购的观察月数：先用这么多个月挖掘规则，再用其后同样长的月份检验。",
        unit="months",
        low=1,
        high=12,
    )
    least_customers: int = setting(
        20,
        "Customers needed on either side of a rule.",
        "规则前项与后项各至少需要的客户数。",
        unit="customers",
        low=5,
        high=100_000,
    )
    false_share: float = setting(
        0.05,
        "Share of the rules found that may be chance.",
        "所发现规则中允许为偶然的比例（错误发现率）。",
        unit="share",
        low=0.0001,
        high=0.5,
    )
    most_products: int = setting(
        200,
        "Products that rules are looked for among: those most held.",
        "参与规则挖掘的产品数上限，取持有客户最多的产品。",
        unit="products",
        low=2,
        high=2_000,
    )
    most_held: int = setting(
        40,
        "Customers who hold more products than this are not looked at.",
        "持有产品数超过此值的客户不参与挖掘。",
        unit="products",
        low=2,
        high=1_000,
    )
    most_pairs: int = setting(
        2_000,
        "Pairs of products that rules may begin with: those most held together; 0 leaves pairs out.",
        "规则前项可用的产品对数上限，取同时持有客户最多者；0 表示不用产品对。",
        unit="pairs",
        low=0,
        high=20_000,
    )
    product_flags: str = setting(
        "",
        "Attributes of customers that say by yes or no whether a product is held, where no products were delivered.",
        "未提供产品表时，以是/否表示是否持有产品的客户属性，用逗号分隔。",
    )


@dataclass(frozen=True)
class RecommendOffersSettings(RuleSettings):
    """What to offer to whom."""

    tariffs: str = setting(
        "",
        "File of plans: monthly fee, what is included, prices beyond.",
        "套餐资费表文件：月费、套餐内包含量、套外单价。",
        shows=False,
    )
    plan_months: int = setting(
        6, "Last months by which plans are compared.", "比较套餐所用的最近月数。", unit="months", low=1, high=24
    )
    least_saving: float = setting(
        0.05,
        "Share of what a customer pays that another plan must save to be shown.",
        "换套餐至少为客户节省当前费用的这一比例，才予推荐。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    keeps_share: float = setting(
        0.3,
        "Share of customers who would leave that stay when moved to the plan that fits: assumed.",
        "本会离网的客户换到合适套餐后留下的比例（假定值）。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    horizon_months: int = setting(
        12,
        "Months that the fee of a product, or a saving on a plan, counts.",
        "产品月费或套餐节省额计入的月数。",
        unit="months",
        low=1,
        high=60,
    )
    idle_months: int = setting(
        3,
        "Months without use since it was taken that make a product or line unused.",
        "办理后连续多少个月没有使用即视为沉默产品。",
        unit="months",
        low=1,
        high=24,
    )
    offers_each: int = setting(
        3, "Recommendations for one customer at most.", "每位客户的推荐数上限。", unit="offers", low=1, high=20
    )
    no_upsell_risk: str = setting(
        "high",
        "Risk of leaving from which on a customer is offered nothing more to pay for.",
        "流失风险达到此等级的客户不再推荐增购。",
        choices=("high", "medium", "never"),
    )
