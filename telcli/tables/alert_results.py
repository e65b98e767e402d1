"""Result tables of monitor: alerts, what they are judged by, what was suppressed, and what was watched."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "KINDS", "STATES"]

KINDS = ("account", "group", "kpi", "mix", "pipeline", "day", "lifecycle")
STATES = ("new", "continuing", "over", "settled-lower", "settled-higher", "not-judged")
_UNITS = ("currency", "use", "count", "share")


class Alerts(dy.Schema):
    """One row per entity and metric off what was expected beyond chance and materially, or that was so before."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("What kind of thing is told of", "对象类别", key=True, one_of=KINDS)
    entity = c.text("Customer, group, branch, table or column told of; all of them", "对象", key=True)
    metric = c.text("What was measured", "指标", key=True)
    rank = c.integer("Place: missing input first, by expected loss; those that ended last", "排名", low=1, need=True)
    state = c.text(
        "New, continuing, over, settled, or not judged for want of figures",
        "状态",
        need=True,
        one_of=STATES,
    )
    acknowledged = c.flag("Somebody has seen to it, as the file of those says", "已确认", need=True)
    observed = c.number("What was seen", "实际值", "of the metric")
    expected = c.number("What was expected of earlier months", "预期值", "of the metric")
    low = c.number("Lower end of the 95% interval of what was expected", "预期95%区间下限", "of the metric")
    high = c.number("Upper end", "预期95%区间上限", "of the metric")
    change = c.number("Seen less expected, over expected", "相对变化", "x expected")
    score = c.number("Robust z of the month", "稳健Z值", "sd")
    p_value = c.share("Chance of it where nothing has changed, by all charts together", "无变化时出现的概率")
    found_p = c.share("The same among all that were looked at", "多重比较后的概率")
    methods = c.text("What called: z, ewma, cusum, g, limit, day, moves", "触发方法")
    expected_loss = c.number("Margin expected to be lost", "预期损失", "currency", low=0.0)
    first_seen = c.month("First month of it", "首次出现月份")
    first_expected = c.number("What was expected in the first month of it", "首次告警时的预期值", "of the metric")
    months = c.integer("Months of it so far", "持续月数", "months", low=1)
    unit = c.text("What kind of amount it is", "计量类别", one_of=_UNITS)
    why = c.text("What happened, in a sentence", "说明(英文)", need=True)
    why_zh = c.text("In Chinese", "说明", need=True)
    manager_id = c.text("Account manager", "客户经理编号")
    branch = c.text("Branch or grid", "归属分局/网格")


class MonitorSeries(dy.Schema):
    """One row per month of what was watched: what charts are drawn of."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("What kind of thing is told of", "对象类别", key=True, one_of=KINDS)
    entity = c.text("Customer, group, branch, table or column told of", "对象", key=True)
    metric = c.text("What was measured", "指标", key=True)
    month = c.month("Month", "月份", key=True)
    observed = c.number("What was seen", "实际值", "of the metric")
    expected = c.number("What earlier months foretold", "预期值", "of the metric")
    low = c.number("Lower end of its 95% interval", "预期95%区间下限", "of the metric")
    high = c.number("Upper end", "预期95%区间上限", "of the metric")
    z = c.number("Robust z", "稳健Z值", "sd")
    ewma = c.number("EWMA of it, over its own sd", "指数加权移动平均(EWMA)", "sd")
    cusum = c.number("CUSUM of it to the side that is watched", "累积和(CUSUM)", "sd", low=0.0)


class MonitorByDay(dy.Schema):
    """One row per day of the month of what is counted day by day."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    metric = c.text("What was counted", "指标", key=True)
    day = c.day("Day", "日期", key=True)
    working = c.flag("It is a working day, as [monitor] holidays has it", "工作日")
    observed = c.number("What was seen", "实际值", "of the metric", low=0.0, need=True)
    expected = c.number("What days before the month foretold", "预期值", "of the metric", low=0.0)
    low = c.number("Lower end of its 95% interval", "预期95%区间下限", "of the metric", low=0.0)
    high = c.number("Upper end", "预期95%区间上限", "of the metric", low=0.0)
    change = c.number("Seen less expected, over expected", "相对变化", "x expected")
    z = c.number("Robust z", "稳健Z值", "sd")
    p_value = c.share("Chance of it where nothing has changed", "无变化时出现的概率")
    found_p = c.share("The same among all days of all series", "多重比较后的概率")
    off = c.flag("It is off beyond chance and materially", "异常", need=True)


class MonitorSuppressed(dy.Schema):
    """One row per entity and metric that would be an alert but for a known cause."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("What kind of thing is told of", "对象类别", key=True, one_of=KINDS)
    entity = c.text("Customer, group, branch, table or column told of", "对象", key=True)
    metric = c.text("What was measured", "指标", key=True)
    cause = c.text("Known cause", "已知原因", need=True)
    reason = c.text("What the file of known causes says", "原因说明")
    observed = c.number("What was seen", "实际值", "of the metric")
    expected = c.number("What was expected", "预期值", "of the metric")
    change = c.number("Seen less expected, over expected", "相对变化", "x expected")
    score = c.number("Robust z of the month", "稳健Z值", "sd")
    expected_loss = c.number("Margin that would be expected to be lost", "预期损失", "currency", low=0.0)


class MonitorCoverage(dy.Schema):
    """One row per kind and metric: how many were watched, and what became of them."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("What kind of thing was watched", "对象类别", key=True, one_of=KINDS)
    metric = c.text("What was measured", "指标", key=True)
    entities = c.integer("Things watched", "监测对象数", low=0, need=True)
    judged = c.integer("Of them, with months enough to judge", "可判断对象数", low=0, need=True)
    months = c.integer("Months known, at most", "历史月数", "months", low=0, need=True)
    baseline = c.text("What they were held against", "基线", one_of=("median", "drift", "last-year", "last-value"))
    peers = c.flag("What all months have in common was taken off", "已扣除共有变化")
    usual_miss = c.number("Typical miss of the baseline in earlier months", "基线典型误差", "x expected", low=0.0)
    day_weight = c.number(
        "Weight of a day off against a working day; none where days do not count",
        "休息日相对工作日的权重",
        "x",
        low=0.0,
    )
    beyond_chance = c.integer("Off beyond chance, many compared", "超出偶然波动数", low=0, need=True)
    immaterial = c.integer("Of them, too small to matter", "变化过小数", low=0, need=True)
    suppressed = c.integer("Of them, for a known cause", "已知原因抑制数", low=0, need=True)
    alerts = c.integer("Of them, alerts", "告警数", low=0, need=True)


CONTRACTS = {
    found.name: found
    for found in (
        Contract("alerts", Alerts, "What is off and matters", "告警", "as_of", ranks=("rank",)),
        Contract("monitor_series", MonitorSeries, "What is watched, month by month", "监测序列", "as_of"),
        Contract("monitor_by_day", MonitorByDay, "Days of the month", "当月逐日监测", "as_of"),
        Contract("monitor_suppressed", MonitorSuppressed, "Alerts of known causes", "已抑制告警", "as_of"),
        Contract("monitor_coverage", MonitorCoverage, "What was watched", "监测范围", "as_of"),
    )
}
