"""Result tables of score-value behind the score: weights, scales, tiers, indicators, moves; one snapshot a month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.hierarchy import BETTER, SCALINGS
from telcli.tables.results import VALUE_TIERS

__all__ = ["CONTRACTS", "DROPPED", "STEPS"]

STEPS = ("up", "down")
DROPPED = ("no-data", "constant", "waits")


def _points(meaning: str, zh: str, *, need: bool = True) -> dy.Float64:
    return c.number(meaning, zh, "0..100", low=0.0, high=100.0, need=need)


class ValueWeights(dy.Schema):
    """One row per item of the hierarchy below the top, in walk order; an indicator is an item with a column."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    item = c.text("Item", "指标", key=True)
    node = c.text("What it belongs to", "上级指标", need=True)
    place = c.integer("Order, from 1", "序号", need=True, low=1)
    name = c.text("Its name", "指标名称(英文)", need=True)
    name_zh = c.text("Its name in Chinese", "指标名称", need=True)
    judged_weight = c.share("Weight among its neighbours, as judged", "判断权重", need=True)
    local_weight = c.share("The same among those with data", "局部权重", need=True)
    global_weight = c.share("Weight in the score", "综合权重", need=True)
    column = c.text("Column that it is made of; null for a node", "字段")
    better = c.text("Whether more or less of it is better", "方向", one_of=BETTER)
    scaling = c.text("Percentile rank, or range from the 1st to the 99th percentile", "评分方式", one_of=SCALINGS)
    known_share = c.share("Share of customers of whom it is known", "已知客户占比")
    dropped = c.text(
        "Why it has no weight; waits: known now, but not when scales were made",
        "剔除原因；waits 为现已有数据，待标尺重定",
        one_of=DROPPED,
    )
    consistency_ratio = c.number("Consistency ratio of the judgements on its node", "一致性比率", "ratio", low=0.0)
    experts = c.integer("Experts who judged its node", "专家人数", "experts", low=0, need=True)
    expert_ratios = c.text("Consistency ratio of each expert", "各专家一致性比率")
    agreement = c.share("Kendall's W between the experts", "专家一致程度(Kendall W)")
    since = c.month("Month whose customers made scales and weights", "标尺制定月份")
    made_with = c.text("What the settings were then, as a short hash; null at their defaults", "设置摘要")


class ValueScales(dy.Schema):
    """From an indicator's value to its score: points with straight lines between them and level ends.

    Where less is better the score is 100 less this one.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    item = c.text("Indicator", "指标", key=True)
    place = c.integer("Order of the points, from 1", "序号", key=True, low=1)
    value = c.number("Value of the column", "字段取值", "as the column", need=True)
    score = _points("Score of that value", "对应得分")


class ValueTiers(dy.Schema):
    """One row per tier, the best first."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    value_tier = c.text("Tier", "价值等级", key=True, one_of=VALUE_TIERS)
    place = c.integer("Order, 1 the best", "序号", need=True, low=1)
    least_score = _points("Least score of the tier; null where nobody reached it", "等级门槛分", need=False)
    customers = c.integer("Customers in it", "客户数", "customers", need=True, low=0)
    customer_share = c.share("Share of customers", "客户占比", need=True)
    since = c.month("Month whose customers made the bounds", "门槛制定月份")


class ValueIndicators(dy.Schema):
    """One row per customer, and a column x_<indicator> for the score 0..100 of each; null where it is not known.

    Wide, since a row per customer and indicator would repeat a million customers a dozen times.
    """

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    known_weight = c.share("Weight of the indicators that are known of the customer", "已知指标权重", need=True)


class ValueMoves(dy.Schema):
    """One row per customer whose tier is not that of the snapshot before.

    The change is the sum over all indicators of weight x change of the indicator's score.
    """

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    before = c.month("Month of the snapshot before", "上期月份")
    tier_before = c.text("Tier then", "原等级", need=True, one_of=VALUE_TIERS)
    value_tier = c.text("Tier now", "现等级", need=True, one_of=VALUE_TIERS)
    score_before = _points("Score then", "原评分")
    score = _points("Score now", "现评分")
    change = c.number("Score now less score then", "评分变化", "points", need=True)
    reason_1 = c.text("What moved the score most that way", "首要原因(英文)")
    reason_2 = c.text("Second", "第二原因(英文)")
    reason_3 = c.text("Third", "第三原因(英文)")
    reason_1_zh = c.text("What moved the score most, in Chinese", "首要原因")
    reason_2_zh = c.text("Second, in Chinese", "第二原因")
    reason_3_zh = c.text("Third, in Chinese", "第三原因")
    item_1 = c.text("Indicator of the first", "首要原因指标")
    item_2 = c.text("Of the second", "第二原因指标")
    item_3 = c.text("Of the third", "第三原因指标")
    points_1 = c.number("Points of the score from the first", "首要原因贡献", "points")
    points_2 = c.number("Points from the second", "第二原因贡献", "points")
    points_3 = c.number("Points from the third", "第三原因贡献", "points")


class ValueSensitivity(dy.Schema):
    """What other weights would do: one row per item whose weight among its neighbours goes up or down."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    item = c.text("Item", "指标", key=True)
    step = c.text("Up or down", "方向", key=True, one_of=STEPS)
    factor = c.number("Its weight times this, the others in proportion", "权重倍数", "ratio", low=0.0, need=True)
    node = c.text("What it belongs to", "上级指标", need=True)
    tiers_changed = c.share("Share of customers whose tier would be another", "等级变动客户占比", need=True)
    rank_correlation = c.number(
        "Spearman's, of the score with the one in use; null where all are equal",
        "与现评分的秩相关",
        "-1..1",
        low=-1.0,
        high=1.0,
    )


class ValueStars(dy.Schema):
    """One row per customer, where the operator has levels of its own: the first whose condition holds."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    star = c.text("Level; null where no condition holds", "星级")
    place = c.integer("Its place among the levels, 1 the best", "星级序号", low=1)
    star_before = c.text("Level in the snapshot before", "上期星级")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str, *, attributes: bool = False) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of", attributes)


CONTRACTS = {
    found.name: found
    for found in (
        _result("value_weights", ValueWeights, "How the score is weighted", "价值评分指标权重"),
        _result("value_scales", ValueScales, "From values to scores", "指标评分标尺"),
        _result("value_tiers", ValueTiers, "Bounds and sizes of value tiers", "价值等级门槛"),
        _result("value_indicators", ValueIndicators, "Scores of each indicator", "客户指标得分", attributes=True),
        _result("value_moves", ValueMoves, "Who changed tier, and why", "价值等级升降"),
        _result("value_stars", ValueStars, "Levels by conditions of the operator's own", "自定客户星级"),
        _result("value_sensitivity", ValueSensitivity, "What other weights would do", "权重敏感性"),
    )
}
