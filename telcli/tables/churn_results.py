"""Result tables of predict-churn: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.results import CHURN_THEMES, RISK_BANDS

__all__ = ["CONTRACTS"]


class ChurnScores(dy.Schema):
    """One row per customer alive at the snapshot."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    churn_probability = c.share("Calibrated chance of leaving in the outcome window", "流失概率", need=True)
    risk_band = c.text("Risk band", "风险等级", need=True, one_of=RISK_BANDS)
    target = c.flag(
        "Contacting lowers expected cost, within budget and capacity; nobody who has left",
        "建议挽留",
        need=True,
    )
    expected_saving = c.money("Expected gain from contacting; negative where it costs more", "预期节省", need=True)
    reason_1 = c.text("First reason", "首要原因(英文)")
    reason_2 = c.text("Second reason", "第二原因(英文)")
    reason_3 = c.text("Third reason", "第三原因(英文)")
    reason_1_zh = c.text("First reason, in Chinese", "首要原因")
    reason_2_zh = c.text("Second reason, in Chinese", "第二原因")
    reason_3_zh = c.text("Third reason, in Chinese", "第三原因")
    reason_1_theme = c.text("What can be done about the first reason", "首要原因主题", one_of=CHURN_THEMES)
    reason_2_theme = c.text("What can be done about the second reason", "第二原因主题", one_of=CHURN_THEMES)
    reason_3_theme = c.text("What can be done about the third reason", "第三原因主题", one_of=CHURN_THEMES)
    reason_1_odds = c.number(
        "By the first reason the odds of leaving are so many times stayers'", "首要原因的优势比", "x", low=0.0
    )
    reason_2_odds = c.number("The same by the second reason", "第二原因的优势比", "x", low=0.0)
    reason_3_odds = c.number("The same by the third reason", "第三原因的优势比", "x", low=0.0)
    holds = c.text("What most speaks for her staying", "最有利于留网的因素(英文)")
    holds_zh = c.text("The same in Chinese", "最有利于留网的因素")
    labelled = c.text(
        "training: out-of-fold; scored: by the final model", "评分来源", one_of=("out-of-fold", "final-model")
    )


class ChurnLift(dy.Schema):
    """Held-out customers by tenth of predicted risk, the riskiest first."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    decile = c.integer("Tenth, 1 the riskiest", "十分位", key=True, low=1, high=10)
    customers = c.integer("Customers", "客户数", "customers", need=True)
    churners = c.integer("Of them, left", "流失客户数", "customers", need=True)
    churn_rate = c.share("Share that left", "流失率", need=True)
    mean_probability = c.share("Mean predicted chance", "平均预测概率", need=True)
    lift = c.number("Churn rate over that of all", "提升度", "x the mean", low=0.0, need=True)
    lift_low = c.number("Lower end of its 95% interval", "提升度95%区间下限", "x the mean", low=0.0)
    lift_high = c.number("Upper end of its 95% interval", "提升度95%区间上限", "x the mean", low=0.0)
    lift_bound = c.number("Highest lift that a tenth could have", "提升度上限", "x the mean", low=0.0)


class ChurnCalibration(dy.Schema):
    """Held-out customers in groups by predicted risk, the riskiest first: chances beside outcomes.

    Groups are made of predictions alone and hold about as many expected churners each.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    bin = c.integer("Group, 1 the riskiest", "分组", key=True, low=1)
    customers = c.integer("Customers", "客户数", "customers", need=True)
    churners = c.integer("Of them, left", "流失客户数", "customers", need=True)
    expected = c.number("Expected to leave: the sum of their chances", "预期流失数", "customers", low=0.0, need=True)
    mean_probability = c.share("Mean predicted chance", "平均预测概率", need=True)
    churn_rate = c.share("Share that left", "流失率", need=True)
    rate_low = c.share("Lower end of its 95% interval (Wilson)", "流失率95%区间下限")
    rate_high = c.share("Upper end", "流失率95%区间上限")


class ChurnCosts(dy.Schema):
    """What each way of choosing whom to contact would have cost on held-out customers."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    method = c.text("Method", "方法", key=True)
    cost = c.number("Total cost", "总成本", "currency", need=True)
    contacted = c.integer("Customers contacted", "接触客户数", "customers", need=True)
    chosen = c.flag("The method in use", "采用", need=True)
    cost_low = c.number("Lower end of its 95% interval", "总成本下限", "currency")
    cost_high = c.number("Upper end", "总成本上限", "currency")
    savings = c.number(
        "Saved against contacting nobody or everybody, whichever is cheaper", "节省率", "share", high=1.0
    )
    savings_low = c.number("Lower end of its 95% interval", "节省率下限", "share", high=1.0)
    savings_high = c.number("Upper end", "节省率上限", "share", high=1.0)
    diff = c.number("How much dearer than the method in use, on the same customers", "与采用方法的成本差", "currency")
    diff_low = c.number("Lower end of its 95% interval, paired", "成本差下限", "currency")
    diff_high = c.number("Upper end", "成本差上限", "currency")


class ChurnWindows(dy.Schema):
    """The months that were learned from, tested on and scored, with their dates and what became of customers."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    snapshot = c.month("Month at whose end customers are looked at", "观察月份", key=True)
    role = c.text("Train, calibrate, test, final-train (the final model alone) or score", "用途", key=True)
    observe_from = c.day("First day looked back on, at the latest", "观察期起（不晚于）")
    observe_to = c.day("Last day looked back on", "观察期止")
    outcome_from = c.day("First day of the outcome window", "结果窗口起")
    outcome_to = c.day("Last day of the outcome window", "结果窗口止")
    customers = c.integer("Customers with a label; to be scored, for the last", "带标签客户数", "customers", need=True)
    churners = c.integer("Of them, left in the outcome window", "流失客户数", "customers")
    churn_rate = c.share("Share that left", "流失率")
    left_in_gap = c.integer("Left out: gone before the outcome window", "间隔期内离网（不计）", "customers")
    left_otherwise = c.integer("Left out: gone in a way that is not churn", "以非流失方式离网（不计）", "customers")
    censored = c.integer("Left out: not seen to the end of the window", "未观察到窗口结束（不计）", "customers")
    left_voluntary = c.integer("Left by their own will in the window", "主动离网", "customers")
    left_involuntary = c.integer("Left by the operator's will", "被动离网（欠费等）", "customers")
    left_port_out = c.integer("Took the number to another operator", "携号转出", "customers")
    left_internal = c.integer("Not seen to the end, after an internal move", "内部迁移后不再出现", "customers")
    left_inactive = c.integer("Left by silence", "静默离网", "customers")
    left_unknown = c.integer("Left, nobody says how", "离网方式不明", "customers")


class ChurnProfit(dy.Schema):
    """What contacting the best so many percent of customers brings: those tested, and those at the snapshot."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    percent = c.integer("Customers contacted, the best by expected saving", "联系比例", "%", key=True, low=0, high=100)
    contacted = c.integer("Tested customers among them", "检验客户联系数", "customers", need=True)
    threshold = c.number("Least expected saving of one contacted", "联系客户的最低预期节省", "currency")
    churners = c.integer("Tested customers contacted who left", "覆盖的流失客户数", "customers", need=True)
    churners_share = c.share("Share of all who left", "流失客户覆盖率")
    profit = c.number("What contacting them saved in the test", "检验收益", "currency", need=True)
    profit_low = c.number("Lower end of its 95% interval", "检验收益下限", "currency")
    profit_high = c.number("Upper end", "检验收益上限", "currency")
    expected_profit = c.number("What was expected of them", "检验客户预期收益", "currency")
    random_profit = c.number("What as many drawn blindly bring on average", "随机联系的平均收益", "currency")
    snapshot_contacts = c.integer("Customers at the snapshot among them", "快照客户联系数", "customers")
    snapshot_saving = c.number("What contacting those is expected to save", "快照客户预期节省", "currency")
    snapshot_spend = c.number("What contacting those is expected to take", "快照客户预期支出", "currency")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("churn_scores", ChurnScores, "Who may leave, and why", "流失风险评分"),
        _result("churn_lift", ChurnLift, "How well risk was ranked", "流失模型提升度"),
        _result("churn_calibration", ChurnCalibration, "Whether chances came true", "流失概率校准"),
        _result("churn_windows", ChurnWindows, "Months learned from and tested on, and who left", "流失样本窗口"),
        _result("churn_profit", ChurnProfit, "What contacting more or fewer customers brings", "挽留收益曲线"),
        _result("churn_costs", ChurnCosts, "What each decision would have cost", "挽留决策成本"),
    )
}
