"""Result tables of the tasks of account managers: what to do, what came of it, what was refused, who did how well."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.task_sheet import RESULTS

__all__ = ["CONTRACTS", "SPANS", "VERDICTS"]

SPANS = ("month", "to-date")
VERDICTS = ("better", "worse", "as-expected", "cannot-tell")


class RetentionTasks(dy.Schema):
    """One row per customer to be contacted; customers held out have none."""

    campaign_id = c.text("Campaign: the plan of a month", "活动编号", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month of the plan", "计划月份")
    task_id = c.text("Short code of the task", "任务编号", need=True)
    manager_id = c.text('Who does it; "unassigned" where nobody is known', "客户经理编号", need=True)
    owner = c.flag("The customer's own account manager", "是否本人客户经理", need=True)
    branch = c.text("Branch or grid", "归属分局/网格")
    priority = c.integer("Place among the tasks of the manager, 1 the first to do", "优先级", need=True, low=1)
    offer_id = c.text("Offer", "方案编号")
    offer_name = c.text("What it is called", "方案名称(英文)")
    offer_name_zh = c.text("Its Chinese name", "方案名称")
    channel = c.text("How to contact", "联系渠道")
    what = c.text("What to do", "任务内容(英文)", need=True)
    what_zh = c.text("The same in Chinese", "任务内容", need=True)
    why = c.text("Why", "原因(英文)", need=True)
    why_zh = c.text("The same in Chinese", "原因", need=True)
    talk = c.text("Talking points", "沟通要点(英文)", need=True)
    talk_zh = c.text("The same in Chinese", "沟通要点", need=True)
    deadline = c.day("Last day to do it", "完成期限")
    expected_value = c.number("Expected net value of doing it", "预期净价值", "currency")
    code = c.text("Check code of the row on the sheet", "校验码", need=True)


class RetentionOutcomes(dy.Schema):
    """One row per task that was reported, and per customer held out whom somebody contacted all the same."""

    campaign_id = c.text("Campaign", "活动编号", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month of the plan", "计划月份")
    task_id = c.text("Task; null of a customer held out, who has none", "任务编号")
    manager_id = c.text("Who did it", "客户经理编号", need=True)
    contacted_on = c.day("Day of the contact, or of the attempt", "联系日期", need=True)
    channel = c.text("How the customer was contacted in fact", "实际渠道")
    offer_id = c.text("Offer given in fact; null where none was", "实际方案编号")
    result = c.text("What came of it", "联系结果", need=True, one_of=tuple(RESULTS))
    cost = c.money("What it cost in fact; null where nobody says", "实际成本", low=0.0)
    file = c.text("Sheet it was reported in", "上报文件", need=True)
    line = c.integer("Row of the sheet", "行号", need=True, low=1)
    contaminated = c.flag("The customer was held out and was contacted", "对照组被联系", need=True)
    noted = c.flag("A note was written beside it, which is not kept", "有备注(不保存)", need=True)
    earlier = c.text("Marks of what was reported before it was corrected", "更正前内容标记")


class OutcomeRejects(dy.Schema):
    """One row per cell of a sheet that was refused, with its row."""

    as_of = c.month("Snapshot month of the plan it was meant for, or of the latest plan", "计划月份", key=True)
    file = c.text("Sheet", "文件", key=True)
    line = c.integer("Row of the sheet, from 1", "行号", key=True, low=1)
    rule = c.text("What is wrong", "规则", key=True)
    column = c.text("In which column", "列", key=True)
    value = c.text("The shape of what stands there: 9 a digit, a a letter", "值的形状")
    task_id = c.text("Task that the row names, if there is one", "任务编号")
    manager_id = c.text("Whose task", "客户经理编号")


class ManagerResults(dy.Schema):
    """One row per manager and span: how much there was to do, what was done when, and what came of it."""

    as_of = c.month("Snapshot month of the plan", "计划月份", key=True)
    span = c.text("That plan alone, or the plans to date", "范围", key=True, one_of=SPANS)
    manager_id = c.text("Account manager", "客户经理编号", key=True)
    tasks = c.integer("Tasks given", "任务数", "tasks", low=0, need=True)
    due = c.integer("Of them, the deadline is over", "已到期数", "tasks", low=0)
    own_share = c.share("Share of tasks of own customers", "本人客户占比")
    capacity = c.integer("Tasks that a manager can do; null where no limit is set", "任务容量", "tasks", low=0)
    load = c.number("Tasks over capacity", "负荷", "x capacity", low=0.0)
    reported = c.integer("Tasks reported", "已上报数", "tasks", low=0, need=True)
    reported_share = c.share("Share reported of those whose deadline is over", "到期任务上报率")
    reached = c.integer("Of them, the customer was reached", "联系成功数", "tasks", low=0, need=True)
    on_time = c.integer("Of those reported, contacted by the deadline", "按期数", "tasks", low=0, need=True)
    on_time_share = c.share("Share contacted by the deadline", "按期率")
    on_time_low = c.share("Lower end of its 95% interval", "按期率下限")
    on_time_high = c.share("Upper end", "按期率上限")
    days_median = c.number("Median days from the start of the plan to the contact", "联系用时中位数", "days")
    accepted = c.integer("Of those reported, accepted", "接受数", "tasks", low=0, need=True)
    acceptance = c.share("Share of those reported that accepted", "接受率")
    acceptance_low = c.share("Lower end of its 95% interval", "接受率下限")
    acceptance_high = c.share("Upper end", "接受率上限")
    expected = c.number("Acceptances expected of such customers", "按客户构成的预期接受数", "tasks", low=0.0)
    ratio = c.number("Accepted over expected", "标准化接受比", "x expected", low=0.0)
    ratio_low = c.number("Lower end of its 95% interval", "标准化接受比下限", "x expected", low=0.0)
    ratio_high = c.number("Upper end", "标准化接受比上限", "x expected", low=0.0)
    ratio_shrunk = c.number("Pulled towards 1 as far as managers differ by chance", "收缩后接受比", "x expected")
    funnel_low = c.number("Below it a ratio is rare by chance (95%)", "漏斗图下限(95%)", "x expected", low=0.0)
    funnel_high = c.number("Above it likewise", "漏斗图上限(95%)", "x expected", low=0.0)
    funnel_low_998 = c.number("The same at 99.8%", "漏斗图下限(99.8%)", "x expected", low=0.0)
    funnel_high_998 = c.number("The same at 99.8%", "漏斗图上限(99.8%)", "x expected", low=0.0)
    chance = c.share("Chance of a ratio so far from 1, all managers looked at together", "校正后显著性")
    verdict = c.text("Against what these customers let expect", "评价", need=True, one_of=VERDICTS)
    cost = c.number("Costs reported", "上报成本", "currency", low=0.0, need=True)
    contaminated = c.integer(
        "Customers held out who were contacted", "误联系对照组客户数", "customers", low=0, need=True
    )
    rejected = c.integer("Rows refused", "被拒行数", "rows", low=0, need=True)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("retention_tasks", RetentionTasks, "Whom to contact, why, with what, until when", "维系任务"),
        _result("retention_outcomes", RetentionOutcomes, "What came of the tasks", "维系结果"),
        _result("outcome_rejects", OutcomeRejects, "What was refused of the sheets, and why", "维系结果拒收"),
        _result("manager_results", ManagerResults, "How managers did, as like with like", "客户经理评价"),
    )
}
