"""Result tables of detect-fraud: what is suspected, on what evidence; never a verdict."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "PATTERNS"]

PATTERNS = ("sim-box", "wangiri", "irsf", "subscription", "fake-activation", "unusual")
SUBJECTS = ("customer", "line", "caller")
STATUSES = ("new", "known", "closed")
MEASURES = ("none", "penalty", "exit")


class FraudCases(dy.Schema):
    """One row per suspected case; a case is a suspicion to be looked into, never a verdict.

    Subjects of one pattern that share a device or a certificate are one case, of the subject with the highest score.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    case_id = c.text("Case: the same from run to run", "案例编号", key=True)
    subject_id = c.text("Customer, line or code of an outside caller", "涉嫌对象", need=True)
    subject = c.text("What the subject is", "对象类型", need=True, one_of=SUBJECTS)
    pattern = c.text("Suspected pattern", "疑似类型", need=True, one_of=PATTERNS)
    score = c.share("How far the evidence goes beyond its thresholds", "疑似程度", need=True)
    expected_loss = c.money("Expected loss if nothing is done", "预期损失", low=0.0)
    evidence = c.text("What was seen, in few words", "证据摘要(英文)", need=True)
    evidence_zh = c.text("The same in Chinese", "证据摘要", need=True)
    codes = c.text("Codes of the evidence, with commas between them", "证据代码", need=True)
    first_day = c.day("First day of the evidence", "首次出现日期")
    last_day = c.day("Last day of the evidence", "最近出现日期")
    days = c.integer("Days with evidence", "出现天数", "days", low=0)
    subjects = c.integer("Subjects in the case", "涉及对象数", "subjects", need=True, low=1)
    status = c.text("new, known from the snapshot before, or closed since", "状态", need=True, one_of=STATUSES)


class FraudEvidence(dy.Schema):
    """One row per case, subject, fact and day; facts of several days carry the last of them."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    case_id = c.text("Case", "案例编号", key=True)
    subject_id = c.text("Customer, line or code of an outside caller", "涉嫌对象", key=True)
    what = c.text("Code of the fact", "证据代码", key=True)
    day = c.day("Day it was seen", "日期", key=True)
    value = c.number("Value found", "取值", "as the fact says", need=True)
    threshold = c.number("Threshold it was held against", "阈值", "as the fact says")


class FraudChannels(dy.Schema):
    """One row per sales channel and month of activation."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    channel_id = c.text("Sales channel", "入网渠道", key=True)
    month = c.month("Month of activation", "入网月份", key=True)
    activations = c.integer("Lines activated", "入网号码数", "lines", need=True, low=0)
    unused = c.integer("Of them, without the use that commission asks for", "未达使用条件", "lines", need=True, low=0)
    suspected = c.integer("Of them, suspected", "疑似虚假入网", "lines", need=True, low=0)
    suspected_share = c.share("Share suspected", "疑似占比", need=True)
    suspected_low = c.share("Lower end of its 95% interval", "疑似占比下限", need=True)
    suspected_high = c.share("Upper end", "疑似占比上限", need=True)
    commission = c.money("Commission of those suspected", "疑似号码佣金", low=0.0, need=True)
    measure = c.text("What the operator's rule would have: to be decided by people", "规则建议", one_of=MEASURES)


class FraudNamed(dy.Schema):
    """One row per pattern and suspect that a run for the month named.

    A case is new to a run where none of its suspects stands here with a day before the one that its data reach.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    pattern = c.text("Suspected pattern", "疑似类型", key=True, one_of=PATTERNS)
    subject_id = c.text("Customer, line or code of an outside caller", "涉嫌对象", key=True)
    named_on = c.day("Day that the data reached when it was named first", "首次列出时数据截止日", need=True)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("fraud_cases", FraudCases, "Suspected fraud, by case", "疑似欺诈案例"),
        _result("fraud_evidence", FraudEvidence, "What each suspicion rests on", "疑似欺诈证据"),
        _result(
            "fraud_channels", FraudChannels, "Activations by sales channel, and those suspected", "渠道虚假入网情况"
        ),
        _result("fraud_named", FraudNamed, "When each suspect was named first", "疑似对象首次列出日"),
    )
}
