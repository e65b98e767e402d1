"""Result tables: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.subjects import CUSTOMER_CLASSES

__all__ = ["CHURN_THEMES", "CONTRACTS", "LIFECYCLE_STAGES", "RISK_BANDS", "TIERS", "VALUE_TIERS"]

LIFECYCLE_STAGES = ("acquisition", "growth", "maturity", "decline", "dormant", "churned", "unknown")
TIERS = ("high", "mid", "low")
RISK_BANDS = ("low", "medium", "high")
CHURN_THEMES = (
    *("contract", "network", "service", "price", "payment", "competition", "use", "product", "life"),
    "other",
)
VALUE_TIERS = ("platinum", "gold", "silver", "bronze")


class Segments(dy.Schema):
    """One row per customer alive at the snapshot."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    segment = c.integer("Segment, from 1, the largest revenue first", "客群编号", need=True, low=1)
    segment_name = c.text("Its name", "客群名称(英文)", need=True)
    segment_name_zh = c.text("Its name in Chinese", "客群名称", need=True)
    customer_class = c.text("Class of the customer that the CRM tells", "客户类型(CRM)", one_of=CUSTOMER_CLASSES)
    lifecycle_stage = c.text("Stage of the customer's life", "生命周期阶段", need=True, one_of=LIFECYCLE_STAGES)
    consumption_tier = c.text("High, mid or low revenue", "消费层级", one_of=TIERS)


class SegmentProfiles(dy.Schema):
    """One row per segment."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    segment = c.integer("Segment", "客群编号", key=True)
    segment_name = c.text("Its name", "客群名称(英文)", need=True)
    segment_name_zh = c.text("Its name in Chinese", "客群名称", need=True)
    since = c.month("First month of the name; it goes with the customers", "客群名称起始月份", need=False)
    overlap = c.share("Jaccard index with the segment of that name in the snapshot before", "与上期同名客群的重合度")
    overlap_since = c.share("Jaccard index with itself in the first month of the name", "与命名当月的重合度")
    customers = c.integer("Customers in it", "客户数", "customers", need=True, low=1)
    customer_share = c.share("Share of customers", "客户占比", need=True)
    revenue_share = c.share("Share of revenue", "收入占比")
    value_index = c.number("Mean revenue over the mean of all", "价值指数", "x the mean")
    churn_rate = c.share("Share that left, where there is a label", "流失率")
    profile = c.text("What sets it apart", "特征描述(英文)", need=True)
    profile_zh = c.text("What sets it apart, in Chinese", "特征描述", need=True)
    rule = c.text("A short rule that finds most of it", "识别规则(英文)")
    rule_zh = c.text("That rule in Chinese", "识别规则")
    rule_filter = c.text("That rule as a condition over columns of customer_months and customers", "识别规则(筛选条件)")
    rule_table = c.text(
        "Tables whose columns it names: over customer_months alone it goes with show, over both as a rule of one's own",
        "筛选条件所用的表(仅 customer_months 时可用 show；含 customers 时写入 [segment.rules])",
        one_of=("customer_months", "customer_months+customers"),
    )
    rule_precision = c.share("Share of those the rule finds that belong to it", "规则准确率")
    rule_recall = c.share("Share of the segment that the rule finds", "规则覆盖率")
    rule_fidelity = c.share("Share of the segment that all rules used together put in it", "规则合用归入率")
    treatment = c.text("What to do with it", "经营建议(英文)")
    treatment_zh = c.text("What to do with it, in Chinese", "经营建议")


class ValueScores(dy.Schema):
    """One row per customer alive at the snapshot."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    current_value = c.money("Margin of the last 12 months, as realised", "当前价值", need=True)
    incremental_value = c.money("Extra margin expected of plans, lines, products; null where not known", "增量价值")
    retention_value = c.money("Discounted margin expected within the horizon", "存量(保有)价值", need=True)
    lifetime_value = c.money("Sum of the three", "生命周期价值", need=True)
    lifetime_value_low = c.money("Its low end, by when a customer may leave and how months vary", "生命周期价值下限")
    lifetime_value_high = c.money("Its high end", "生命周期价值上限")
    expected_months = c.number(
        "Months she is expected to stay, of those within the horizon",
        "预期在网月数(计算期内)",
        "months",
        low=0.0,
    )
    value_score = c.number(
        "Score of weighted indicators, or percentile rank of lifetime value (setting score_by)",
        "价值评分",
        "0..100",
        low=0.0,
        high=100.0,
        need=True,
    )
    value_tier = c.text(
        "Tier by score, within bounds that stay (value_tiers)", "价值等级", need=True, one_of=VALUE_TIERS
    )


class SurvivalCurve(dy.Schema):
    """The share of customers still here by tenure: the curve behind retention value."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    tenure_month = c.integer("Months since the month of joining", "网龄月", "months", key=True, low=0)
    at_risk = c.number("Customer-months seen at this tenure", "在险客户月数", "customer-months", low=0.0, need=True)
    left = c.number("Customers who left at this tenure", "离网客户数", "customers", low=0.0, need=True)
    hazard = c.share("Chance of leaving in that month, thin tenures pooled", "离网风险", need=True)
    survival = c.share("Share still here after that month", "留存率", need=True)
    survival_low = c.share("Low end of its 95% interval; null beyond the tenures seen", "留存率95%区间下限")
    survival_high = c.share("High end", "留存率95%区间上限")


class ReportFigures(dy.Schema):
    """The report as one long table: every number and sentence that its pages show."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    section = c.text("Part of the report", "章节", key=True)
    row = c.integer("Row within the section, from 1", "序号", key=True, low=1)
    metric = c.text("What is shown", "指标", key=True)
    value = c.number("Number", "数值", "as the metric says")
    text = c.text("Text, in English", "文字(英文)")
    text_zh = c.text("Text, in Chinese", "文字")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("segments", Segments, "Which segment each customer is in", "客户分群结果"),
        _result("segment_profiles", SegmentProfiles, "What each segment is like", "客群画像"),
        _result("value_scores", ValueScores, "What each customer is worth", "客户价值评分"),
        _result("survival_curve", SurvivalCurve, "How long customers stay", "留存曲线"),
        _result("report_figures", ReportFigures, "Every figure of the report", "报告数据"),
    )
}
