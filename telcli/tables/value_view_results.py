"""Result tables of score-value that look at value from several sides: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.results import VALUE_TIERS
from telcli.tables.worth import FAR_ABOVE

__all__ = ["CONTRACTS", "HELD_KINDS", "INDEX_KINDS", "PRODUCT_COUNTED", "TIER_MEASURES", "TOP_HELD"]

PRODUCT_COUNTED = ("counted", "in-plan-fees", "no-fee")
INDEX_KINDS = ("value-tier", "own-star", "customer-class", "pay-mode", "star-level", "segment", "lifecycle-stage")
HELD_KINDS = ("plan", "service", "product")
TOP_HELD = ("only", "mostly", "more", "no")
TIER_MEASURES = (
    *("plans_held", "services_held", "products_held"),
    *("off_net_share", "competitor_contacts", "voice_saturation", "data_saturation"),
    *("minutes_change", "data_change", "bill_change"),
    *("competitor_called", "bundle_idle", "use_falls", "second_sim", "signs"),
)
"""What value_tier_facts tells of each tier; of what is true or not the mean is the share of customers it is true of."""


class ValueProducts(dy.Schema):
    """How each product is taken up and given up by customers alike, and what that will bring within the horizon."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    product_id = c.text("Product", "产品编码", key=True)
    holders = c.integer("Customers valued who hold it", "持有客户数", "customers", need=True, low=0)
    eligible = c.integer("Who could take it and do not hold it", "可订未订客户数", "customers", need=True, low=0)
    customer_months = c.integer(
        "Months of those who could take it up, of the last 12", "可订客户月数", "customer-months", need=True, low=0
    )
    taken = c.integer("Times it was taken up", "订购次数", "times", need=True, low=0)
    take_up = c.share("Taken up a month, of those who could", "月订购率")
    take_up_used = c.share("The same, kinds of customer pulled together: what is expected", "采用的月订购率")
    holder_months = c.integer("Months of holders", "持有客户月数", "customer-months", need=True, low=0)
    given_up = c.integer("Times it was given up by who stayed", "退订次数", "times", need=True, low=0)
    give_up = c.share("Given up a month, of holders", "月退订率")
    give_up_used = c.share("The same, kinds of customer pulled together", "采用的月退订率")
    monthly_fee = c.money("Monthly fee per holder", "户均月费")
    margin_a_month = c.money("What is left of it", "户均月毛利")
    in_plan_fee = c.share("Share of its steps in which plan fees moved by the same", "套餐费同额变动占比")
    counted = c.text(
        "Whether it counts in incremental value: not where plan fees hold its fee, or no fee is known",
        "是否计入：counted 计入、in-plan-fees 已含在套餐费内、no-fee 无月费",
        need=True,
        one_of=PRODUCT_COUNTED,
    )
    expected_margin = c.money(
        "Expected of who does not hold it, within the horizon", "预期新增毛利", low=0.0, need=True
    )
    expected_loss = c.money("Expected to be lost of holders; not above 0", "预期退订损失(负)", need=True)


class ValueDeciles(dy.Schema):
    """Customers in tenths by current value, the best first; shares are of the net total, losses taken off."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    decile = c.integer("Tenth by current value, 1 the highest", "当前价值十分位", key=True, low=1, high=10)
    customers = c.integer("Customers", "客户数", "customers", need=True, low=1)
    revenue = c.money("Revenue of the last 12 months", "近12个月收入", need=True)
    margin = c.money("Current value of all of them", "当前价值合计", need=True)
    margin_per_customer = c.money("The same per customer", "户均当前价值", need=True)
    margin_share = c.number("Over the net total; null where that is not above nothing", "价值占比", "x the whole")
    cumulative_share = c.number("Of this tenth and those above", "累计价值占比", "x the whole")
    value_index = c.number("Mean over the mean of all", "价值指数", "x the mean")
    lowest = c.money("Least current value in it", "最低当前价值", need=True)
    loss_makers = c.integer("Customers below nothing", "亏损客户数", "customers", need=True, low=0)
    lifetime_value = c.money("Lifetime value of all of them", "生命周期价值合计", need=True)


class ValueCurve(dy.Schema):
    """The whale curve (the best customers first) and the Lorenz curve (the worst first) of current value."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    point = c.integer("Point, per cent of customers", "客户百分位", "per cent", key=True, low=0, high=100)
    customer_share = c.share("Share of customers", "客户占比", need=True)
    whale_margin = c.money("What the best of them add up to", "最优客户累计价值(鲸鱼曲线)", need=True)
    whale_share = c.number("Over the net total; above 1 where others lose money", "鲸鱼曲线累计占比", "x the whole")
    lorenz_share = c.number("Of the worst of them; below 0 where they lose money", "洛伦兹曲线累计占比", "x the whole")


class ValueIndex(dy.Schema):
    """What a customer of each group brings over what one of all brings, and which groups stand far above."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("Grouping", "分组方式", key=True, one_of=INDEX_KINDS)
    group = c.text("Group", "分组", key=True)
    customers = c.integer("Customers", "客户数", "customers", need=True, low=1)
    customer_share = c.share("Share of customers", "客户占比", need=True)
    revenue = c.money("Revenue of the last 12 months", "近12个月收入", need=True)
    margin = c.money("Current value of all of them", "当前价值合计", need=True)
    revenue_index = c.number("Mean revenue over that of all", "收入指数", "x the mean")
    margin_index = c.number("Mean current value over that of all", "价值指数", "x the mean")
    expected_months = c.number("Mean of expected_months of value_scores", "平均预期在网月数", "months", low=0.0)
    far_above = c.flag(
        f"Whether one of the two is {FAR_ABOVE:g} or more", f"是否达到总体平均的{FAR_ABOVE:g}倍", need=True
    )


class ValueTopHeld(dy.Schema):
    """Plans, kinds of service and products, and how many of their holders are of the best tier."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("Plan, kind of service or product", "类别", key=True, one_of=HELD_KINDS)
    item = c.text("Its code", "编码", key=True)
    value_tier = c.text("The best tier that has customers", "最高价值等级", need=True, one_of=VALUE_TIERS)
    customers = c.integer("Customers who hold it", "持有客户数", "customers", need=True, low=1)
    in_tier = c.integer("Of them in that tier", "其中最高等级客户数", "customers", need=True, low=0)
    share_of_holders = c.share("Share of its holders", "占持有客户比例", need=True)
    tier_share = c.share("Share of all customers who are in that tier", "最高等级客户占比", need=True)
    share_index = c.number("The one over the other", "占比指数", "x the share of all", need=True, low=0.0)
    chance = c.share("Chance that as many were of it if tiers were dealt blindly", "随机概率", need=True)
    chance_of_all = c.share("The same, all items of the kind being looked at (Holm)", "校正后随机概率", need=True)
    held_by_tier = c.text(
        "Whether that tier alone holds it, mostly, or more than others, by more than chance (5%)",
        "最高等级持有情况：only 独有、mostly 过半、more 偏多、no 无显著差异",
        need=True,
        one_of=TOP_HELD,
    )


class ValueWallet(dy.Schema):
    """What tells of money spent with other operators, of each customer valued; null where it is not known."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    off_net_share = c.share("Minutes of calls with other operators' customers, of 3 months", "异网通话时长占比")
    competitor_contacts = c.count("Calls and texts to competitors' service numbers in 3 months", "拨打竞争对手客服次数")
    voice_saturation = c.count("Mean share of the bundle's minutes used, of 3 months", "语音饱和度", "share")
    data_saturation = c.count("Mean share of the bundle's data used, of 3 months", "流量饱和度", "share")
    minutes_change = c.number("Minutes of calls: 3 months on the 3 before", "通话分钟变化", "ratio - 1")
    data_change = c.number("Data: 3 months on the 3 before", "流量变化", "ratio - 1")
    bill_change = c.number("Revenue: 3 months on the 3 before", "账单变化", "ratio - 1")
    competitor_called = c.flag("Called a competitor's service number", "拨打过竞争对手客服")
    bundle_idle = c.flag("Less than a fifth of the bundle is used", "套餐闲置(使用不足20%)")
    use_falls = c.flag("Use fell by 30% or more, the bill the same within 10%", "使用量下降而账单不变")
    second_sim = c.flag("Has a second SIM, as a column of the extract's own says", "双卡(异网卡)标识")
    signs = c.integer("How many of the four are true; null where none is known", "外流迹象数", "signs", low=0, high=4)
    signs_known = c.integer("How many are known", "已知迹象数", "signs", need=True, low=0, high=4)


class ValueTierFacts(dy.Schema):
    """What customers of each tier hold, and what tells of money they spend elsewhere: what is known of any of them."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    value_tier = c.text("Tier", "价值等级", key=True, one_of=VALUE_TIERS)
    measure = c.text("What is told", "指标", key=True, one_of=TIER_MEASURES)
    customers = c.integer("Customers in the tier", "客户数", "customers", need=True, low=1)
    known = c.integer("Of whom it is known", "已知客户数", "customers", need=True, low=0)
    mean = c.number("Mean; of what is true or not, the share it is true of", "均值", "as the measure")
    median = c.number("Median", "中位数", "as the measure")
    distinct_items = c.integer("Different plans, services or products held in the tier", "不同项数", "items", low=1)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("value_products", ValueProducts, "How products are taken up, and what it brings", "产品订购预期"),
        _result("value_deciles", ValueDeciles, "Tenths by current value", "当前价值十分位"),
        _result("value_curve", ValueCurve, "Whale curve and Lorenz curve", "鲸鱼曲线与洛伦兹曲线"),
        _result("value_index", ValueIndex, "Groups over the mean of all", "分组价值指数"),
        _result("value_top_held", ValueTopHeld, "What the best tier alone holds", "最高等级独有产品"),
        _result("value_wallet", ValueWallet, "What tells of money spent elsewhere", "钱包份额线索"),
        _result(
            "value_tier_facts", ValueTierFacts, "What each tier holds and leaves elsewhere", "各等级持有与钱包线索"
        ),
    )
}
