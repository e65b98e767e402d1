"""Result tables of complaints: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CODINGS", "CONTRACTS", "KINDS", "TOPIC_THEMES"]

CODINGS = ("taxonomy", "source")
KINDS = ("all", "complaint", "fault", "enquiry", "request", "unknown")
TOPIC_THEMES = ("billing", "service", "network", "product", "sales", "contract", "fraud", "other")


class ComplaintTopics(dy.Schema):
    """One row per month, kind of contact and topic: how many, how often, and whether more than usual."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    coding = c.text(
        "Topics of the taxonomy, or those that the source gives",
        "类别来源：taxonomy 分类体系、source 源系统",
        key=True,
        one_of=CODINGS,
    )
    kind = c.text("Kind of contact; all together; unknown: the source says none", "工单类型", key=True, one_of=KINDS)
    topic = c.text("Topic; all together; uncoded where nothing tells", "类别", key=True)
    month = c.month("Month in which contacts were opened", "受理月份", key=True)
    topic_name = c.text("What the topic is called", "类别名称(英文)", need=True)
    topic_name_zh = c.text("The same in Chinese", "类别名称", need=True)
    theme = c.text("Theme of the topic", "大类", one_of=TOPIC_THEMES)
    contacts = c.integer("Contacts opened", "受理量", "contacts", need=True, low=0)
    customers = c.integer("Customers who made them", "涉及客户数", "customers", need=True, low=0)
    small = c.flag("Of fewer than 10 customers: not to be shown as a group", "客户数不足10", need=True)
    base = c.integer("Customers there in the month; null where not known", "在网客户数", "customers", low=0)
    rate = c.count("Contacts per 1,000 customers", "千户受理量", "per 1,000 customers")
    rate_low = c.count("Low end of its 95% interval (Poisson)", "千户受理量下限", "per 1,000 customers")
    rate_high = c.count("High end", "千户受理量上限", "per 1,000 customers")
    share = c.share("Share of the contacts of its kind in the month", "占同类工单比例")
    usual_rate = c.count("Median rate of the months before", "常态千户量(此前各月中位数)", "per 1,000 customers")
    change = c.number("Rate over the usual one, less 1", "较常态变化", "share", low=-1.0)
    ratio = c.count("Rate over that of all months before together", "较此前各月合计之比", "x")
    ratio_low = c.count("Low end of its 95% interval", "比值下限", "x")
    ratio_high = c.count("High end", "比值上限", "x")
    year_change = c.number("Rate over that of the same month last year, less 1", "同比变化", "share", low=-1.0)
    year_low = c.number("Low end of its 95% interval", "同比下限", "share", low=-1.0)
    year_high = c.number("High end", "同比上限", "share", low=-1.0)
    chance = c.share("Chance of so many, were the rate as in the months before", "p值")
    chance_among = c.share("The same among all topics tested (Benjamini and Hochberg)", "q值(错误发现率)")
    emerging = c.flag("More than usual, more than a year ago, and beyond chance", "新出现的热点")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("complaint_topics", ComplaintTopics, "How often customers contact about what", "投诉与工单类别趋势"),
    )
}
