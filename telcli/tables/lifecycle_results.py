"""Result tables of monitor: moves between stages of life, and the customers who decline or went silent."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.results import LIFECYCLE_STAGES

__all__ = ["CONTRACTS", "DIMENSIONS"]

DIMENSIONS = ("all", "customer_class", "region", "branch", "segment")


class LifecycleMoves(dy.Schema):
    """One row per group and way from a stage of life the month before to one this month."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    dimension = c.text("What customers are told apart by", "维度", key=True, one_of=DIMENSIONS)
    level = c.text("Its level", "维度取值", key=True)
    from_stage = c.text("Stage the month before", "上月阶段", key=True, one_of=LIFECYCLE_STAGES)
    to_stage = c.text("Stage this month; churned: left in it", "本月阶段", key=True, one_of=LIFECYCLE_STAGES)
    of = c.integer("Customers in the stage the month before", "上月该阶段客户数", "customers", need=True, low=0)
    customers = c.integer("Of them, went this way", "转移客户数", "customers", need=True, low=0)
    small = c.flag("Of fewer than 10 customers: not to be shown as a group", "客户数不足10", need=True)
    share = c.share("Share that went this way", "转移比例")
    months = c.integer("Months before in which it is known how many did", "常态所用月数", "months", need=True, low=0)
    usual_share = c.share("Share that did in those months", "常态转移比例")
    low = c.count("Of 100 months as usual 95 have at least so many", "常态客户数下限", "customers")
    high = c.count("At most so many", "常态客户数上限", "customers")
    chance = c.share("Chance of so many as usual; of ways for the worse", "p值")
    chance_among = c.share("The same among all that were looked at (Benjamini and Hochberg)", "q值(错误发现率)")
    beyond = c.flag("More than usual, beyond chance", "超出偶然")


class LifecycleWarnings(dy.Schema):
    """One row per customer who moved into decline or dormancy in the month, the one who may cost most first."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    rank = c.integer("Place by value at risk, 1 the most", "排名", need=True, low=1)
    from_stage = c.text("Stage the month before", "上月阶段", need=True, one_of=LIFECYCLE_STAGES)
    to_stage = c.text("Stage this month", "本月阶段", need=True, one_of=LIFECYCLE_STAGES)
    reason = c.text("Rule that tells the stage", "判定规则", need=True)
    fell = c.text("Column of customer_months that fell most", "降幅最大指标")
    fell_share = c.number("By which share it fell", "降幅", "share", high=1.0)
    fell_from = c.count("From so much a month", "下降前月均", "of the metric")
    fell_to = c.count("To so much", "下降后月均", "of the metric")
    signs = c.text("Every column that fell by a tenth or more, or most, with by how much", "下降指标")
    complaints = c.count("Complaints in 3 months", "近3个月投诉次数", "complaints")
    months_overdue = c.count("Age of the oldest unpaid charge", "欠费账龄月数", "months")
    contract_months_left = c.number("Months to the end of the contract", "合约剩余月数", "months")
    churn_probability = c.share("Chance of leaving that predict-churn gave", "流失概率")
    leave_share = c.share("Share of earlier such customers who left within `lifecycle_horizon` months", "以往离网比例")
    worth = c.money("What the customer is worth: retention value, else usual revenue as margin", "客户价值")
    value_at_risk = c.money("That times the chance of leaving, else times leave_share", "风险价值")
    manager_id = c.text("Account manager", "客户经理编号")
    branch = c.text("Branch or grid", "归属分局/网格")
    segment_name = c.text("Segment", "客群名称(英文)")
    why = c.text("What happened, in a sentence", "说明(英文)", need=True)
    why_zh = c.text("In Chinese", "说明", need=True)


CONTRACTS = {
    found.name: found
    for found in (
        Contract("lifecycle_moves", LifecycleMoves, "Moves between stages of life", "生命周期阶段转移", "as_of"),
        Contract(
            "lifecycle_warnings",
            LifecycleWarnings,
            "Who moved into decline or dormancy",
            "衰退与沉默预警",
            "as_of",
            ranks=("rank",),
        ),
    )
}
