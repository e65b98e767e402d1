"""Result tables of segment beside who is where and what each segment is like: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "MEASURES", "OUTCOMES", "REACH_KINDS", "VIEWS"]

VIEWS = ("segment", "lifecycle_stage", "consumption_tier", "customer_class")
REACH_KINDS = (
    *("contact-channel", "payment-channel", "sales-channel", "plan", "product"),
    *("campaign-channel", "offer", "campaign"),
)
OUTCOMES = ("churn", "value")
MEASURES = ("left", "revenue", "margin")
_KINDS = ("linear", "log", "signed-log", "mostly-one-value", "dropped")
_REASONS = ("missing", "constant", "duplicate")


class SegmentPreparation(dy.Schema):
    """One row per column that was looked at; in order of place it prepares another month's rows the same way.

    A value v that is kept: `fill` where missing, clipped to low..high, relative to `unit`, through the logarithm that
    `kind` names, then (v - centre) / scale; see BehaviourPreparation in telcli.methods.preparation.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    place = c.integer("Order of the columns, from 1", "列序", key=True, low=1)
    column = c.text("Column of customer_months or customers", "字段", need=True)
    kind = c.text("How it is made comparable, or that it is dropped", "处理方式", need=True, one_of=_KINDS)
    reason = c.text("Why it is dropped", "剔除原因", one_of=_REASONS)
    like = c.text("The column it duplicates", "重复于")
    missing_share = c.share("Share of customers it is missing of", "缺失率", need=True)
    fill = c.number("What a missing value is taken for", "缺失填充值", "as the column")
    low = c.number("Values below count as this", "下限", "as the column")
    high = c.number("Values above count as this", "上限", "as the column")
    unit = c.number("Values are taken relative to this", "基准单位", "as the column")
    centre = c.number("Taken off after the logarithm", "中心", "as prepared")
    scale = c.number("Divided by after that", "尺度", "as prepared")


class SegmentCentres(dy.Schema):
    """One row per segment and column kept: a customer belongs to the nearest centre, by squared distance."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    segment = c.integer("Segment", "客群编号", key=True, low=1)
    column = c.text("Column", "字段", key=True)
    value = c.number("Its centre, prepared", "客群中心(标准化)", "as prepared", need=True)
    mean = c.number("Its mean in the segment, of those known", "客群均值", "as the column")
    effect = c.number("Mean of the segment less that of all, prepared", "标准化差异(z值)", "standard deviations of all")


class SegmentOrigins(dy.Schema):
    """One row per customer of each month in which a name of today's segments began."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    since = c.month("First month of a name", "客群名称起始月份", key=True)
    segment = c.integer("Today's number of the segment then, where it lives on", "当时所属客群的现编号", low=1)


class SegmentsBefore(dy.Schema):
    """One row per customer active before the last third of history: the segment of today she was like then."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    month = c.month("Month of then", "当时月份", need=True)
    segment = c.integer("Segment, by today's centres and numbers", "按当前中心所属客群编号", need=True, low=1)
    segment_name = c.text("Its name today", "客群现名", need=True)
    segment_name_zh = c.text("Its Chinese name", "客群现名(中文)", need=True)


class SegmentCounts(dy.Schema):
    """One row per number of segments that was tried."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    k = c.integer("Number of segments", "客群数", key=True, low=1)
    inertia = c.number("Summed squared distance to the centres", "簇内平方和", "as prepared, squared", low=0.0)
    silhouette = c.number("Silhouette", "轮廓系数", "-1..1", low=-1.0, high=1.0)
    davies_bouldin = c.number("Davies-Bouldin index, small is good", "DB指数", "index", low=0.0)
    calinski_harabasz = c.number("Calinski-Harabasz index, large is good", "CH指数", "index", low=0.0)
    gap = c.number("Gap statistic", "Gap统计量", "nats")
    gap_se = c.number("Its standard error", "Gap标准误", "nats", low=0.0)
    stability = c.share("Stability of the least stable segment", "稳定性")
    smallest_share = c.share("Share of customers in the smallest segment", "最小客群占比")
    information_gain = c.number("What it tells of churn after an earlier month", "信息增益", "bits", low=0.0)
    chance_gain = c.number("What shuffled customers would tell of it", "随机信息增益", "bits", low=0.0)
    recommended = c.flag("The number that the rule recommends", "推荐", need=True)
    in_use = c.flag("The number in use", "采用")


class SegmentMoves(dy.Schema):
    """One row per way from a group before to a group now, of every customer in either month."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    view = c.text("Which grouping", "分组维度", key=True, one_of=VIEWS)
    from_group = c.text("Group before", "原分组(英文)", key=True)
    to_group = c.text("Group now", "现分组(英文)", key=True)
    before = c.month("The month before", "对比月份")
    from_group_zh = c.text("Group before, in Chinese", "原分组", need=True)
    to_group_zh = c.text("Group now, in Chinese", "现分组", need=True)
    customers = c.integer("Customers who went this way", "客户数", "customers", need=True, low=1)
    share = c.share("Share of the group before", "占原分组比例", need=True)


class SegmentEvaluation(dy.Schema):
    """What segments of an earlier month told of the months after it: one row per outcome and segment of that month."""

    as_of = c.month("Snapshot month, up to which outcomes are known", "快照月份", key=True)
    outcome = c.text("Churn or value", "结果类型", key=True, one_of=OUTCOMES)
    segment = c.integer("Segment of the earlier month, the largest revenue first", "客群编号", key=True, low=1)
    measured_on = c.month("Month of the segments", "分群月份")
    segment_name = c.text("The segment of today it became, or its number", "客群名称(英文)", need=True)
    segment_name_zh = c.text("The same in Chinese", "客群名称", need=True)
    customers = c.integer("Customers whose outcome is known", "客户数", "customers", need=True, low=1)
    measure = c.text("What rate_or_mean is: left, revenue or margin a month", "指标", one_of=MEASURES)
    rate_or_mean = c.number(
        "Share that left, or mean of the measure a month", "流失率或月均收入(毛利)", "0..1 or currency", need=True
    )
    lift = c.number("That over the one of all", "提升度", "x the mean")


class SegmentAgreement(dy.Schema):
    """Segments crossed with a grouping of the operator's: one row per pair that has customers."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    attribute = c.text("Column of customers", "客户表字段", need=True)
    group_name = c.text("Its group", "对照分组", key=True)
    segment = c.integer("Segment", "客群编号", key=True, low=1)
    segment_name = c.text("Name of the segment", "客群名称(英文)", need=True)
    segment_name_zh = c.text("The same in Chinese", "客群名称", need=True)
    customers = c.integer("Customers in both", "客户数", "customers", need=True, low=1)
    share_of_group = c.share("Share of the group", "占该分组比例", need=True)
    share_of_segment = c.share("Share of the segment, of those whose group is known", "占该客群比例", need=True)


class SegmentReach(dy.Schema):
    """Segments crossed with channels, plans, products and campaigns: one row per pair that has customers.

    A customer may have several items of a kind. What is told of campaigns is null of other kinds, and where no
    customer's answer, or no cost, is known.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("Kind of item", "类别", key=True, one_of=REACH_KINDS)
    item = c.text("Channel, plan or product", "渠道、套餐或产品", key=True)
    segment = c.integer("Segment", "客群编号", key=True, low=1)
    segment_name = c.text("Name of the segment", "客群名称(英文)", need=True)
    segment_name_zh = c.text("The same in Chinese", "客群名称", need=True)
    customers = c.integer("Customers of the segment with it", "客户数", "customers", need=True, low=1)
    share_of_segment = c.share("Share of the segment", "占该客群比例", need=True)
    share_of_all = c.share("Share of all customers", "占全体比例", need=True)
    share_index = c.number(
        "Share of the segment over that of all", "占比指数", "x the share of all", need=True, low=0.0
    )
    share_of_item = c.share("Share of the item's customers who are in the segment", "占该项客户比例", need=True)
    touches = c.integer("Contacts, payments or contacts of campaigns in 6 months", "近6个月次数", "times", low=1)
    accepted = c.integer("Customers who took up a campaign", "接受营销的客户数", "customers", low=0)
    response_rate = c.share("Share of the customers contacted who took it up", "响应率")
    response_index = c.number(
        "That over the share of all customers contacted", "响应指数", "x the rate of all", low=0.0
    )
    cost = c.money("What those contacts cost in 6 months", "近6个月成本", low=0.0)
    margin = c.money("Mean margin a month of these customers, all they have together", "户均月毛利")
    margin_index = c.number("That over the mean of the segment", "毛利指数", "x the mean of the segment")
    share_z = c.number("How far the customers with it are from chance", "偏离随机的程度", "standard deviations")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("segment_preparation", SegmentPreparation, "How behaviour was made comparable", "分群数据预处理"),
        _result("segment_centres", SegmentCentres, "The middle of each segment", "客群中心"),
        _result("segments_before", SegmentsBefore, "Segments of some months ago, by today's", "较早月份的客群"),
        _result("segment_origins", SegmentOrigins, "Who was there when segments got their names", "客群命名时的客户"),
        _result("segment_counts", SegmentCounts, "Measures of each number of segments", "客群数评估"),
        _result("segment_moves", SegmentMoves, "Who moved between groups since the month before", "客群迁移"),
        _result("segment_evaluation", SegmentEvaluation, "What segments tell of later months", "客群效果评估"),
        _result("segment_agreement", SegmentAgreement, "Segments and a grouping held already", "客群与现有分组对照"),
        _result(
            "segment_reach",
            SegmentReach,
            "Channels, plans, products and campaigns of each segment",
            "客群的渠道、产品与营销",
        ),
    )
}
