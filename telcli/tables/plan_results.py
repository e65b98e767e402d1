"""Result tables of plan-retention: whom to contact with what, who is held out, why nobody else; a snapshot a month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.results import CHURN_THEMES, LIFECYCLE_STAGES, RISK_BANDS

__all__ = ["ACTIONS", "CONTRACTS", "EVIDENCE", "STRATEGIES", "STRATEGY_REASONS", "VALUE_BANDS", "WHYS"]

VALUE_BANDS = ("low", "mid", "high")
STRATEGIES = ("retain", "maintain", "develop", "watch", "serve", "let-go")
STRATEGY_REASONS = ("grid", "potential", "loyal", "not-loyal", "lifecycle")
ACTIONS = ("offer", "held-out", "none")
EVIDENCE = ("assumed", "knowledge", "uplift-model")
WHYS = (
    *("planned", "held-out", "suppressed", "quiet-period", "frequency", "excluded", "resting", "not-eligible"),
    *("not-worth", "sleeping-dog", "no-money", "no-capacity", "low-risk"),
)


class RetentionPlan(dy.Schema):
    """One row per customer who is here at the snapshot and has a chance of leaving.

    Who is held out keeps offer, channel and expected value: what contacting her would have brought.
    """

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    campaign_id = c.text("The campaign that the plan is", "活动编号", need=True)
    value_band = c.text("Low, mid or high value; low or high in a grid of 2", "价值档", need=True, one_of=VALUE_BANDS)
    risk_band = c.text("Low, medium or high risk; low or high in a grid of 2", "风险档", need=True, one_of=RISK_BANDS)
    cell = c.text("Both bands, value first", "价值×风险格", need=True)
    strategy = c.text("What to do with her", "策略", need=True, one_of=STRATEGIES)
    strategy_reason = c.text("What made it so: the grid, or what refined it", "策略依据", one_of=STRATEGY_REASONS)
    action = c.text("Contact with an offer, held out, or none", "动作", need=True, one_of=ACTIONS)
    offer_id = c.text("Offer; null where there is no action", "优惠编码")
    channel = c.text("Channel of the contact", "触达渠道")
    manager_id = c.text("Who is to contact her", "客户经理编号")
    held_out = c.flag("Set aside at random, not to be contacted", "对照组", need=True)
    assignment = c.share("The chance that she had of being held out", "划入对照组的概率")
    expected_value = c.money("Expected net value of contacting her with the offer", "预期净收益")
    cost = c.money("Expected cost of it: contact, and offer where it is taken", "预期成本", low=0.0)
    deadline = c.day("Last day of the contact", "最迟触达日期")
    why = c.text("Why she is contacted or not", "原因", need=True, one_of=WHYS)
    churn_probability = c.share("Chance of leaving, left alone", "流失概率", need=True)
    worth = c.money("Lost if she leaves", "流失损失", low=0.0, need=True)
    uplift = c.number("Gain in the chance of staying by contacting her", "预期增益", "-1..1", low=-1.0, high=1.0)
    uplift_low = c.number("Lower end of its 95% interval", "增益95%区间下限", "-1..1", low=-1.0, high=1.0)
    uplift_high = c.number("Upper end", "增益95%区间上限", "-1..1", low=-1.0, high=1.0)
    evidence = c.text("What the gain goes by", "增益依据", one_of=EVIDENCE)
    segment = c.integer("Segment", "客群编号", low=1)
    segment_name = c.text("Its name", "客群名称(英文)")
    segment_name_zh = c.text("Its name in Chinese", "客群名称")
    theme = c.text("What can be done about the first reason for leaving", "首要原因主题", one_of=CHURN_THEMES)
    lifecycle_stage = c.text("Stage of the customer's life", "生命周期阶段", one_of=LIFECYCLE_STAGES)
    loyalty_score = c.number("How loyal; 50 and more is loyal", "忠诚得分", "0..100", low=0.0, high=100.0)
    potential = c.money("Extra margin expected of plans, lines, products", "增量价值")


class RetentionCells(dy.Schema):
    """One row per cell of the grid, and one, called all, of all of them."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    cell = c.text("Value and risk, or all", "价值×风险格", key=True)
    value_band = c.text("Value", "价值档", one_of=VALUE_BANDS)
    risk_band = c.text("Risk", "风险档", one_of=RISK_BANDS)
    strategy = c.text("What the grid says to do", "策略", one_of=STRATEGIES)
    customers = c.integer("Customers", "客户数", "customers", need=True, low=0)
    refined = c.integer(
        "Of them, given another strategy by what refines the grid", "策略调整客户数", "customers", low=0
    )
    worth = c.number("Lost if all of them leave", "价值合计", "currency", need=True)
    expected_loss = c.number("Expected to be lost, left alone", "预期损失", "currency", need=True)
    contacted = c.integer("To be contacted", "拟触达客户数", "customers", need=True, low=0)
    held_out = c.integer("Held out", "对照组客户数", "customers", need=True, low=0)
    holdout_share = c.share("Share held out of those chosen", "对照组占比")
    expected_value = c.number("Expected net value of the contacts", "预期净收益", "currency", need=True)
    cost = c.number("Expected cost of the contacts", "预期成本", "currency", need=True)
    leaving = c.share("Mean chance of leaving of those chosen, left alone", "入选客户预期流失率")
    uplift = c.number("Mean gain expected of those chosen", "入选客户预期增益", "-1..1", low=-1.0, high=1.0)
    needed_contacted = c.integer(
        "To be contacted, for that gain to be seen", "识别预期增益所需触达数", "customers", low=0
    )
    needed_held_out = c.integer(
        "To be held out, for that gain to be seen", "识别预期增益所需对照数", "customers", low=0
    )
    plans_needed = c.integer(
        "As many plans like this one show that gain together", "识别预期增益所需同类计划数", "plans", low=1
    )
    power = c.share("Chance that this plan shows that gain", "检验功效")
    detectable = c.share("Least gain that this plan would show", "可识别的最小增益")


class PlanOffers(dy.Schema):
    """One row per offer: whom it fits, whom it was chosen for, what it is expected to bring."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    offer_id = c.text("Offer", "优惠编码", key=True)
    name = c.text("Its name", "优惠名称(英文)", need=True)
    name_zh = c.text("Its name in Chinese", "优惠名称", need=True)
    channel = c.text("Channel of the contact", "触达渠道", need=True)
    offer_cost = c.money("Cost of one that is taken", "单次优惠成本", low=0.0, need=True)
    contact_cost = c.money("Cost of one contact", "单次触达成本", low=0.0, need=True)
    eligible = c.integer("Customers whom it may be offered", "符合条件客户数", "customers", need=True, low=0)
    worthwhile = c.integer(
        "Of them, those with whom it is expected to pay", "预期有收益客户数", "customers", need=True, low=0
    )
    wanted = c.integer(
        "Of them, those for whom it is the best, without limits", "最优客户数", "customers", need=True, low=0
    )
    barred = c.integer("Left out: contacting them is known to do harm", "触达有害客户数", "customers", need=True, low=0)
    contacted = c.integer("To be contacted", "拟触达客户数", "customers", need=True, low=0)
    held_out = c.integer("Held out", "对照组客户数", "customers", need=True, low=0)
    cost = c.number("Expected cost of the contacts", "预期成本", "currency", need=True)
    expected_value = c.number("Expected net value of the contacts", "预期净收益", "currency", need=True)
    uplift = c.number("Mean gain expected of those whom it fits", "平均预期增益", "-1..1", low=-1.0, high=1.0)
    evidence = c.text("What the gain of most of them goes by", "增益依据", one_of=EVIDENCE)


class PlanOverlap(dy.Schema):
    """One row per pair of campaigns, or of an offer of the plan and a campaign, that have customers in both."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    first = c.text("Campaign, or offer of the plan", "活动或优惠", key=True)
    second = c.text("Campaign that reached the same customers", "重叠的活动", key=True)
    customers = c.integer("Customers of the first", "前者客户数", "customers", need=True, low=0)
    both = c.integer("Of them, customers of the second too", "两者共有客户数", "customers", need=True, low=0)
    held_back = c.integer("Of those, not contacted because of it", "因此不触达客户数", "customers", low=0)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("retention_plan", RetentionPlan, "What to do with each customer, and why", "客户挽留计划"),
        _result("retention_cells", RetentionCells, "The grid of value and risk", "价值×风险矩阵"),
        _result("plan_offers", PlanOffers, "What the plan makes of each offer", "优惠使用情况"),
        _result("plan_overlap", PlanOverlap, "Which campaigns reach the same customers", "活动重叠"),
    )
}
