"""call_months: what one month of one customer's calls, texts and data sessions looks like."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "FEATURES", "CallMonths"]


class CallMonths(dy.Schema):
    """One row per customer and month in which there was a call, a text or a data session.

    Interactions are calls and texts. A row is made of its own month alone. Null means not known: there is nothing to
    take the share or the mean of, or no row of the month tells; 0 means that nothing of the kind happened. Minutes are
    those of the calls whose length is told, and null where there are calls of the kind and none of them tells it; those
    off net and roaming also where no call tells whether it was. Times from one interaction to the next are taken of
    `started_epoch_s` where all of the month have it within a day of `started_at`, else of `started_at`. Night is from
    19:00 to 07:00, both within; the weekend is Saturday and Sunday.
    """

    customer_id = c.text("Customer", "客户编号", key=True, source="calls")
    month = c.month("Month", "月份", key=True, source="calls")

    # How much
    calls_out = c.count("Calls made", "主叫次数", "calls", source="calls")
    calls_in = c.count("Calls received", "被叫次数", "calls", source="calls")
    call_minutes_out = c.count("Minutes of calls made", "主叫分钟数", "minutes", source="calls")
    call_minutes_in = c.count("Minutes of calls received", "被叫分钟数", "minutes", source="calls")
    texts_out = c.count("Texts sent", "发送短信条数", "texts", source="calls")
    texts_in = c.count("Texts received", "接收短信条数", "texts", source="calls")
    data_sessions = c.count("Data sessions", "上网次数", "sessions", source="calls")
    data_mb = c.count("Data used", "上网流量", "MB", source="calls")
    initiated_share = c.share("Calls made of all calls", "主叫占比", source="calls")
    zero_length_share = c.share("Calls of no length of those with a known length", "零时长通话占比", source="calls")

    # With whom
    counterparts = c.count("Different counterparts of interactions", "联系人数", "counterparts", source="calls")
    counterparts_out = c.count("Counterparts called or written to", "主动联系人数", "counterparts", source="calls")
    counterparts_mutual = c.count(
        "Counterparts with interactions both ways", "双向联系人数", "counterparts", source="calls"
    )
    counterparts_off_net = c.count("Counterparts with another operator", "异网联系人数", "counterparts", source="calls")
    counterpart_entropy = c.number(
        "How evenly interactions spread over counterparts; ln(counterparts) at most",
        "联系人熵",
        "nats",
        low=0.0,
        source="calls",
    )
    counterpart_balance = c.share(
        "Mean over counterparts of the share made by the customer", "联系人主动占比均值", source="calls"
    )
    counterpart_balance_weighted = c.share(
        "Mean over counterparts of what the customer made to each, as a share of all interactions",
        "主动通信占全部通信之比(按联系人平均)",
        source="calls",
    )
    counterpart_top_share = c.share("Interactions with the most frequent counterpart", "最常联系人占比", source="calls")
    counterpart_pareto_share = c.share(
        "Counterparts needed for 80% of interactions, per interaction",
        "占80%通信的联系人数与通信次数之比",
        source="calls",
    )
    off_net_share = c.share("Interactions with customers of other operators", "异网通信占比", source="calls")
    off_net_minutes = c.count(
        "Minutes of calls with customers of other operators", "异网通话分钟数", "minutes", source="calls"
    )
    off_net_minutes_out = c.count(
        "Minutes of calls made to customers of other operators", "异网主叫分钟数", "minutes", source="calls"
    )
    international_share = c.share("Interactions with other countries", "国际通信占比", source="calls")
    competitor_contacts = c.count(
        "Interactions with competitors' service numbers", "拨打竞争对手客服次数", "interactions", source="calls"
    )

    # When
    active_days = c.number("Days with any use", "活跃天数", "days", low=0.0, high=31.0, source="calls")
    interaction_days = c.number(
        "Days with an interaction", "通话或短信天数", "days", low=0.0, high=31.0, source="calls"
    )
    night_share = c.share("Interactions from 19:00 to 07:00", "夜间通信占比(19时至7时)", source="calls")
    weekend_share = c.share("Interactions on Saturday and Sunday", "周末通信占比(周六周日)", source="calls")
    interevent_mean_s = c.count("Mean time from one interaction to the next", "通信间隔均值", "seconds", source="calls")
    interevent_sd_s = c.count(
        "Standard deviation (n) of the time between interactions", "通信间隔标准差(总体)", "seconds", source="calls"
    )

    # Where
    cells = c.count("Different cells", "基站数", "cells", source="calls")
    roaming_share = c.share("Calls, texts and sessions while roaming", "漫游占比", source="calls")
    roaming_minutes = c.count("Minutes of calls while roaming", "漫游通话分钟数", "minutes", source="calls")


FEATURES = tuple(name for name in CallMonths.column_names() if name not in ("customer_id", "month"))
CONTRACTS = {
    "call_months": Contract(
        "call_months",
        CallMonths,
        "Each customer's months of calls, texts and data sessions",
        "客户月度通信特征",
        "month",
    )
}
