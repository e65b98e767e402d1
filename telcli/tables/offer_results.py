"""Result tables of recommend-offers: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["APART", "CONTRACTS", "FITS", "KINDS", "MEASURES", "PURPOSES", "USES"]

KINDS = ("rule", "plan-fit", "cold-use")
PURPOSES = ("up-sell", "retention", "activation")
APART = ("base", "in-plan", "same-day", "bundle")
FITS = ("over-bundle", "tight", "fits", "unused")
MEASURES = ("stay", "retain", "wait", "unknown")
USES = ("any", "voice", "text", "data", "roaming")


class OfferRecommendations(dy.Schema):
    """What to offer to a customer, the best first."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    product_id = c.text("Product or plan; of a line that is not used its kind of service", "产品/套餐", key=True)
    kind = c.text(
        "rule: who holds what she holds takes it; plan-fit: by her use; cold-use: held and not used",
        "推荐依据：rule 关联规则、plan-fit 资费适配、cold-use 沉默激活",
        key=True,
        one_of=KINDS,
    )
    rank = c.integer("Place among those of the customer, 1 the best", "推荐顺序", need=True, low=1)
    purpose = c.text("More to sell, a customer to keep, or use to begin", "目的", need=True, one_of=PURPOSES)
    score = c.money(
        "Chance times margin; of a plan its expected margin", "推荐得分(概率×毛利；套餐为预期毛利)", need=True
    )
    chance = c.share("Chance that it comes to that", "概率", need=True)
    expected_margin = c.money(
        "Margin if it does, over horizon_months; of a plan what moving is expected to bring in all",
        "预期毛利",
        need=True,
    )
    monthly_fee = c.money("Monthly fee", "月费", low=0.0)
    rule = c.integer("Rule it rests on, as in offer_rules", "所依据规则", low=1)
    why = c.text("Why", "推荐理由(英文)", need=True)
    why_zh = c.text("Why, in Chinese", "推荐理由", need=True)


class OfferRules(dy.Schema):
    """Rules of products: who holds the first takes the other."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    rule = c.integer("Rule, from 1, the surest first", "规则编号", key=True, low=1)
    in_time = c.flag(
        "Held first and taken later; else held at once, which says nothing of what comes next", "按时间先后", need=True
    )
    first = c.text("Product held", "前项产品", need=True)
    second = c.text("Second product held, where the rule has two", "前项第二产品")
    product_id = c.text("Product taken", "后项产品", need=True)
    customers = c.integer("Customers who could take it", "可订购客户数", "customers", need=True, low=0)
    holders = c.integer("Of them, held what the rule begins with", "持有前项的客户数", "customers", need=True, low=0)
    takers = c.integer("Of all, took it", "订购后项的客户数", "customers", need=True, low=0)
    both = c.integer("Held the one and took the other", "持有前项且订购后项的客户数", "customers", need=True, low=0)
    support = c.share("Share of customers who did both", "支持度", need=True)
    confidence = c.share("Share of holders who took it", "置信度", need=True)
    lift = c.number("Over the share of all who took it", "提升度", "x the mean", low=0.0, need=True)
    leverage = c.number("Support beyond what chance gives", "杠杆率", "share", need=True)
    conviction = c.number(
        "How often chance would be wrong for once that the rule is; null: never", "确信度", "x", low=0.0
    )
    zhang = c.number("Zhang's metric, -1..1", "张氏度量", need=True, unit="-1..1", low=-1.0, high=1.0)
    p = c.share("Chance of as many by chance", "p值", need=True)
    q = c.share("The same among all rules tested (Benjamini and Hochberg)", "q值(错误发现率)", need=True)
    next_holders = c.integer("Holders in the months after", "检验期持有客户数", "customers", low=0)
    next_both = c.integer("Of them, took it", "检验期订购客户数", "customers", low=0)
    next_confidence = c.share("Share of them who took it", "检验期置信度")
    next_lift = c.number("Lift in the months after", "检验期提升度", "x the mean", low=0.0)
    next_lift_low = c.number("Lower end of its 95% interval", "检验期提升度下限", "x the mean", low=0.0)
    next_lift_high = c.number("Upper end", "检验期提升度上限", "x the mean", low=0.0)
    stands = c.flag("Stands in the months after, and so is used", "检验通过并采用", need=True)


class OfferExclusions(dy.Schema):
    """Products that no rule is asked about, since they are sold together."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    row = c.integer("Row, from 1", "序号", key=True, low=1)
    product_id = c.text("Product", "产品", need=True)
    other = c.text("The other product; empty: all", "另一产品")
    why = c.text(
        "Nearly everybody holds it; plans bring it along; taken on one day; held in one package",
        "排除原因：base 人人持有、in-plan 套餐自带、same-day 同日订购、bundle 同一融合",
        need=True,
        one_of=APART,
    )
    share = c.share("Share of holders it is so of", "占比", need=True)
    holders = c.integer("Customers who hold it, or both", "持有客户数", "customers", need=True, low=0)


class PlanFitRows(dy.Schema):
    """How the plan of a customer fits her use, and which plan on sale would have cost her least."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    plan_id = c.text("Plan", "当前套餐", need=True)
    best_plan = c.text("Plan on sale that would have cost least", "最省套餐", need=True)
    months = c.integer("Months compared", "比较月数", "months", need=True, low=1)
    exact_months = c.integer("Of them, told call by call", "逐单精确计费月数", "months", need=True, low=0)
    cost = c.money("Cost a month on the plan", "当前套餐月均费用", need=True)
    cost_low = c.money("The least that rounding of calls can make of it", "月均费用下限(取整)", need=True)
    cost_high = c.money(
        "The most; null where the number of calls is not told", "月均费用上限(取整；通话次数未知时为空)"
    )
    best_cost = c.money("Cost a month on the best plan", "最省套餐月均费用", need=True)
    saving = c.money("Saved a month", "月均节省", need=True)
    saving_low = c.money("Lower end of its 95% interval over the months; null of fewer than 3", "月均节省下限")
    saving_high = c.money("Upper end", "月均节省上限")
    months_cheaper = c.integer("Months in which the best plan was cheaper", "更省的月数", "months", need=True, low=0)
    fee = c.money("Monthly fee of the plan", "当前套餐月费", need=True)
    best_fee = c.money("Monthly fee of the best plan", "最省套餐月费", need=True)
    over_bundle = c.money("Charged beyond the bundle a month", "月均套外费用", need=True)
    over_months = c.integer("Months with charges beyond the bundle", "超套月数", "months", need=True, low=0)
    voice_saturation = c.count("Minutes used of those included", "语音饱和度", "share")
    text_saturation = c.count("Texts of those included", "短信饱和度", "share")
    data_saturation = c.count("Data of that included", "流量饱和度", "share")
    fit = c.text(
        "Charged beyond the bundle in half of the months; nearly full; neither; hardly used",
        "适配情况：over-bundle 经常超套、tight 接近用满、fits 合适、unused 用量很低",
        need=True,
        one_of=FITS,
    )
    revenue_change = c.money(
        "What moving would change in revenue a month, use unchanged", "换套餐后月收入变化", need=True
    )
    churn_probability = c.share("Chance of leaving", "流失概率")
    worth = c.money("Lost if the customer leaves", "客户留存价值")
    break_even = c.share(
        "Share of such customers that moving must keep, to pay for itself; null: cannot", "盈亏平衡所需挽回比例"
    )
    expected_margin = c.money("Expected of moving her, over horizon_months", "换套餐预期毛利")
    measure = c.text(
        "stay: no other plan is cheaper; retain: moving pays as retention; wait: it costs more than it keeps; unknown: "
        "no chance of leaving is known",
        "建议：stay 维持、retain 作为挽留换套餐、wait 暂不主动推荐、unknown 流失概率未知",
        need=True,
        one_of=MEASURES,
    )


class PlanMonths(dy.Schema):
    """What each month cost on the plan of now and on the best one."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    month = c.month("Month of use", "用量月份", key=True)
    exact = c.flag("Told call by call; else by the month's total", "逐单精确", need=True)
    cost = c.money("Cost on the plan", "当前套餐费用", need=True)
    best_cost = c.money("Cost on the best plan", "最省套餐费用", need=True)
    voice = c.money("Charged for calls beyond the bundle", "套外语音费", need=True)
    text = c.money("For texts", "套外短信费", need=True)
    data = c.money("For data", "套外流量费", need=True)


class UnusedProducts(dy.Schema):
    """Products and lines that have not been used since they were taken."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    subscription_id = c.text("Line", "用户编号", key=True)
    product_id = c.text("Product; of the line itself its kind of service", "产品(号码本身为业务类型)", key=True)
    line = c.flag("It is the line itself", "是否为号码本身", need=True)
    started_on = c.day("Day it was taken", "订购/开户时间")
    months = c.integer("Months without use that are known", "已知未使用月数", "months", need=True, low=1)
    use = c.text("Use that was looked for", "所看用量", need=True, one_of=USES)
    monthly_fee = c.money("Monthly fee", "月费", low=0.0)
    place = c.integer("Whom to help first, 1 the first", "激活优先顺序", need=True, low=1)
    why = c.text("Why", "说明(英文)", need=True)
    why_zh = c.text("Why, in Chinese", "说明", need=True)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("offer_recommendations", OfferRecommendations, "What to offer to whom", "产品推荐"),
        _result("offer_rules", OfferRules, "Which products lead to which", "产品关联规则"),
        _result("offer_exclusions", OfferExclusions, "Products sold together, left out of rules", "捆绑产品排除表"),
        _result("plan_fit", PlanFitRows, "How plans fit use, and what others would have cost", "套餐适配"),
        _result("plan_months", PlanMonths, "What plans cost month by month", "套餐月度费用"),
        _result("unused_products", UnusedProducts, "Products and lines never used", "沉默产品"),
    )
}
