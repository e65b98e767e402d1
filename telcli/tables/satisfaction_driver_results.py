"""Result tables of score-satisfaction that say why: drivers, predictions tried, what follows, and parts of loyalty."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["BANDS", "CONTRACTS", "DIRECTIONS", "FORETOLD", "LEVELS", "OUTCOMES", "TRIALS", "VERDICTS"]

LEVELS = ("theme", "driver")
_THEMES = ("service", "product", "price", "network", "other")
_TOLD_BY = ("answers", "records", "both")
DIRECTIONS = ("up", "down", "unclear")
VERDICTS = ("holds", "contradicted", "cannot tell")
OUTCOMES = ("churn", "revenue_change", "complaint")
BANDS = ("satisfied", "between", "dissatisfied")
FORETOLD = ("satisfaction", "dissatisfied")
TRIALS = ("mean", "linear", "trees", "blend", "chosen")


class SatisfactionDrivers(dy.Schema):
    """What moves satisfaction, by theme and one by one, drivers that go together sharing what they say."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    level = c.text("A theme, or one driver", "层级：theme 主题、driver 单项因素", key=True, one_of=LEVELS)
    driver = c.text("Theme, survey item or column", "驱动因素", key=True)
    theme = c.text("What it is about", "主题", one_of=_THEMES)
    told_by = c.text("Answers of customers, or what the operator recorded", "来源：问卷或记录", one_of=_TOLD_BY)
    importance = c.share("Share of what all drivers explain", "重要性占比")
    low = c.share("Lower end of its 95% interval", "占比95%区间下限")
    high = c.share("Upper end", "占比95%区间上限")
    direction = c.text("Whether satisfaction goes up or down with it", "方向", one_of=DIRECTIONS)
    place = c.integer("Place, 1 the most important", "排名", low=1)
    place_low = c.integer("Best place in 95% of resamples", "排名区间上端", low=1)
    place_high = c.integer("Worst place", "排名区间下端", low=1)
    first = c.share("Share of resamples in which it is first", "重抽样中居首位的比例")
    customers = c.integer("Customers looked at", "客户数", "customers", low=0, need=True)
    known = c.share("Share of them of whom it is known; gaps take the mean", "已知比例")
    codes = c.text("Of a column of two codes, which is more of it", "两值编码中较高者")


class SatisfactionTrials(dy.Schema):
    """How far predictions of satisfaction are off, for customers that the model had not seen."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    method = c.text(
        "Way of predicting; chosen: what is used, chosen on other folds", "预测方法", key=True, one_of=TRIALS
    )
    customers = c.integer("Customers it was tried on", "检验客户数", "customers", low=0, need=True)
    rmse = c.number("Root of the mean squared error", "均方根误差", "points", low=0.0)
    mae = c.number("Mean absolute error", "平均绝对误差", "points", low=0.0)
    gain = c.number("Share of the mean's squared error saved", "相对均值减少的误差占比", "share", high=1.0)
    gain_low = c.number("Lower end of its 95% interval", "占比95%区间下限", "share", high=1.0)
    used = c.flag("Used for customers who were not asked", "是否采用", need=True)


class SatisfactionCalibration(dy.Schema):
    """Tenths of those asked by what would have been predicted of them, and what they answered."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    predicted = c.text(
        "The score of 0..100, or the chance of being dissatisfied", "预测对象", key=True, one_of=FORETOLD
    )
    tenth = c.integer("Tenth by prediction, 1 the lowest", "预测值十分位", key=True, low=1)
    customers = c.integer("Customers in it", "客户数", "customers", low=0, need=True)
    expected = c.number("Mean predicted, by models that had not seen them", "预测均值", "score or share", low=0.0)
    found = c.number("Mean of what was answered", "实际均值", "score or share", low=0.0)
    low = c.number("Lower end of its 95% interval", "实际均值95%区间下限", "score or share", low=0.0)
    high = c.number("Upper end", "实际均值95%区间上限", "score or share", low=0.0)


class SatisfactionLinks(dy.Schema):
    """What customers did after they were asked, by how satisfied they said they were."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    outcome = c.text(
        "Left; revenue a month after less before; complained", "后果：流失、月收入变化、投诉", key=True, one_of=OUTCOMES
    )
    band = c.text("How satisfied", "满意度分档", key=True, one_of=BANDS)
    months = c.integer("Months after the day asked", "观察月数", "months", low=1, need=True)
    customers = c.integer("Customers followed to the end", "客户数", "customers", low=0, need=True)
    events = c.integer("Of them, left or complained", "发生数", "customers", low=0)
    withheld = c.flag("Too few to be shown", "样本过少不展示", need=True)
    value = c.number("Share, or mean change in revenue", "比例或均值", "share or currency")
    low = c.number("Lower end of its 95% interval", "95%区间下限", "share or currency")
    high = c.number("Upper end", "95%区间上限", "share or currency")
    difference = c.number("Less that of the satisfied", "与满意客户之差", "share or currency")
    difference_low = c.number("Lower end of its 95% interval", "差异95%区间下限", "share or currency")
    difference_high = c.number("Upper end", "差异95%区间上限", "share or currency")
    adjusted = c.number(
        "The same among customers of like tenure and class", "按网龄与客户类型分层后的差异", "share or currency"
    )
    adjusted_low = c.number("Lower end of its 95% interval", "分层差异95%区间下限", "share or currency")
    adjusted_high = c.number("Upper end", "分层差异95%区间上限", "share or currency")


def _points(meaning: str, zh: str) -> dy.Float64:
    return c.number(meaning, zh, "0..100", low=0.0, high=100.0)


class LoyaltyParts(dy.Schema):
    """What the loyalty of each customer is made of; a part that is not known does not count."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    loyalty = _points("Weighted mean of the parts known", "忠诚度")
    tenure = _points("Time as a customer", "在网时长得分")
    contract = _points("Months left of a contract", "合约得分")
    bundle = _points("Services and lines held together", "融合深度得分")
    payments = _points("Paid on time", "按时缴费得分")
    renewals = _points("Stayed after a contract ended", "续约得分")
    competitor = _points("Does not call competitors' hotlines", "未联系竞争对手得分")
    recommend = _points("Would recommend, where asked", "推荐意愿得分")
    known = c.share("Weight of the parts known", "已知权重占比")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("satisfaction_drivers", SatisfactionDrivers, "What moves satisfaction", "满意度驱动因素"),
        _result("satisfaction_trials", SatisfactionTrials, "How well satisfaction is predicted", "满意度预测检验"),
        _result(
            "satisfaction_calibration",
            SatisfactionCalibration,
            "What was predicted, and what was answered",
            "满意度预测校准",
        ),
        _result("satisfaction_links", SatisfactionLinks, "What follows satisfaction", "满意度与后续行为"),
        _result("loyalty_parts", LoyaltyParts, "What loyalty is made of", "忠诚度构成"),
    )
}
