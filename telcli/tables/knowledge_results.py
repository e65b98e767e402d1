"""Result tables of knowledge: what each offer changed for whom, put together over months, and experience brought in."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.effect_results import VERDICTS

__all__ = ["ANY", "CONTRACTS", "LEVELS", "SOURCES"]

ANY = "any"
"""Segment, theme or channel of a row that is of all of them."""
LEVELS = ("offer", "offer-channel", "offer-segment", "offer-theme", "offer-segment-theme", "cell")
"""How particular a row is, the broadest first."""
SOURCES = ("trial", "imported", "both")


def _difference(meaning: str, zh: str, *, need: bool = False) -> dy.Float64:
    return c.number(meaning, zh, "-1..1", low=-1.0, high=1.0, need=need)


class RetentionKnowledge(dy.Schema):
    """One row per segment, theme, offer and channel, or any of them: what trials and experience let expect."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    segment_name = c.text("Segment, or any", "客群名称", key=True)
    theme = c.text("What can be done about the first reason for leaving, or any", "首要原因主题", key=True)
    offer_id = c.text("Offer", "优惠编码", key=True)
    channel = c.text("Channel, or any", "触达渠道", key=True)
    level = c.text("How particular the row is", "颗粒度", need=True, one_of=LEVELS)
    source = c.text("Where the offer is known from", "来源", need=True, one_of=SOURCES)
    periods = c.integer("Campaigns, or periods of experience, with such customers", "涉及期数", low=0, need=True)
    campaigns = c.text("The latest of them", "涉及活动")
    treated = c.integer("Such customers who were to be contacted", "实验组客户数", "customers", need=True, low=0)
    held_out = c.integer("Such customers who were held out", "对照组客户数", "customers", need=True, low=0)
    stayed_treated = c.integer("Of the treated, stayed", "实验组留网数", "customers", low=0)
    stayed_held_out = c.integer("Of the held out, stayed", "对照组留网数", "customers", low=0)
    uplift = _difference("Gain in the share that stays, drawn to that of their like", "留网率增益(收缩后)", need=True)
    uplift_low = _difference("Lower end of its 95% interval", "增益95%区间下限", need=True)
    uplift_high = _difference("Upper end", "增益95%区间上限", need=True)
    uplift_next_low = _difference("Lower end of the interval for a new period", "新一期增益95%区间下限", need=True)
    uplift_next_high = _difference("Upper end", "新一期增益95%区间上限", need=True)
    left_held_out = c.share("Share of the held out that left, drawn to that of their like", "对照组流失率(收缩后)")
    accept_rate = c.share("Share of the treated that took the offer, likewise", "接受率(收缩后)")
    cost_per_contact = c.money("Cost per treated customer, likewise", "单户接触成本(收缩后)", low=0.0)
    worth = c.money("Mean loss if such a customer leaves, by the plan before", "单户流失损失均值", low=0.0)
    expected_value = c.money("Gain times loss, less cost, per contact", "单次接触预期净收益")
    verdict = c.text("What the interval says", "结论", need=True, one_of=VERDICTS)
    needed = c.integer(
        "Customers more that it takes to tell, if the gain is what it seems", "尚需客户数", "customers", low=0
    )


class RetentionExperience(dy.Schema):
    """One row per row of experience that was brought in, as it was told; nobody drew who was contacted."""

    as_of = c.month("Month from which on it counts", "入库月份", key=True)
    row_id = c.text("Hash of what the row says: the same row again is the same", "行标识", key=True)
    file = c.text("File it came in first", "来源文件", need=True)
    line = c.integer("Its line there", "行号", low=1, need=True)
    period = c.month("Month that it is of, the last of several", "所属月份", need=False)
    months = c.integer("Months up to then that it is of; null of one", "涵盖月数", "months", low=1)
    segment_name = c.text("Segment, or any", "客群名称", need=True)
    theme = c.text("Reason's theme, or any", "原因主题", need=True)
    offer_id = c.text("Offer", "优惠编码", need=True)
    channel = c.text("Channel, or any", "触达渠道", need=True)
    treated = c.integer("Customers contacted", "接触客户数", "customers", low=0)
    held_out = c.integer("Customers not contacted, compared with", "对比客户数", "customers", low=0)
    stayed_treated = c.integer("Of the contacted, stayed", "接触客户留网数", "customers", low=0)
    stayed_held_out = c.integer("Of the others, stayed", "对比客户留网数", "customers", low=0)
    uplift = _difference("Gain in the share that stays, where told", "留网率增益")
    uplift_low = _difference("Lower end of its 95% interval", "增益95%区间下限")
    uplift_high = _difference("Upper end", "增益95%区间上限")
    accepted = c.integer("Customers who took the offer", "接受客户数", "customers", low=0)
    cost = c.money("What contacting them cost", "成本", low=0.0)


CONTRACTS = {
    found.name: found
    for found in (
        Contract(
            "retention_knowledge",
            RetentionKnowledge,
            "What trials and experience let expect of each offer",
            "挽留知识库",
            "as_of",
        ),
        Contract(
            "retention_experience", RetentionExperience, "Experience that was brought in", "导入的历史经验", "as_of"
        ),
    )
}
