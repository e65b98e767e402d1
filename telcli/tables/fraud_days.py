"""What detect-fraud keeps of calls: customers' days, a month of them for each month looked at."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "FraudCallers", "FraudDays"]


class FraudDays(dy.Schema):
    """One row per customer and day with a call, a text or a data session.

    Calls made and received are voice calls. Null means that no row of the day tells.
    """

    customer_id = c.text("Customer", "客户编号", key=True, source="calls")
    month = c.month("Month", "月份", key=True, source="calls")
    day = c.day("Day", "日期", key=True, source="calls")
    calls_out = c.count("Calls made", "主叫次数", "calls", need=True, source="calls")
    calls_in = c.count("Calls received", "被叫次数", "calls", need=True, source="calls")
    short_out = c.count("Calls made of no or next to no length", "极短主叫次数", "calls", need=True, source="calls")
    callees = c.count("Different numbers called", "主叫不同号码数", "numbers", need=True, source="calls")
    minutes_out = c.count("Minutes of calls made", "主叫分钟数", "minutes", need=True, source="calls")
    minutes_in = c.count("Minutes of calls received", "被叫分钟数", "minutes", need=True, source="calls")
    texts = c.count("Texts sent and received", "短信条数", "texts", need=True, source="calls")
    data_mb = c.count("Data used", "流量", "MB", need=True, source="calls")
    hours = c.count("Different hours with calls made", "有主叫的小时数", "hours", need=True, source="calls")
    night_out = c.count("Calls made from 22:00 to 6:00", "夜间主叫次数", "calls", need=True, source="calls")
    costly_minutes = c.count("Minutes to high-cost numbers", "高额通话分钟数", "minutes", need=True, source="calls")
    costly_off = c.count("Of them, at night or on a weekend", "其中夜间与周末", "minutes", need=True, source="calls")
    cells = c.count("Different cells", "基站数", "cells", source="calls")
    devices = c.count("Different devices", "终端数", "devices", source="calls")
    sims = c.count("Different SIM cards", "SIM 卡数", "cards", source="calls")
    device_h = c.text("Pseudonym of a device used, the last by name", "终端IMEI（假名）", source="calls")
    gap_mean_s = c.number(
        "Mean time from one call made to the next", "主叫平均间隔", "seconds", low=0.0, source="calls"
    )
    gap_sd_s = c.number("Its standard deviation", "主叫间隔标准差", "seconds", low=0.0, source="calls")
    costly_range = c.text("Destination of most of its high-cost calls", "高额通话主要目的地", source="calls")


class FraudCallers(dy.Schema):
    """One row per caller and day on which it rang as many customers within the window as the rule asks for.

    A window belongs to the day it begins on. A caller is a customer, or a number of another network as a code.
    """

    caller = c.text("Customer, or the code of an outside caller", "主叫方", key=True, source="calls")
    month = c.month("Month", "月份", key=True, source="calls")
    day = c.day("Day", "日期", key=True, source="calls")
    subject = c.text("customer or caller", "对象类型", need=True, one_of=("customer", "caller"), source="calls")
    targets = c.count(
        "Most different numbers rung within a window", "时间窗内呼叫号码数", "numbers", need=True, source="calls"
    )
    calls = c.count("Calls of the day", "当日呼叫次数", "calls", need=True, source="calls")
    short_calls = c.count("Of them, of no or next to no length", "其中极短呼叫", "calls", need=True, source="calls")
    called_back = c.count("Calls back", "回拨次数", "calls", need=True, source="calls")
    back_minutes = c.count("Minutes of them", "回拨分钟数", "minutes", need=True, source="calls")
    destination = c.text("Country or range of the caller, where told", "号段/国家", source="calls")


CONTRACTS = {
    found.name: found
    for found in (
        Contract("fraud_days", FraudDays, "Customers' days of calls", "客户通话日汇总", "month"),
        Contract("fraud_callers", FraudCallers, "Callers who rang very many at once", "群呼主叫日汇总", "month"),
    )
}
