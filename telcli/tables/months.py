"""customer_months: what one month of one customer looks like; the unified view every later stage reads."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "FACTS", "FEATURES", "CustomerMonths"]


class CustomerMonths(dy.Schema):
    """One row per customer and month, from the month of joining to the month of leaving, again after a return.

    A month's row is made of that month and earlier ones alone, so that a snapshot can be scored honestly. The one
    exception is `left` in the last month, which is taken back if a new line begins in the month after.
    Null means not known: the source is absent, or was not delivered for that month. 0 means that nothing happened.
    """

    customer_id = c.text("Customer", "客户编号", key=True, source="customers")
    month = c.month("Month", "月份", key=True, source="bills, usage, payments, contacts")

    # Facts of the walk: never features of a model.
    active = c.flag(
        "Is a customer at the end of the month", "月末在网", need=True, source="subscriptions, bills, usage, payments"
    )
    left = c.flag("Left for good in this month", "当月离网", need=True, source="subscriptions, usage, payments")

    # Contract
    tenure_months = c.number(
        "Months from joining to the first of the month; 0 in the month of joining",
        "网龄",
        "months",
        low=0.0,
        source="customers, subscriptions, bills, usage",
    )
    contract_months_left = c.number(
        "Months of contract left at the end of the month; 0 when run out",
        "合约剩余月数",
        "months",
        low=0.0,
        source="subscriptions",
    )
    numbers_held = c.count("Live lines held", "在网号码数", "lines", source="subscriptions")
    services_held = c.count("Kinds of service held", "业务种类数", "kinds", source="subscriptions")
    plan_fee = c.money("Plan fees of live lines", "套餐费合计", source="subscriptions")

    # Money
    revenue = c.money("Billed less discount", "净收入", source="bills")
    discount = c.money("Discount", "优惠额", source="bills")
    recurring_fee = c.money("Recurring charges billed", "月租收入", source="bills")
    over_bundle_fee = c.money("Charged beyond the bundle", "套外费", source="bills, usage")
    paid = c.money("Paid, reversals taken off", "缴费额", source="payments")
    arrears = c.money(
        "Fallen due so far less paid so far, never negative", "累计欠费", low=0.0, source="bills, payments"
    )

    # Use
    call_minutes = c.count("Minutes of calls", "通话分钟数", "minutes", source="usage")
    calls_out = c.count("Calls made", "主叫次数", "calls", source="usage")
    calls_in = c.count("Calls received", "被叫次数", "calls", source="usage")
    texts = c.count("Texts sent", "短信条数", "texts", source="usage")
    data_mb = c.count("Data used", "流量", "MB", source="usage")
    roaming_minutes = c.count("Minutes while roaming", "漫游分钟数", "minutes", source="usage")
    active_days = c.number("Days with any use", "活跃天数", "days", low=0.0, high=31.0, source="usage")

    # Service
    contacts = c.count("Contacts with the operator", "接触次数", "contacts", source="contacts")
    complaints = c.count("Complaints", "投诉次数", "complaints", source="contacts")
    faults = c.count("Fault reports", "故障申告次数", "reports", source="contacts")
    unresolved = c.count("Contacts still open at the end of the month", "未办结工单数", "contacts", source="contacts")
    rating = c.number("Mean rating of contacts", "平均评分", "points", low=0.0, high=10.0, source="contacts")

    # History, this month included
    revenue_mean_3 = c.money("Mean revenue over 3 months", "近3个月平均收入", source="bills")
    revenue_mean_6 = c.money("Mean revenue over 6 months", "近6个月平均收入", source="bills")
    revenue_change_3 = c.number(
        "Mean revenue of 3 months over that of the 3 before, less 1",
        "收入环比变化(3个月)",
        "ratio - 1",
        low=-10.0,
        high=10.0,
        source="bills",
    )
    call_minutes_mean_3 = c.count("Mean minutes over 3 months", "近3个月平均通话分钟", "minutes", source="usage")
    call_minutes_change_3 = c.number(
        "Mean minutes of 3 months over that of the 3 before, less 1",
        "通话环比变化(3个月)",
        "ratio - 1",
        low=-1.0,
        high=10.0,
        source="usage",
    )
    data_mb_mean_3 = c.count("Mean data over 3 months", "近3个月平均流量", "MB", source="usage")
    data_mb_change_3 = c.number(
        "Mean data of 3 months over that of the 3 before, less 1",
        "流量环比变化(3个月)",
        "ratio - 1",
        low=-1.0,
        high=10.0,
        source="usage",
    )
    active_days_change_3 = c.number(
        "Mean active days of 3 months less that of the 3 before", "活跃天数变化(3个月)", "days", source="usage"
    )
    complaints_sum_3 = c.count("Complaints in 3 months", "近3个月投诉次数", "complaints", source="contacts")
    contacts_sum_6 = c.count("Contacts in 6 months", "近6个月接触次数", "contacts", source="contacts")
    months_in_arrears_6 = c.count(
        "Months with arrears, of the last 6", "近6个月欠费月数", "months", source="bills, payments"
    )
    months_since_use = c.count(
        "Months since any use; 0 when used this month", "距上次使用月数", "months", source="usage"
    )


FACTS = ("customer_id", "month", "active", "left")
FEATURES = tuple(name for name in CustomerMonths.column_names() if name not in FACTS)
CONTRACTS = {
    "customer_months": Contract(
        "customer_months", CustomerMonths, "Each customer's months: the unified view", "客户月度统一视图", "month"
    )
}
