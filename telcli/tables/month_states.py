"""The columns of customer_months that say who the customer is, what is held, and what is billed, paid and owed."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c

__all__ = ["MonthlyStates"]

_BOTH = "bills, payments"
_LINES = "subscriptions, subscription_history"


class MonthlyStates(dy.Schema):
    """Key, facts of the walk, contract and money of a month."""

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
        source=_LINES,
    )
    numbers_held = c.count("Live lines held", "在网号码数", "lines", source="subscriptions")
    sub_cards = c.count("Live lines that are a sub card", "副卡数", "lines", source="subscriptions")
    bundle_lines = c.count("Most live lines in one bundle", "同一融合内号码数", "lines", source="subscriptions")
    services_held = c.count("Kinds of service held", "业务种类数", "kinds", source="subscriptions")
    products_held = c.count("Products held on live lines", "在订产品数", "products", source="products, subscriptions")
    plan_fee = c.money("Plan fees of live lines", "套餐费合计", source=_LINES)
    plan_ups = c.count("Changes to a dearer plan", "套餐升档次数", "changes", source=_LINES)
    plan_downs = c.count("Changes to a cheaper plan", "套餐降档次数", "changes", source=_LINES)
    plan_moves = c.count("Changes to a plan of the same fee", "套餐平移次数", "changes", source=_LINES)

    # Money
    revenue = c.money("Billed less discount", "净收入", source="bills")
    discount = c.money("Discount", "优惠额", source="bills")
    discount_share = c.share("Discount as a share of what was charged", "优惠占比", source="bills")
    recurring_fee = c.money("Recurring charges billed", "月租收入", source="bills")
    billed_voice = c.money("Charges for calls billed", "语音收入", source="bills")
    billed_data = c.money("Charges for data billed", "流量收入", source="bills")
    billed_text = c.money("Charges for texts billed", "短信收入", source="bills")
    billed_value_added = c.money("Value-added services billed", "增值业务收入", source="bills")
    billed_one_time = c.money("One-time charges billed", "一次性费用", source="bills")
    billed_penalty = c.money("Penalties billed", "违约金", source="bills")
    billed_other = c.money("Other charges billed", "其他费用", source="bills")
    over_bundle_fee = c.money("Charged beyond the bundle", "套外费", source="bills, usage")
    campaign_cost = c.money("Cost of campaigns received", "营销成本", low=0.0, source="campaigns")
    revenue_less_campaigns = c.money(
        "Revenue less the cost of campaigns, the one cost that is known",
        "扣除营销成本的收入",
        source="bills, campaigns",
    )
    paid = c.money("Paid, reversals taken off", "缴费额", source="payments")
    days_to_pay = c.number(
        "Mean days from the due date to payment, of the bills settled this month; negative when paid ahead",
        "平均缴费天数（自到期日）",
        "days",
        source=_BOTH,
    )
    arrears = c.money("Fallen due so far less paid so far, never negative", "累计欠费", low=0.0, source=_BOTH)
    arrears_1_30 = c.money("Arrears 1-30 days old", "欠费（账龄1-30天）", low=0.0, source=_BOTH)
    arrears_31_60 = c.money("Arrears 31-60 days old", "欠费（账龄31-60天）", low=0.0, source=_BOTH)
    arrears_61_90 = c.money("Arrears 61-90 days old", "欠费（账龄61-90天）", low=0.0, source=_BOTH)
    arrears_91_180 = c.money("Arrears 91-180 days old", "欠费（账龄91-180天）", low=0.0, source=_BOTH)
    arrears_181_365 = c.money("Arrears 181-365 days old", "欠费（账龄181-365天）", low=0.0, source=_BOTH)
    arrears_over_365 = c.money("Arrears over 365 days old", "欠费（账龄365天以上）", low=0.0, source=_BOTH)
    months_overdue = c.count(
        "Age of the oldest unpaid charge in months; 1 when it fell due this month, 13 when over a year ago",
        "最早欠费账龄月数",
        "months",
        source=_BOTH,
    )
