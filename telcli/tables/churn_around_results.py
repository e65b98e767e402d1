"""Result tables of predict-churn that need no model: who left, when in their stay, why, and whom to care for now."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "TRIGGERS"]

TRIGGERS = (
    *("contract-expiry", "plan-downgrade", "complaint-open", "complaint-repeated", "use-drop", "no-use"),
    *("arrears-step", "port-out-enquiry", "cancel-enquiry", "competitor-contact", "line-lost"),
)

THEMES = ("service", "price", "product", "network", "contract", "life", "other", "unknown")
REASON_SOURCES = ("recorded", "contact", "signs")


class ChurnBy(dy.Schema):
    """One row per level of each dimension, of customers there at the end of a month, and who left in the months after.

    Levels of one dimension hold each customer once. Ranked by the churners beyond expectation. With churn_level number
    or account churners are customers who lost one, whether they are here still or not.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    dimension = c.text("What customers are told apart by", "维度", key=True)
    level = c.text("Its level", "维度取值", key=True)
    since = c.month("Customers at the end of this month count", "基准月份")
    months = c.integer("Months in which they left; null where a label does not tell", "观察月数", "months", low=1)
    as_then = c.flag("The level is the one of that month; else the one of the extract", "取值为当时状态", need=True)
    rank = c.integer("Place by excess, 1 the most", "排名", need=True, low=1)
    customers = c.integer("Customers", "客户数", "customers", low=0, need=True)
    churners = c.integer("Of them, left", "流失客户数", "customers", low=0, need=True)
    churn_rate = c.share("Share that left", "流失率", need=True)
    rate_low = c.share("Low end of its 95% interval (Wilson)", "流失率下限")
    rate_high = c.share("High end", "流失率上限")
    monthly_rate = c.share("The same a month", "月均流失率")
    churn_rate_before = c.share("Share that left in as many months before", "上期流失率")
    index = c.number("Churn rate over that of all", "流失指数", "x the mean", low=0.0)
    excess = c.number("Churners beyond those expected at the mean rate", "超额流失客户数", "customers", need=True)
    churner_share = c.share("Share of all churners", "占全部流失客户比例")
    revenue = c.number("Usual revenue of the customers a month", "月常收入", "currency")
    revenue_lost = c.number("Of it, of those who left", "流失月收入", "currency")
    chance = c.share("Chance of a rate so far from the rest, all rows looked at together", "校正后显著性", need=True)
    significant = c.flag("More than chance: of these rows one in twenty may be", "显著", need=True)


class ChurnTenure(dy.Schema):
    """One row per kind of leaving and month of the stay; who lost a number or account alone stays at risk."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("Kind of leaving; all together", "离网类型", key=True)
    tenure_month = c.integer(
        "Whole months since joining; 0 the month of joining", "网龄(月)", "months", key=True, low=0
    )
    at_risk = c.count("Customer-months seen", "观察客户月", "customer-months", need=True)
    left = c.count("Of them, ended in leaving", "离网数", "customers", need=True)
    hazard = c.share("Chance of leaving in that month", "当月流失概率")
    hazard_low = c.share("Low end of its 95% interval (Wilson)", "流失概率下限")
    hazard_high = c.share("High end", "流失概率上限")
    incidence = c.share("Share of joiners who have left so by then (Aalen-Johansen)", "累计流失率", need=True)
    survival = c.share("Share still here after that month", "留存率", need=True)


class ChurnCohorts(dy.Schema):
    """One row per month of joining and age, of those who joined within the history; ages not reached yet are null."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    cohort = c.month("Month of joining", "入网月份", key=True)
    age = c.integer("Months since joining", "入网后月数", "months", key=True, low=0)
    at_risk = c.integer("Customers there in that month", "观察客户数", "customers", low=0)
    left = c.integer("Of them, left in it", "离网数", "customers", low=0)
    retention = c.share("Share of joiners still here after it", "留存率")


class ChurnRegister(dy.Schema):
    """One row per leaving up to the snapshot, with the reason as far as anything tells; no text as it was said."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    month = c.month("Month of leaving", "离网月份", key=True)
    kind = c.text("Kind of leaving", "离网类型", need=True)
    reason = c.text("Code of the reason; unknown where nothing tells", "离网原因编码", need=True)
    theme = c.text("Theme of the reason", "原因类别", need=True, one_of=THEMES)
    reason_source = c.text(
        "What told it: a text about the leaving, a contact before, or signs", "原因来源", one_of=REASON_SOURCES
    )
    tenure = c.integer("Whole months since joining", "网龄(月)", "months", low=0)
    revenue_usual = c.money("Usual revenue a month before leaving", "离网前月常收入")
    value_lost = c.number("The same over `value_months`", "流失价值", "currency")
    complaints_sum_3 = c.count("Complaints in the 3 months", "近3个月投诉次数", "complaints")
    months_overdue = c.count("Age of the oldest unpaid charge", "欠费账龄月数", "months")
    customer_class = c.text("Customer class", "客户类型")
    region = c.text("City or county", "归属地市/区县")
    branch = c.text("Branch or grid", "归属分局/网格")
    plan_id = c.text("Plan of the last line to end", "主套餐")
    pay_mode = c.text("Postpaid or prepaid", "付费类型")
    channel_id = c.text("Channel that sold it", "入网渠道")
    service_type = c.text("Kind of service", "业务类型")


class ChurnCauses(dy.Schema):
    """One row per scope and reason, of the leavings of the last 12 months, the commonest first."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    scope = c.text("All leavings, or those that the customer chose", "范围", key=True, one_of=("all", "voluntary"))
    rank = c.integer("Place by churners, 1 the most; not known last", "排名", key=True, low=1)
    theme = c.text("Theme", "原因类别", need=True, one_of=THEMES)
    reason = c.text("Code of the reason", "离网原因编码", need=True)
    reason_name = c.text("What it is called", "离网原因(英文)", need=True)
    reason_name_zh = c.text("Its Chinese name", "离网原因", need=True)
    churners = c.integer("Customers who left for it", "流失客户数", "customers", low=0, need=True)
    recorded = c.integer("Of them, by a text about the leaving", "其中有登记原因", "customers", low=0, need=True)
    share = c.share("Share of all leavings of the scope", "占比", need=True)
    share_known = c.share("Share of those with a reason", "占已知原因比例")
    theme_share = c.share("The same of its theme", "类别占比")
    cumulative = c.share("Shares of those with a reason so far", "累计占比")
    value_lost = c.number("Value lost with them", "流失价值", "currency")


class CareTriggers(dy.Schema):
    """One row per customer and what calls for care at once."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    trigger = c.text("What happened", "触发事件", key=True, one_of=TRIGGERS)
    new = c.flag("Not so in the month before, or an event of this month", "本月新增", need=True)
    since = c.day("Since when", "起始日期", need=True)
    value = c.number("How much of it", "数值", "see unit", low=0.0, need=True)
    unit = c.text("Unit of it: days, months, share, or what is counted", "单位", need=True)
    text = c.text("In words", "说明(英文)", need=True)
    text_zh = c.text("In Chinese words", "说明", need=True)
    value_at_risk = c.money("Worth of the customer times the chance of leaving", "风险价值", need=True)
    priority = c.integer("Place of the customer by that, 1 the dearest", "优先级", need=True, low=1)
    manager_id = c.text("Account manager", "客户经理编号")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str, *ranks: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of", ranks=ranks)


CONTRACTS = {
    found.name: found
    for found in (
        _result("churn_by", ChurnBy, "Churn by class, place, plan, tenure and any attribute", "分维度流失", "rank"),
        _result("churn_tenure", ChurnTenure, "Chance of leaving by month of the stay", "分网龄流失"),
        _result("churn_register", ChurnRegister, "Who left when, how and why", "流失登记"),
        _result("churn_causes", ChurnCauses, "Why customers left, the commonest reasons first", "流失原因分析"),
        _result("care_triggers", CareTriggers, "Whom to care for at once, and why", "客户关怀触发", "priority"),
        _result("churn_cohorts", ChurnCohorts, "Who stayed, by month of joining", "入网批次留存"),
    )
}
