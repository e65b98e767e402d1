"""Result tables of complaints: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CODINGS", "CONTRACTS", "GROUPINGS", "KINDS", "SLA_STATES", "TOPIC_THEMES"]

CODINGS = ("taxonomy", "source")
GROUPINGS = ("segment", "customer_class", "branch")
SLA_STATES = ("overdue", "open", "late")
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
    mentions = c.integer(
        "Contacts in which words of the topic stand, if another is theirs too; null: none, or not of the taxonomy",
        "提及次数",
        "contacts",
        low=0,
    )
    small = c.flag("Of fewer than 10 customers: not to be shown as a group", "客户数不足10", need=True)
    base = c.integer("Customers there in the month; null where not known", "在网客户数", "customers", low=0)
    rate = c.count("Contacts per 1,000 customers", "千户受理量", "per 1,000 customers")
    rate_low = c.count("Low end of its 95% interval (quasi-Poisson)", "千户受理量下限", "per 1,000 customers")
    rate_high = c.count("High end", "千户受理量上限", "per 1,000 customers")
    share = c.share("Share of the contacts of its kind in the month", "占同类工单比例")
    usual_rate = c.count("Median rate of the months before", "常态千户量(此前各月中位数)", "per 1,000 customers")
    change = c.number("Rate over the usual one, less 1", "较常态变化", "share", low=-1.0)
    ratio = c.count("Rate of customers over that of all months before together", "客户数比率：较此前各月合计", "x")
    ratio_low = c.count("Low end of its 95% interval", "比值下限", "x")
    ratio_high = c.count("High end", "比值上限", "x")
    year_change = c.number(
        "Rate of customers over that of the same month last year, less 1", "客户数同比变化", "share", low=-1.0
    )
    year_low = c.number("Low end of its 95% interval", "同比下限", "share", low=-1.0)
    year_high = c.number("High end", "同比上限", "share", low=-1.0)
    chance = c.share("Chance of so many customers, were the rate as in the months before", "p值")
    chance_among = c.share("The same among all topics tested (Benjamini and Hochberg)", "q值(错误发现率)")
    emerging = c.flag("More customers than usual and than a year ago, 10 at least, beyond chance", "新出现的热点")


class ComplaintHandling(dy.Schema):
    """One row per group of contacts of the last months: repeats, hours until closed, and how many in time."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    dimension = c.text("What contacts are told apart by", "维度", key=True)
    level = c.text("Its level", "维度取值", key=True)
    contacts = c.integer("Contacts opened", "受理量", "contacts", need=True, low=0)
    customers = c.integer("Customers who made them", "涉及客户数", "customers", need=True, low=0)
    small = c.flag("Of fewer than 10 customers: not to be shown as a group", "客户数不足10", need=True)
    repeats = c.integer("Of the contacts, repeats", "重复件数", "contacts", need=True, low=0)
    repeat_share = c.share("Share that repeats", "重复率")
    repeat_low = c.share("Low end of its 95% interval (Wilson)", "重复率下限")
    repeat_high = c.share("High end", "重复率上限")
    open = c.integer("Open at the last moment told", "未结件数", "contacts", need=True, low=0)
    median_hours = c.count(
        "Hours in which half are closed, open ones counted as open (Kaplan-Meier)", "办结时长中位数", "hours"
    )
    median_low = c.count("Low end of its 95% interval", "中位数下限", "hours")
    median_high = c.count("High end; null: not reached", "中位数上限", "hours")
    p90_hours = c.count("Hours in which nine of ten are closed; null: not reached", "90%办结时长", "hours")
    p90_low = c.count("Low end of its 95% interval", "90%办结时长下限", "hours")
    p90_high = c.count("High end; null: not reached", "90%办结时长上限", "hours")
    in_time_share = c.share("Share closed within sla_hours, of those whose hours are over", "及时率")
    in_time_low = c.share("Low end of its 95% interval (Wilson)", "及时率下限")
    in_time_high = c.share("High end", "及时率上限")


class ContactLoad(dy.Schema):
    """One row per group of contacts of the last months: how many come, how many are answered, how they are rated."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    dimension = c.text("all, month, weekday (1 Monday), hour, topic of the source, channel", "维度", key=True)
    level = c.text("Its level", "维度取值", key=True)
    contacts = c.integer("Contacts", "受理量", "contacts", need=True, low=0)
    small = c.flag("Fewer than 10: not to be shown as a group", "不足10件", need=True)
    per_day = c.count("A day of the calendar", "日均受理量", "contacts", need=True)
    calls = c.integer("Of them, known to be answered or not", "已知是否接通的来电", "contacts", need=True, low=0)
    unanswered = c.integer("Of these, not answered: given up or not taken", "未接通", "contacts", need=True, low=0)
    answered_share = c.share("Share answered", "接通率")
    answered_low = c.share("Low end of its 95% interval (Wilson)", "接通率下限")
    answered_high = c.share("High end", "接通率上限")
    wait_s = c.count("Mean seconds until answered, of those answered", "平均应答时长", "seconds")
    wait_s_low = c.count("Low end of its 95% interval; null of fewer than 10", "平均应答时长下限", "seconds")
    wait_s_high = c.count("High end", "平均应答时长上限", "seconds")
    wait_median_s = c.count("Median seconds until answered", "应答时长中位数", "seconds")
    wait_p90_s = c.count("Seconds within which nine of ten were answered", "90%应答时长", "seconds")
    talk_s = c.count("Mean seconds of talk", "平均通话时长", "seconds")
    talk_s_low = c.count("Low end of its 95% interval; null of fewer than 10", "平均通话时长下限", "seconds")
    talk_s_high = c.count("High end", "平均通话时长上限", "seconds")
    settled_share = c.share("Share settled, of calls answered", "解决率")
    settled_low = c.share("Low end of its 95% interval (Wilson)", "解决率下限")
    settled_high = c.share("High end", "解决率上限")
    rated = c.integer("Contacts with a rating", "有评分件数", "contacts", need=True, low=0)
    rating = c.count("Mean rating", "平均评分", "points")
    rating_low = c.count("Low end of its 95% interval; null of fewer than 10", "平均评分下限", "points")
    rating_high = c.count("High end", "平均评分上限", "points")


class ComplaintGroups(dy.Schema):
    """One row per group of customers and kind of contact: how often they make contact, against all others."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    dimension = c.text("What customers are told apart by", "维度", key=True, one_of=GROUPINGS)
    level = c.text("Its level; unknown: not known of the customer", "维度取值", key=True)
    kind = c.text("Kind of contact; all together", "工单类型", key=True, one_of=KINDS)
    level_zh = c.text("The level in Chinese", "维度取值(中文)")
    small = c.flag(
        "Of fewer than 10 customers, or would tell such a group by subtraction", "客户数不足10或可推知", need=True
    )
    customers = c.integer("Customers there in the last months; null: small", "客户数", "customers", low=0)
    base_months = c.integer("Months that they were there together", "客户月数", "customer-months", low=0)
    contacts = c.integer("Contacts opened", "受理量", "contacts", low=0)
    callers = c.integer("Customers who made them", "涉及客户数", "customers", low=0)
    rate = c.count("Contacts per 1,000 customers and month", "千户月受理量", "per 1,000 customers")
    rate_low = c.count("Low end of its 95% interval (quasi-Poisson)", "千户月受理量下限", "per 1,000 customers")
    rate_high = c.count("High end", "千户月受理量上限", "per 1,000 customers")
    ratio = c.count("Rate over that of all other customers", "与其余客户之比", "x")
    ratio_low = c.count("Low end of its 95% interval", "比值下限", "x")
    ratio_high = c.count("High end; null: not bounded", "比值上限", "x")
    chance_among = c.share(
        "Chance of so large a difference among all groups told (Benjamini and Hochberg)", "q值(错误发现率)"
    )
    differs = c.flag("Differs from all others beyond chance", "与其余客户有显著差异")


class ContactAgents(dy.Schema):
    """One row per agent of 30 contacts or more in the last months, by a code."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    agent = c.text("Code of the agent", "坐席代码", key=True)
    contacts = c.integer("Contacts", "受理量", "contacts", need=True, low=0)
    calls = c.integer("Of them, known to be answered or not", "已知是否接通的来电", "contacts", need=True, low=0)
    answered_share = c.share("Share answered", "接通率")
    answered_low = c.share("Low end of its 95% interval (Wilson)", "接通率下限")
    answered_high = c.share("High end", "接通率上限")
    answered_shrunk = c.share("Share answered, pulled towards all agents as far as chance goes", "接通率(收缩)")
    wait_s = c.count("Mean seconds until answered, of those answered", "平均应答时长", "seconds")
    wait_s_low = c.count("Low end of its 95% interval", "平均应答时长下限", "seconds")
    wait_s_high = c.count("High end", "平均应答时长上限", "seconds")
    talk_s = c.count("Mean seconds of talk", "平均通话时长", "seconds")
    talk_s_low = c.count("Low end of its 95% interval", "平均通话时长下限", "seconds")
    talk_s_high = c.count("High end", "平均通话时长上限", "seconds")
    settled_share = c.share("Share settled, of calls answered", "解决率")
    settled_low = c.share("Low end of its 95% interval (Wilson)", "解决率下限")
    settled_high = c.share("High end", "解决率上限")
    settled_shrunk = c.share("Share settled, pulled towards all agents as far as chance goes", "解决率(收缩)")
    rated = c.integer("Contacts with a rating", "有评分件数", "contacts", need=True, low=0)
    rating = c.count("Mean rating", "平均评分", "points")
    rating_low = c.count("Low end of its 95% interval", "平均评分下限", "points")
    rating_high = c.count("High end", "平均评分上限", "points")
    rating_shrunk = c.count("Mean rating, pulled towards all agents as far as chance goes", "平均评分(收缩)", "points")


class ComplaintWords(dy.Schema):
    """One row per term of texts without a topic that ten customers or more said, by how surely more say it."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    term = c.text("Word, or pair of Chinese characters", "词语", key=True)
    rank = c.integer("Place by chance_among", "排名", need=True, low=1)
    customers = c.integer("Customers who said it in the month", "当月提及客户数", "customers", need=True, low=0)
    customers_before = c.integer(
        "The same in the months before together", "此前提及客户数", "customers", need=True, low=0
    )
    speakers = c.integer("Customers of texts without a topic in the month", "当月未归类文本客户数", "customers", low=0)
    speakers_before = c.integer("The same in the months before", "此前未归类文本客户数", "customers", low=0)
    ratio = c.count("Share of speakers who said it, over that of before; null: nobody did", "提及率之比", "x")
    ratio_low = c.count("Low end of its 95% interval", "比值下限", "x")
    ratio_high = c.count("High end", "比值上限", "x")
    chance = c.share("Chance of so many, were it as before", "p值")
    chance_among = c.share("The same among all terms (Benjamini and Hochberg)", "q值(错误发现率)")
    emerging = c.flag("More than before, beyond chance", "新出现的词语")


class ComplaintCustomers(dy.Schema):
    """One row per customer who complains again, or waits long; who may cost most first."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    rank = c.integer("Place by value at risk, then complaints", "排名", need=True, low=1)
    complaints = c.integer(
        "Complaints and faults within `repeat_days`", "重复期内投诉与故障", "contacts", need=True, low=0
    )
    complaints_year = c.integer("In 12 months", "近12个月投诉与故障", "contacts", need=True, low=0)
    open = c.integer("Of them, open; null where no closing is told", "未结件数", "contacts", low=0)
    open_days = c.count("Days that the oldest is open", "最长未结天数", "days")
    severity = c.integer("The highest: 1 ordinary, 2 important, 3 major", "最高重要性", "grade", low=1, high=3)
    topic = c.text("Topic of the last", "最近类别", need=True)
    topic_name = c.text("What the topic is called", "最近类别名称(英文)")
    topic_name_zh = c.text("The same in Chinese", "最近类别名称")
    last_on = c.day("Day of the last", "最近日期", need=True)
    customer_class = c.text("Customer class", "客户类型")
    manager_id = c.text("Account manager", "客户经理编号")
    branch = c.text("Branch or grid", "归属分局/网格")
    churn_probability = c.share("Chance of leaving that predict-churn gave", "流失概率")
    value_at_risk = c.money("Retention value times that chance", "风险价值")


class ComplaintSla(dy.Schema):
    """One row per ticket of a key account that is open, or was closed late in the month; the latest first."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    contact_id = c.text("Contact or ticket", "工单编号", key=True)
    rank = c.integer("Place: overdue, open, closed late; least time left first", "排名", need=True, low=1)
    state = c.text("overdue, open, or closed late", "状态", need=True, one_of=SLA_STATES)
    customer_id = c.text("Customer", "客户编号", need=True)
    customer_class = c.text("Customer class", "客户类型")
    manager_id = c.text("Account manager", "客户经理编号")
    branch = c.text("Branch or grid", "归属分局/网格")
    kind = c.text("Kind of contact", "工单类型", need=True, one_of=KINDS)
    topic = c.text("Topic", "类别", need=True)
    topic_name = c.text("What the topic is called", "类别名称(英文)")
    topic_name_zh = c.text("The same in Chinese", "类别名称")
    severity = c.integer("1 ordinary, 2 important, 3 major", "投诉重要性", "grade", low=1, high=3)
    again = c.flag("A repeat", "是否重复", need=True)
    opened_at = c.moment("When it was opened", "受理时间", need=True)
    closed_at = c.moment("When it was closed, in the month", "办结时间")
    age_hours = c.count(
        "Hours open up to the last moment told: of the calendar, or of working_hours", "历时", "hours", need=True
    )
    sla_hours = c.count("Hours allowed", "时限", "hours")
    hours_left = c.number("Hours left; negative: over", "剩余时间", "hours")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("complaint_topics", ComplaintTopics, "How often customers contact about what", "投诉与工单类别趋势"),
        Contract(
            "complaint_customers",
            ComplaintCustomers,
            "Who complains again or waits",
            "重复与久拖投诉客户",
            "as_of",
            ranks=("rank",),
        ),
        Contract(
            "complaint_words",
            ComplaintWords,
            "Terms of texts without a topic",
            "未归类文本热词",
            "as_of",
            ranks=("rank",),
        ),
        _result("complaint_groups", ComplaintGroups, "How often groups of customers contact", "各客户群受理率"),
        _result("contact_agents", ContactAgents, "Calls of each agent, by code", "坐席话务与评分"),
        _result("contact_load", ContactLoad, "Load of the call centre, and ratings", "话务负荷与评分"),
        _result("complaint_handling", ComplaintHandling, "How contacts are handled", "工单处理情况"),
        Contract(
            "complaint_sla",
            ComplaintSla,
            "Tickets of key accounts against time",
            "重点客户工单时限",
            "as_of",
            ranks=("rank",),
        ),
    )
}
