"""Result tables of score-value beside what each customer is worth: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "COUNTED", "CURVE_KINDS", "MARGIN_PARTS", "OFFER_KINDS"]

_EATEN = ("other", "interconnect", "content", "commission", "subsidy", "contacts", "lines", "campaigns", "bad_debt")
MARGIN_PARTS = ("revenue", *_EATEN, "margin")
OFFER_KINDS = ("sales-channel", "plan", "product")
CURVE_KINDS = ("pay-mode", "segment")
COUNTED = ("set", "data", "not-set", "no-data")


class ValueParts(dy.Schema):
    """What each customer's revenue of the last 12 months was eaten by; revenue less all parts is margin."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    revenue = c.money("Revenue of the last 12 months", "近12个月收入", need=True)
    other = c.money("Costs not counted one by one: what margin_rate takes off", "其他成本(按毛利率)", need=True)
    interconnect = c.money("Paid to other operators for calls", "网间结算支出", need=True)
    content = c.money("Paid to content providers", "内容/增值分成", need=True)
    commission = c.money("Commissions of lines sold, less those taken back", "佣金(扣除追回)", need=True)
    subsidy = c.money("Subsidies of devices, spread over contracts", "终端补贴摊销", need=True)
    contacts = c.money("Cost of contacts", "客服接触成本", need=True)
    lines = c.money("Cost of keeping lines", "号码维持成本", need=True)
    campaigns = c.money("Cost of campaigns", "营销成本", need=True)
    bad_debt = c.money("Bad debt; negative where old debts were collected", "坏账(收回为负)", need=True)
    margin = c.money("What is left: current value", "毛利(当前价值)", need=True)


class ValueMargin(dy.Schema):
    """From revenue to margin, over all customers valued: a row per part, with why it is counted or not."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    part = c.text("Part of margin", "毛利构成", key=True, one_of=MARGIN_PARTS)
    amount = c.money("In the last 12 months, over all customers valued", "近12个月金额", need=True)
    revenue_share = c.number("Over revenue", "占收入比", "x revenue")
    customers = c.integer("Customers it is not nil for", "涉及客户数", "customers", need=True, low=0)
    amount_left = c.money(
        "The same of those who left in these months, not in it", "近12个月离网客户的金额(另计)", need=True
    )
    customers_left = c.integer("Customers who left it is not nil for", "涉及离网客户数", "customers", need=True, low=0)
    counted = c.text(
        "Why it counts or not: a rate is set, the data tell it in money, no rate is set, or the data do not tell of it",
        "计入依据：set 已设费率、data 数据中已有金额、not-set 未设费率、no-data 数据缺失",
        need=True,
        one_of=COUNTED,
    )


class ValueGrowth(dy.Schema):
    """How plan fees stepped from month to month, by kind of customer, of all who were there at both ends of a step."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    pay_mode = c.text("Way of paying", "付费方式", key=True)
    tenure_band = c.text("Time since joining", "网龄段", key=True)
    fee_band = c.text("Level of plan fees", "月租档", key=True)
    fee_from = c.money("Fees the level begins at", "月租档下限", need=True)
    customer_months = c.integer("Steps seen", "观察客户月数", "customer-months", need=True, low=1)
    up_share = c.share("Share of months with a step upwards", "升档比例", need=True)
    mean_up = c.money("Steps upwards per month, odd ones pulled in", "月均升档金额", need=True)
    up_used = c.money("Pulled towards all kinds: incremental value rests on it", "采用的月均升档金额", need=True)
    down_share = c.share("Share of months with a step downwards", "降档比例", need=True)
    mean_down = c.money("Steps downwards per month, odd ones pulled in", "月均降档金额", need=True)
    down_used = c.money("Pulled towards all kinds: retention value rests on it", "采用的月均降档金额", need=True)


class SurvivalGroups(dy.Schema):
    """The share of customers still here by tenure, for each way of paying and segment that has leavers enough."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text(
        "Way of paying, or segment in an earlier month, whose months since then count",
        "分组方式：pay-mode 付费方式；segment 较早月份所属分群(仅计其后各月)",
        key=True,
        one_of=CURVE_KINDS,
    )
    group = c.text("Which of them", "组名", key=True)
    tenure_month = c.integer("Months since the month of joining", "网龄月", "months", key=True, low=0)
    at_risk = c.number("Customer-months seen at this tenure", "在险客户月数", "customer-months", low=0.0, need=True)
    left = c.number("Customers who left at this tenure", "离网客户数", "customers", low=0.0, need=True)
    hazard = c.share("Chance of leaving in that month, thin tenures pooled", "离网风险", need=True)
    survival = c.share("Share still here after that month", "留存率", need=True)
    survival_low = c.share("Low end of its 95% interval; null beyond the tenures seen", "留存率95%区间下限")
    survival_high = c.share("High end", "留存率95%区间上限")


class SurvivalEffects(dy.Schema):
    """Signs of leaving: by how much they change the odds of leaving in the months after, as long as they tell."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    sign = c.text("Sign", "离网征兆", key=True)
    level = c.text("Its level, against the usual one", "程度(与常态相比)", key=True)
    month_from = c.integer("Months after it was seen, from", "出现后第几个月起", "months", key=True, low=1)
    month_to = c.integer("To", "至第几个月", "months", need=True, low=1)
    at_risk = c.integer("Customer-months with it", "带该征兆的客户月数", "customer-months", need=True, low=0)
    left = c.integer("Leavings among them", "其中离网数", "customers", need=True, low=0)
    odds_ratio = c.number("Odds of leaving, over those without it", "离网优势比", "x", need=True, low=0.0)
    odds_low = c.number("Low end of its 95% interval", "优势比95%区间下限", "x", need=True, low=0.0)
    odds_high = c.number("High end", "优势比95%区间上限", "x", need=True, low=0.0)


class ValueOffers(dy.Schema):
    """What was sold and who sold it: the margin of those who hold it, and how many ended early."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("Sales channel, plan or product", "类别", key=True, one_of=OFFER_KINDS)
    item = c.text("Its code", "编码", key=True)
    customers = c.integer(
        "Customers who hold it, or an ended line of which cost something", "客户数", "customers", need=True, low=0
    )
    lines = c.integer("Live lines", "在网号码数", "lines", need=True, low=0)
    margin = c.money(
        "Part of 12 months' margin: parted among live lines, a line's own sales costs being its own",
        "近12个月毛利(销售成本归本号码，其余按在网号码均分)",
        need=True,
    )
    margin_per_customer = c.money("The same per customer", "户均毛利")
    margin_share = c.number("Over the margin of all", "毛利占比", "x the whole")
    loss_maker_share = c.share("Share of them whose margin is below nothing", "亏损客户占比")
    sales_costs = c.money("Commissions and subsidies in it, less those taken back", "其中佣金与终端补贴(扣除追回)")
    lines_sold = c.integer("Lines sold in 24 months, the last 6 left out", "可观察售出号码数", "lines", low=1)
    early_end_share = c.share("Share of these that ended within 180 days", "180天内离网占比")
    left_customers = c.integer("Customers who held it and left in 12 months", "近12个月离网客户数", "customers", low=0)
    lost_sales_costs = c.money(
        "Commissions and subsidies of their lines, less those taken back, in no margin above",
        "离网客户的佣金与终端补贴(扣除追回，未计入上述毛利)",
    )


class ValueCohorts(dy.Schema):
    """What a month of a customer brings, by year of joining and year of the stay."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    cohort_year = c.integer("Year of joining", "入网年份", key=True)
    tenure_year = c.integer("Year of the stay, 1 the first", "在网第几年", key=True, low=1)
    customer_months = c.integer("Months with known revenue", "客户月数", "customer-months", need=True, low=1)
    revenue_a_month = c.money("Mean revenue a month", "月均收入", need=True)
    margin_a_month = c.money("Mean margin a month, old debts left out", "月均毛利(不含陈欠)", need=True)


class ValueBacktest(dy.Schema):
    """Values of an earlier month beside what came, by tenth of customers; means per customer."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    decile = c.integer("Tenth by predicted money, 1 the highest", "预测十分位", key=True, low=1, high=10)
    customers = c.integer("Customers", "客户数", "customers", need=True, low=1)
    predicted = c.money("Predicted for the months held back", "预测金额", need=True)
    naive = c.money("Mean of the 12 months before times the months, as if nobody left", "简单外推金额", need=True)
    realised = c.money("As it came", "实际金额", need=True)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("value_parts", ValueParts, "What each customer's revenue was eaten by", "客户毛利构成"),
        _result("value_growth", ValueGrowth, "How plan fees step from month to month", "月租变动"),
        _result(
            "survival_groups", SurvivalGroups, "How long customers stay, by way of paying and segment", "分组留存曲线"
        ),
        _result("survival_effects", SurvivalEffects, "Signs of leaving, and how long they tell", "离网征兆"),
        _result("value_offers", ValueOffers, "Margin by channel, plan and product", "渠道与产品毛利"),
        _result("value_cohorts", ValueCohorts, "Margin by year of joining and of the stay", "入网批次毛利"),
        _result("value_backtest", ValueBacktest, "Predicted and realised money by tenth", "价值回溯检验"),
        _result("value_margin", ValueMargin, "From revenue to margin", "收入到毛利"),
    )
}
