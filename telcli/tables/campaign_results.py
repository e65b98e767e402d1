"""Result tables of campaigns: how each stands, where they meet, and what came of them."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "EVERY", "NO_CHANNEL", "NO_SEGMENT", "STATES"]

EVERY = "all"
NO_CHANNEL = NO_SEGMENT = "-"
STATES = ("planned", "running", "overdue", "ended")
_SOURCES = ("campaigns", "plan", "both")


class CampaignStatus(dy.Schema):
    """One row per campaign that is known at the end of the month."""

    campaign_id = c.text("Campaign", "活动编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    source = c.text("The table campaigns, plans of telcli, or both", "来源", need=True, one_of=_SOURCES)
    state = c.text("Planned, running, overdue or ended at the end of the month", "状态", need=True, one_of=STATES)
    offers = c.integer("Offers", "方案数", "offers", low=0, need=True)
    channels = c.integer("Channels", "渠道数", "channels", low=0, need=True)
    planned = c.integer("Customers to be contacted", "计划触达客户数", "customers", low=0, need=True)
    sent = c.integer("Of them, given out by the end of the month", "已下发客户数", "customers", low=0, need=True)
    contacted = c.integer("Of them, contacted by then", "已触达客户数", "customers", low=0, need=True)
    contacted_share = c.share("Contacted of those to be contacted", "触达率")
    answered = c.integer("Contacted, and what they said is known", "已反馈客户数", "customers", low=0)
    accepted = c.integer("Of them, took it up", "接受客户数", "customers", low=0, need=True)
    accept_rate = c.share("Took it up, of those contacted", "接受率")
    accept_low = c.share("Lower end of its 95% interval", "接受率95%区间下限")
    accept_high = c.share("Upper end", "接受率95%区间上限")
    held_out = c.integer("Customers held out", "对照组客户数", "customers", low=0, need=True)
    held_out_contacted = c.integer(
        "Of them, contacted all the same, by this campaign or another in the months watched",
        "对照组被触达客户数",
        "customers",
        low=0,
        need=True,
    )
    first_day = c.day("First contact, past or due", "首次触达日")
    last_day = c.day("Last contact, past or due", "末次触达日")
    deadline = c.day("Last day to contact", "最迟触达日期")
    cost = c.number("What contacts cost so far; null where nobody says", "已发生成本", "currency", low=0.0)
    budget = c.number("What there was to spend", "预算", "currency", low=0.0)
    budget_used = c.number("Cost over budget", "预算使用率", "x budget", low=0.0)
    months_watched = c.integer("Months known after the first contact", "已观察月数", "months", low=0, need=True)
    accepted_margin = c.number(
        "Margin a month of those who took it up, in the months watched", "接受客户月均毛利", "currency"
    )
    others_margin = c.number("The same of the others contacted", "其他触达客户月均毛利", "currency")
    gain = c.number(
        "Margin a month more than those held out, per customer to be contacted", "较对照组月均毛利增量", "currency"
    )
    gain_low = c.number("Lower end of its 95% interval", "毛利增量95%区间下限", "currency")
    gain_high = c.number("Upper end", "毛利增量95%区间上限", "currency")


class CampaignOverlap(dy.Schema):
    """One row per two campaigns that met in a customer; `first` began first."""

    first = c.text("Campaign that began first", "活动一", key=True)
    second = c.text("The other", "活动二", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    customers_first = c.integer("Customers contacted by the first", "活动一触达客户数", "customers", low=0, need=True)
    customers_second = c.integer("Customers contacted by the second", "活动二触达客户数", "customers", low=0, need=True)
    both = c.integer("Contacted by both within quiet_days or a month", "重叠客户数", "customers", low=0, need=True)
    near = c.integer("Of them, within quiet_days", "免扰期内重叠客户数", "customers", low=0, need=True)
    keeps = c.text("To which of the two customers in both belong", "保留重叠客户的活动", need=True)
    held_out_first = c.integer(
        "Held out by the first, contacted by the second in the months watched",
        "活动一对照组被活动二触达",
        "customers",
        low=0,
        need=True,
    )
    held_out_second = c.integer(
        "Held out by the second, contacted by the first in the months watched",
        "活动二对照组被活动一触达",
        "customers",
        low=0,
        need=True,
    )


class CampaignResponse(dy.Schema):
    """One row per campaign, segment and channel, and their totals, called all."""

    campaign_id = c.text("Campaign, or all", "活动编号", key=True)
    segment_name = c.text("Segment before the contact, - where none is known, or all", "客群名称(英文)", key=True)
    channel = c.text("Channel, - where none is known, or all", "渠道", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    segment_name_zh = c.text("Segment in Chinese", "客群名称")
    planned = c.integer("Customers to be contacted", "计划触达客户数", "customers", low=0, need=True)
    contacted = c.integer("Of them, contacted", "已触达客户数", "customers", low=0, need=True)
    responded = c.integer("Contacted, and what they said is known", "已反馈客户数", "customers", low=0, need=True)
    response_rate = c.share("Responded, of those contacted", "反馈率")
    response_low = c.share("Lower end of its 95% interval", "反馈率95%区间下限")
    response_high = c.share("Upper end", "反馈率95%区间上限")
    accepted = c.integer("Took it up", "接受客户数", "customers", low=0, need=True)
    accept_rate = c.share("Took it up, of those contacted", "接受率")
    accept_low = c.share("Lower end of its 95% interval", "接受率95%区间下限")
    accept_high = c.share("Upper end", "接受率95%区间上限")
    cost = c.number("What contacts cost; null where nobody says", "成本", "currency", low=0.0)
    cost_per_contact = c.number("Cost over those contacted", "单次触达成本", "currency", low=0.0)
    cost_per_response = c.number("Cost over those who responded", "单个反馈成本", "currency", low=0.0)
    cost_per_accept = c.number("Cost over those who took it up", "单个接受成本", "currency", low=0.0)
    accepted_margin = c.number(
        "Margin a month of those who took it up, in the months watched", "接受客户月均毛利", "currency"
    )
    others_margin = c.number("The same of the others contacted", "其他触达客户月均毛利", "currency")
    held_out = c.integer("Customers held out", "对照组客户数", "customers", low=0, need=True)
    gain = c.number(
        "Margin a month more than those held out, per customer to be contacted", "较对照组月均毛利增量", "currency"
    )
    gain_low = c.number("Lower end of its 95% interval", "毛利增量95%区间下限", "currency")
    gain_high = c.number("Upper end", "毛利增量95%区间上限", "currency")


class ChannelResults(dy.Schema):
    """One row per sales channel with new customers, and one, called all, of all of them."""

    channel = c.text("Channel that sold the first line, - where none is known, or all", "入网渠道", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    customers = c.integer("Customers who joined in the months looked at", "新客户数", "customers", low=1, need=True)
    customer_months = c.integer("Months of theirs so far", "客户月数", "customer-months", low=0, need=True)
    revenue = c.number("What they were billed so far", "累计收入", "currency", need=True)
    margin = c.number("What is left of it before sales costs and debts", "累计毛利", "currency", need=True)
    commission = c.number("Commissions paid for their lines", "佣金", "currency", low=0.0, need=True)
    clawed_back = c.number("Of them, taken back of lines that ended early", "追回佣金", "currency", low=0.0, need=True)
    subsidy = c.number("Subsidies of their devices, as far as used up", "终端补贴摊销", "currency", low=0.0, need=True)
    arrears = c.number("What they owe; who left, when she left", "欠费", "currency", low=0.0)
    arrears_share = c.number("Arrears over what they were billed", "欠费占收入比", "x revenue", low=0.0)
    bad_debt = c.number("Arrears of more than 90 days that are never paid", "坏账", "currency", low=0.0, need=True)
    result = c.number("Margin less sales costs and bad debt", "渠道损益", "currency", need=True)
    result_each = c.number("The same per customer", "每客户损益", "currency", need=True)
    result_low = c.number("Lower end of its 95% interval", "每客户损益95%区间下限", "currency")
    result_high = c.number("Upper end", "每客户损益95%区间上限", "currency")
    payback_months = c.number("Months of margin that sales costs take; null where never", "回本月数", "months", low=0.0)
    observed = c.integer("Customers seen for early_months", "可观察早期离网的客户数", "customers", low=0, need=True)
    left_early = c.integer("Of them, left in fewer months", "早期离网客户数", "customers", low=0, need=True)
    early_rate = c.share("Share of them", "早期离网率")
    early_low = c.share("Lower end of its 95% interval", "早期离网率95%区间下限")
    early_high = c.share("Upper end", "早期离网率95%区间上限")
    apart = c.flag(
        "The share is apart from that of the other channels by more than chance, many compared",
        "早期离网率与其他渠道显著不同",
    )


CONTRACTS = {
    found.name: found
    for found in (
        Contract("campaign_status", CampaignStatus, "How each campaign stands", "活动进度", "as_of"),
        Contract("campaign_overlap", CampaignOverlap, "Where campaigns meet", "活动重叠", "as_of"),
        Contract("channel_results", ChannelResults, "What sales channels bring", "渠道损益", "as_of"),
        Contract("campaign_response", CampaignResponse, "What came of campaigns", "活动响应", "as_of"),
    )
}
