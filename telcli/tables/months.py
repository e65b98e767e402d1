"""customer_months: what one month of one customer looks like; the unified view every later stage reads."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.month_calls import calls
from telcli.tables.month_history import past
from telcli.tables.month_states import MonthlyStates

__all__ = ["CONTRACTS", "FACTS", "FEATURES", "CustomerMonths"]


class _MonthlyActs(MonthlyStates):
    """And what was used, said and offered in a month."""

    # Use
    call_minutes = c.count("Minutes of calls", "通话分钟数", "minutes", source="usage")
    calls_out = c.count("Calls made", "主叫次数", "calls", source="usage")
    calls_in = c.count("Calls received", "被叫次数", "calls", source="usage")
    texts = c.count("Texts sent", "短信条数", "texts", source="usage")
    data_mb = c.count("Data used", "流量", "MB", source="usage")
    roaming_minutes = c.count("Minutes while roaming", "漫游分钟数", "minutes", source="usage")
    active_days = c.number("Days with any use", "活跃天数", "days", low=0.0, high=31.0, source="usage")
    voice_saturation = c.count(
        "Share of the bundle's minutes used; above 1 beyond it", "语音饱和度", "share", source="usage"
    )
    data_saturation = c.count(
        "Share of the bundle's data used; above 1 beyond it", "流量饱和度", "share", source="usage"
    )
    over_bundle_times = c.count("Times over the bundle", "超套次数", "times", source="usage")

    # Service
    contacts = c.count("Contacts with the operator", "接触次数", "contacts", source="contacts")
    complaints = c.count("Complaints", "投诉次数", "complaints", source="contacts")
    faults = c.count("Fault reports", "故障申告次数", "reports", source="contacts")
    repeats = c.count("Contacts about the same matter again", "重复接触次数", "contacts", source="contacts")
    reopened = c.count("Contacts about a matter closed within 7 days", "重开工单数", "contacts", source="contacts")
    unresolved = c.count("Contacts still open at the end of the month", "未办结工单数", "contacts", source="contacts")
    hours_to_close = c.count(
        "Mean hours to close the contacts closed this month", "平均办结时长", "hours", source="contacts"
    )
    oldest_open_days = c.count(
        "Days the oldest open contact has waited at the end of the month", "最久未办结天数", "days", source="contacts"
    )
    rating = c.number("Mean rating of contacts", "平均评分", "points", low=0.0, high=10.0, source="contacts")
    lowest_rating = c.number("Lowest rating of contacts", "最低评分", "points", low=0.0, high=10.0, source="contacts")

    # Campaigns
    campaigns_received = c.count(
        "Campaigns that contacted the customer", "接触营销次数", "campaigns", source="campaigns"
    )
    campaigns_accepted = c.count(
        "Those of them that the customer took up, whenever the answer came",
        "营销接受次数",
        "campaigns",
        source="campaigns",
    )

    # Since when; null where it never was
    months_since_use = c.count(
        "Months since any use; 0 when used this month", "距上次使用月数", "months", source="usage"
    )
    months_since_payment = c.count("Months since a payment", "距上次缴费月数", "months", source="payments")
    months_since_contact = c.count("Months since a contact", "距上次接触月数", "months", source="contacts")
    months_since_complaint = c.count("Months since a complaint", "距上次投诉月数", "months", source="contacts")
    months_since_campaign = c.count("Months since a campaign", "距上次营销月数", "months", source="campaigns")


CustomerMonths: type[dy.Schema] = type("CustomerMonths", (_MonthlyActs,), {"__module__": __name__, **calls(), **past()})
"""One row per customer and month, from the month of joining to the month of leaving, again after a return.

A month's row is made of that month and earlier ones alone, so that a snapshot can be scored honestly. The one
exception is `left` in the last month, which is taken back if a new line begins in the month after.
Null means not known: the source is absent, or was not delivered for that month. 0 means that nothing happened.
"""

FACTS = ("customer_id", "month", "active", "left")
FEATURES = tuple(name for name in CustomerMonths.column_names() if name not in FACTS)
CONTRACTS = {
    "customer_months": Contract(
        "customer_months", CustomerMonths, "Each customer's months: the unified view", "客户月度统一视图", "month"
    )
}
