"""Result tables of score-satisfaction: scores of customers, the index by group, and what stands behind it by item."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "EVERY", "QUADRANTS", "SOURCES"]

EVERY = "all"
SOURCES = ("surveyed", "predicted", "mean")
QUADRANTS = ("improve-first", "keep-up", "improve-later", "overdone")


class SatisfactionScores(dy.Schema):
    """One row per customer there at the snapshot."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    satisfaction = c.number("Satisfaction, answered or predicted", "满意度", "0..100", low=0.0, high=100.0)
    surveyed = c.flag("Answered a survey in the months looked at", "是否受访", need=True)
    loyalty = c.number("Loyalty by what the customer does", "忠诚度", "0..100", low=0.0, high=100.0)
    source = c.text("Answered, predicted, or the mean of like customers", "满意度来源", one_of=SOURCES)
    surveyed_on = c.day("Day of the last answers", "最近受访日期")
    items = c.integer("Items answered", "作答题数", "items", low=0)
    nps = c.number("Would recommend", "推荐意愿", "0..10", low=0.0, high=10.0)
    weight = c.number("Customers the answers speak for", "权重", "customers", low=0.0)
    satisfaction_low = c.number(
        "Lower end of the interval of a prediction", "满意度区间下限", "0..100", low=0.0, high=100.0
    )
    satisfaction_high = c.number("Upper end", "满意度区间上限", "0..100", low=0.0, high=100.0)
    dissatisfied_probability = c.share("Chance of being dissatisfied, of who was not asked", "不满意概率")


class SatisfactionIndex(dy.Schema):
    """The index of all and of groups of customers; figures of small groups are withheld."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    by = c.text("What customers are grouped by", "分组维度", key=True)
    group = c.text("Group; - where it is not known", "分组", key=True)
    customers = c.integer("Customers in the base", "客户数", "customers", low=0, need=True)
    respondents = c.integer("Of them, answered", "受访客户数", "customers", low=0, need=True)
    response_rate = c.share("Answered, of those in the base", "受访比例")
    withheld = c.flag("Too few answered for figures to be shown", "样本过少不展示", need=True)
    index = c.number("Satisfaction index", "满意度指数", "0..100", low=0.0, high=100.0)
    index_low = c.number("Lower end of its 95% interval", "指数95%区间下限", "0..100", low=0.0, high=100.0)
    index_high = c.number("Upper end", "指数95%区间上限", "0..100", low=0.0, high=100.0)
    effective = c.number("Equal answers that these are worth", "有效样本量", "answers", low=0.0)
    satisfied_share = c.share("Share of satisfied customers", "满意客户占比")
    satisfied_low = c.share("Lower end of its 95% interval", "满意占比95%区间下限")
    satisfied_high = c.share("Upper end", "满意占比95%区间上限")
    dissatisfied_share = c.share("Share of dissatisfied customers", "不满意客户占比")
    dissatisfied_low = c.share("Lower end of its 95% interval", "不满意占比95%区间下限")
    dissatisfied_high = c.share("Upper end", "不满意占比95%区间上限")
    predicted_index = c.number(
        "Mean of all customers of the group, those not asked as predicted",
        "含预测的满意度均值",
        "0..100",
        low=0.0,
        high=100.0,
    )
    predicted_low = c.number("Lower end of its 95% interval", "含预测均值95%区间下限", "0..100", low=0.0, high=100.0)
    predicted_high = c.number("Upper end", "含预测均值95%区间上限", "0..100", low=0.0, high=100.0)
    nps = c.number("Net promoter score", "净推荐值", "-100..100", low=-100.0, high=100.0)
    nps_low = c.number("Lower end of its 95% interval", "净推荐值95%区间下限", "-100..100", low=-100.0, high=100.0)
    nps_high = c.number("Upper end", "净推荐值95%区间上限", "-100..100", low=-100.0, high=100.0)
    nps_answers = c.integer("Customers who said whether they would recommend", "推荐意愿作答数", "customers", low=0)


class SatisfactionWeights(dy.Schema):
    """Whom answers were weighted to: groups of the base, those who answered, and what they count for."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    by = c.text("What customers are grouped by", "分组维度", key=True)
    group = c.text("Group; groups in which too few answered are one", "分组", key=True)
    customers = c.integer("Customers in the base", "客户数", "customers", low=0, need=True)
    respondents = c.integer("Of them, answered", "受访客户数", "customers", low=0, need=True)
    base_share = c.share("Share of the base", "总体占比", need=True)
    respondent_share = c.share("Share of those who answered", "样本占比", need=True)
    weighted_share = c.share("The same by weight", "加权占比", need=True)


class SatisfactionItems(dy.Schema):
    """What was asked: expected against found, how much it matters, and what to do about it."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    item = c.text("Item asked", "测评项目", key=True)
    role = c.text(
        "Its part in the index; none of a single matter", "指数角色", one_of=("overall", "expectancy", "ideal")
    )
    scale = c.text("Scale of its answers", "量表", need=True)
    respondents = c.integer("Customers who answered it", "作答客户数", "customers", low=0, need=True)
    withheld = c.flag("Too few answered for figures to be shown", "样本过少不展示", need=True)
    expected = c.number("What was expected, on the item's scale", "期望值", "points")
    perceived = c.number("What was found, on the item's scale", "感知值", "points")
    gap = c.number("Found less expected, of who told both", "感知-期望差距", "points")
    gap_low = c.number("Lower end of its 95% interval", "差距95%区间下限", "points")
    gap_high = c.number("Upper end", "差距95%区间上限", "points")
    gap_answers = c.integer("Customers who told both", "差距作答数", "customers", low=0)
    performance = c.number("How it does", "绩效", "0..100", low=0.0, high=100.0)
    performance_low = c.number("Lower end of its 95% interval", "绩效95%区间下限", "0..100", low=0.0, high=100.0)
    performance_high = c.number("Upper end", "绩效95%区间上限", "0..100", low=0.0, high=100.0)
    importance = c.share("Share of what moves overall satisfaction, or of importance as stated", "重要性")
    importance_low = c.share("Lower end of its 95% interval", "重要性95%区间下限")
    importance_high = c.share("Upper end", "重要性95%区间上限")
    quadrant = c.text("What to do about it", "象限", one_of=QUADRANTS)
    sure = c.flag("Neither interval reaches over the lines between quadrants", "象限是否确定")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result(
            "satisfaction_scores", SatisfactionScores, "How satisfied and loyal each customer is", "客户满意度评分"
        ),
        _result("satisfaction_index", SatisfactionIndex, "The satisfaction index by group", "满意度指数"),
        _result("satisfaction_weights", SatisfactionWeights, "Whom answers speak for", "满意度加权"),
        _result(
            "satisfaction_items", SatisfactionItems, "Expectation, experience and importance by item", "满意度测评项目"
        ),
    )
}
