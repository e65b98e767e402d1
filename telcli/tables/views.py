"""The business views of `segment`: customers grouped by what the business asks, each group with its reason.

Reasons are short words; `telcli.features.view_words` says each in a sentence.
"""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.results import LIFECYCLE_STAGES, TIERS
from telcli.tables.subjects import CUSTOMER_CLASSES, PAY_MODES

__all__ = [
    "BY_LABEL",
    "CONTRACTS",
    "EXIT_REMEDIES",
    "RFM_GROUPS",
    "USE_LEVELS",
    "VALUE_MODES",
    "CustomerViews",
    "ViewGroups",
]

VALUE_MODES = ("supply", "customise", "partner")
RFM_GROUPS = ("best", "big", "busy", "middling", "small", "new", "slipping", "lapsed")
USE_LEVELS = ("without", "zero", "very-low", "in-use")
EXIT_REMEDIES = ("collect-arrears", "channel-shift", "fewer-campaigns", "e-bill", "re-plan")
BY_LABEL = ("lifecycle_stage", "exit_candidate")
"""Views that put whom the label says left in a group of their own: a churn rate by that label would measure itself."""


def _score(meaning: str, zh: str) -> dy.Int64:
    return c.integer(meaning, zh, "1..5", low=1, high=5)


def _of_hundred(meaning: str, zh: str) -> dy.Float64:
    return c.number(meaning, zh, "0..100", low=0.0, high=100.0)


class CustomerViews(dy.Schema):
    """One row per customer alive at the snapshot; a group is null where what it goes by is not known."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    account_class = c.text(
        "Public, business or key account, by what speaks for the highest", "客户等级", one_of=CUSTOMER_CLASSES
    )
    account_reason = c.text("Why that class", "客户等级依据", need=True)
    profitable = c.flag("Earns at least the mean margin", "盈利客户")
    profit_reason = c.text("Why profitable or not", "盈利判断依据", need=True)
    profit_score = _of_hundred("How profitable; 50 and more is profitable", "盈利得分(50分起为盈利客户)")
    loyal = c.flag("Has stayed long and content", "忠诚客户")
    loyalty_reason = c.text("Why loyal or not", "忠诚判断依据", need=True)
    loyalty_score = _of_hundred("How loyal; 50 and more is loyal", "忠诚得分(50分起为忠诚客户)")
    strategic = c.flag("Weighs more than the money", "战略客户")
    strategic_reason = c.text("Why strategic or not", "战略判断依据", need=True)
    strategic_score = _of_hundred("Weight beside the money; 50 and more is strategic", "战略得分(50分起为战略客户)")
    value_overlap = c.text("Which of profitable, loyal, strategic hold together", "盈利、忠诚、战略的交叠")
    value_reason = c.text("How many of the three hold", "交叠数", need=True)
    consumption_tier = c.text("High, mid or low revenue", "消费层级", one_of=TIERS)
    consumption_reason = c.text("Why that tier", "消费层级依据", need=True)
    lifecycle_stage = c.text("Stage of the customer's life", "生命周期阶段", need=True, one_of=LIFECYCLE_STAGES)
    lifecycle_reason = c.text("Which rule of the stages held", "生命周期判断依据", need=True)
    use_level = c.text("How little is used: nothing, next to nothing, or more", "使用程度", one_of=USE_LEVELS)
    use_reason = c.text("Why that level", "使用程度依据", need=True)
    rfm_variant = c.text("Scored among prepaid or postpaid customers", "RFM口径", one_of=PAY_MODES)
    recency = _score("How lately paid or topped up; 5 the latest", "R得分(最近缴费)")
    frequency = _score("How often used or topped up; 5 the most often", "F得分(活跃天数或充值次数)")
    monetary = _score("How much earned or paid; 5 the most", "M得分(毛利或缴费额)")
    tenure_score = _score("How long a customer, of the postpaid; 5 the longest", "L得分(网龄，后付费)")
    complaint_score = _score("How few complaints, of the postpaid; 5 the fewest", "C得分(投诉少，后付费)")
    rfm_group = c.text("What the scores come to", "RFM分组", one_of=RFM_GROUPS)
    rfm_reason = c.text("Which scores made the group", "RFM分组依据", need=True)
    value_mode = c.text("Supply to, customise for, or partner with", "价值创造模式", one_of=VALUE_MODES)
    mode_reason = c.text("Importance and taking part behind it", "价值创造模式依据", need=True)
    exit_candidate = c.flag("Has earned nothing for long and weighs nothing: a list to think about", "退出候选")
    exit_reason = c.text("Why a candidate or not", "退出判断依据", need=True)
    exit_remedy = c.text("What to try first with a candidate", "首选补救措施", one_of=EXIT_REMEDIES)
    online = c.flag("Does business with the operator online", "线上客户")
    online_reason = c.text("Why online or not", "线上判断依据", need=True)
    own_groups = c.text("The operator's own rules that hold, joined with +", "自定义客群")


class ViewGroups(dy.Schema):
    """One row per group of a view and reason for being in it; of the operator's own rules a row each."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    view_name = c.text("Column of customer_views", "视图", key=True)
    group_name = c.text("Group: yes and no of flags", "分组", key=True)
    reason = c.text("Why its customers are in it", "依据", key=True)
    customers = c.integer("Customers", "客户数", "customers", need=True, low=0)
    customer_share = c.share("Share of customers", "客户占比", need=True)
    revenue_share = c.share("Share of revenue", "收入占比")
    value_index = c.number("Mean revenue over the mean of all", "价值指数", "x the mean")
    churn_rate = c.share("Share that left, where there is a label that the view does not go by", "流失率")
    meaning = c.text("The group and the reason in words", "说明(英文)", need=True)
    meaning_zh = c.text("The group and the reason in words, in Chinese", "说明", need=True)


CONTRACTS = {
    "customer_views": Contract(
        "customer_views", CustomerViews, "Which groups each customer is in, and why", "客户的业务视图", "as_of"
    ),
    "view_groups": Contract("view_groups", ViewGroups, "What each group of a view is like", "业务视图分组", "as_of"),
}
