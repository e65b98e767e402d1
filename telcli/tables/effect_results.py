"""Result tables of evaluate-retention: what contacting customers changed, for whom, how surely, and how well ranked."""

from __future__ import annotations

from typing import Any

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["ALL", "CHECKS", "CONTRACTS", "CURVES", "DIMENSIONS", "FIGURES", "VERDICTS"]

ALL = "all"
"""Campaign, cell or offer of a row that pools all of them."""
VERDICTS = ("works", "harms", "cannot-tell")
DIMENSIONS = (
    *("segment", "theme", "offer", "channel", "risk_band", "value_band", "lifecycle_stage", "manager", "response"),
    "source",
)
CURVES = ("risk", "plan", "uplift")
CHECKS = (
    *("sample-ratio", "sample-ratio-strata", "balance-risk", "balance-worth", "unseen", "contaminated", "elsewhere"),
)


def _difference(meaning: str, zh: str) -> dy.Float64:
    return c.number(meaning, zh, "-1..1", low=-1.0, high=1.0)


def _figures() -> dict[str, Any]:
    """What is told of every group of customers; new objects each time, since a column has one place."""
    return {**_stays(), **_money(), **_contacts()}


def _stays() -> dict[str, Any]:
    return {
        "treated": c.integer("Customers who were to be contacted", "实验组客户数", "customers", need=True, low=0),
        "held_out": c.integer("Customers held out", "对照组客户数", "customers", need=True, low=0),
        "stayed_treated": c.share("Share of the treated that stayed", "实验组留网率"),
        "stayed_held_out": c.share("Share of the held out that stayed, as they stand for the treated", "对照组留网率"),
        "uplift": _difference("Gain in the share that stays, by intention to treat", "留网率增益(意向分析)"),
        "uplift_low": _difference("Lower end of its 95% interval (Newcombe)", "增益95%区间下限"),
        "uplift_high": _difference("Upper end", "增益95%区间上限"),
        "chance": c.share("Chance of a difference as large where there is none", "显著性 p 值"),
        "chance_adjusted": c.share("The same, as it counts among all groups looked at", "校正后 p 值(BH)"),
        "saves": c.number("Customers kept by contacting: uplift times treated", "增量保有客户数", "customers"),
        "saves_low": c.number("Lower end of its 95% interval", "增量保有客户数下限", "customers"),
        "saves_high": c.number("Upper end", "增量保有客户数上限", "customers"),
        "save_rate": c.number("Kept by contacting, of those who would have left", "挽回率", "share", high=1.0),
        "save_rate_low": c.number("Lower end of its 95% interval; null where it has none", "挽回率下限", "share"),
        "save_rate_high": c.number("Upper end", "挽回率上限", "share"),
    }


def _money() -> dict[str, Any]:
    return {
        "value_saved": c.number("Money kept by contacting: worth of those kept", "保有价值", "currency"),
        "value_saved_low": c.number("Lower end of its 95% interval (Welch)", "保有价值下限", "currency"),
        "value_saved_high": c.number("Upper end", "保有价值上限", "currency"),
        "cost": c.number("What contacting the treated cost", "成本", "currency", low=0.0),
        "cost_per_save": c.number("Cost per customer kept; null where none were", "单户挽回成本", "currency", low=0.0),
        "cost_per_save_low": c.number("Lower end of its 95% interval (Fieller)", "单户挽回成本下限", "currency"),
        "cost_per_save_high": c.number(
            "Upper end; null where there is none, as nobody may have been kept",
            "单户挽回成本上限(空为无上限)",
            "currency",
        ),
        "return_on_cost": c.number("Money kept less cost, over cost; 0 breaks even", "投资回报率", "x cost"),
        "return_on_cost_low": c.number("Lower end of its 95% interval (Fieller)", "投资回报率下限", "x cost"),
        "return_on_cost_high": c.number("Upper end", "投资回报率上限", "x cost"),
    }


def _contacts() -> dict[str, Any]:
    return {
        "verdict": c.text("What the interval says", "结论", need=True, one_of=VERDICTS),
        "needed": c.integer(
            "Customers more that it takes to tell; 0 where it can be told", "尚需客户数", "customers", low=0
        ),
        "contacted": c.integer(
            "Treated who were reached; null where nobody says", "实际触达客户数", "customers", low=0
        ),
        "accepted": c.integer("Of them, took the offer", "接受优惠客户数", "customers", low=0),
        "contaminated": c.integer("Held out and contacted all the same", "对照组被联系客户数", "customers", low=0),
        "effect_contacted": c.number(
            "Gain among those reached because of the plan (Wald)", "实际触达客户的增益(Wald)", "share"
        ),
        "effect_contacted_low": c.number("Lower end of its 95% interval (Fieller)", "该增益下限", "share"),
        "effect_contacted_high": c.number("Upper end", "该增益上限", "share"),
        "unseen": c.integer(
            "In neither arm: not seen to the end of the window", "未观察到期末客户数", "customers", low=0
        ),
    }


FIGURES = tuple(_figures())


def _schema(name: str, doc: str, **keys: Any) -> type[dy.Schema]:
    month = c.month("Month of the evaluation", "评估月份", key=True)
    return type(name, (dy.Schema,), {"__module__": __name__, "__doc__": doc, "as_of": month, **keys, **_figures()})


RetentionEffects = _schema(
    "RetentionEffects",
    "One row per campaign, cell and offer, and with `all` for those that are pooled.",
    campaign_id=c.text("Campaign, or all", "活动编号", key=True),
    cell=c.text("Value and risk, or all", "价值×风险格", key=True),
    offer_id=c.text("Offer, or all", "优惠编码", key=True),
    plan_month=c.month("Snapshot month of the plan; null of all", "计划月份", need=False),
)
RetentionBy = _schema(
    "RetentionBy",
    "One row per campaign and group of customers; what is known only after the contact has no effect of its own.",
    campaign_id=c.text("Campaign, or all", "活动编号", key=True),
    dimension=c.text("By what customers are grouped", "维度", key=True, one_of=DIMENSIONS),
    value=c.text("The group", "取值", key=True),
)


class RetentionCurves(dy.Schema):
    """One row per campaign, order of customers, and percent of them: what contacting the first so many keeps."""

    as_of = c.month("Month of the evaluation", "评估月份", key=True)
    campaign_id = c.text("Campaign, or all", "活动编号", key=True)
    curve = c.text("The order: risk, the plan's value, the uplift model", "排序依据", key=True, one_of=CURVES)
    percent = c.integer("Customers taken, the first of the order", "客户比例", "%", key=True, low=0, high=100)
    share = c.share("The same as a share", "客户占比", need=True)
    customers = c.integer("The same as a number", "客户数", "customers", need=True, low=0)
    qini = c.number("Kept among the treated of them (Qini)", "Qini 曲线", "customers", need=True)
    qini_low = c.number("Lower end of its 95% band (bootstrap)", "Qini 下限", "customers")
    qini_high = c.number("Upper end", "Qini 上限", "customers")
    random = c.number("Kept by as many in random order", "随机排序", "customers")
    gain = c.number("Kept had all of them been treated (cumulative uplift)", "累计增益", "customers", need=True)
    gain_low = c.number("Lower end of its 95% band", "累计增益下限", "customers")
    gain_high = c.number("Upper end", "累计增益上限", "customers")
    lift = _difference("Uplift among them", "该部分客户的增益")


class RetentionChecks(dy.Schema):
    """One row per campaign and check of its arms."""

    as_of = c.month("Month of the evaluation", "评估月份", key=True)
    campaign_id = c.text("Campaign", "活动编号", key=True)
    check = c.text("What is checked", "检查项", key=True, one_of=CHECKS)
    value = c.number("What was found", "实际值", "as the check has it")
    expected = c.number("What the draw lets expect", "期望值", "as the check has it")
    chance = c.share("Chance of being as far from it", "偶然概率")
    passed = c.flag("Whether it may be chance; null where it cannot be checked", "是否通过")


class RetentionEvidence(dy.Schema):
    """One row per campaign, segment, theme, offer and channel: counts that the knowledge base pools."""

    as_of = c.month("Month of the evaluation", "评估月份", key=True)
    campaign_id = c.text("Campaign", "活动编号", key=True)
    segment_name = c.text("Segment", "客群名称", key=True)
    theme = c.text("What can be done about the first reason for leaving", "首要原因主题", key=True)
    offer_id = c.text("Offer", "优惠编码", key=True)
    channel = c.text("Channel", "触达渠道", key=True)
    plan_month = c.month("Snapshot month of the plan", "计划月份")
    treated = c.integer("Customers who were to be contacted", "实验组客户数", "customers", need=True, low=0)
    held_out = c.integer("Customers held out", "对照组客户数", "customers", need=True, low=0)
    stayed_treated = c.integer("Of the treated, stayed", "实验组留网数", "customers", need=True, low=0)
    stayed_held_out = c.integer("Of the held out, stayed", "对照组留网数", "customers", need=True, low=0)
    uplift = _difference("Gain in the share that stays; null with an empty arm", "留网率增益")
    uplift_low = _difference("Lower end of its 95% interval", "增益95%区间下限")
    uplift_high = _difference("Upper end", "增益95%区间上限")
    contacted = c.integer("Treated who were reached; null where nobody says", "实际触达客户数", "customers", low=0)
    accepted = c.integer("Of them, took the offer", "接受优惠客户数", "customers", low=0)
    cost = c.number("What contacting the treated cost; null where nobody says", "成本", "currency", low=0.0)
    value_saved = c.number("Money kept by contacting", "保有价值", "currency")
    weight_held_out = c.number("What the held out count for, as they stand for the treated", "对照组权重和", "weight")
    weight_stayed = c.number("The same of those who stayed", "对照组留网权重和", "weight")
    square_held_out = c.number("Sum of the squares of those weights", "对照组权重平方和", "weight squared")
    square_stayed = c.number("The same of those who stayed", "对照组留网权重平方和", "weight squared")


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("retention_effects", RetentionEffects, "What each campaign changed, by cell and offer", "挽留效果"),
        _result("retention_by", RetentionBy, "What it changed, by group of customers", "分群挽留效果"),
        _result("retention_curves", RetentionCurves, "How well customers were ranked", "挽留增益曲线"),
        _result("retention_checks", RetentionChecks, "Whether the arms of each campaign are sound", "实验有效性检查"),
        _result("retention_evidence", RetentionEvidence, "What the knowledge base learns of", "挽留证据"),
    )
}
