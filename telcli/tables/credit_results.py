"""Result tables of assess-credit: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["AGES", "CONTRACTS", "EVERY"]

AGES = ("0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+")
"""Days past due; 0 is not yet due."""
EVERY = "all"
_HOLDS = ("key-account", "disputed", "hardship", "complaint", "no-contact")


class CreditScores(dy.Schema):
    """What a customer owes, how old it is, and how likely the next bill is not paid in time."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    arrears = c.money("Past due at the end of the month", "逾期欠费", low=0.0, need=True)
    days_past_due = c.integer("Days past due of the oldest open bill", "最长逾期天数", "days", low=0, need=True)
    bucket = c.text("Age of the oldest open bill, in days past due", "账龄段", need=True, one_of=AGES)
    non_payment_probability = c.share(
        "Chance that what falls due next month is not paid within its credit period", "下月未按期缴费概率"
    )
    dunning_step = c.text("Step of the operator's calendar", "催缴步骤", need=True)
    probability_from = c.text(
        "What the chance rests on: the model, or the rate of the age of debt",
        "概率来源：model 模型、bucket 账龄段比率",
        one_of=("model", "bucket"),
    )
    not_due = c.money("Billed and not yet due", "未到期应收", low=0.0, need=True)
    credit = c.money("Paid beyond all that was billed", "预存余额", low=0.0, need=True)
    late_fee = c.money("Late fee by the settings", "滞纳金", low=0.0, need=True)
    loss_rate = c.share("Share of what is owed that is never paid, by age of debt", "预期损失率")
    expected_loss = c.money("What is owed times the share of it that is never paid", "预期损失", low=0.0)
    first_unpaid = c.flag(
        "The first bill is past due and nothing was ever paid: as who never meant to pay",
        "首账单即欠费且从未缴费(疑似恶意欠费)",
        need=True,
    )


class CreditAgeing(dy.Schema):
    """What is owed by age: of all, and by class, branch and segment of customers."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    dimension = c.text("What customers are told apart by; all: nothing", "维度", key=True)
    value = c.text("Which of them; -: not known", "取值", key=True)
    bucket = c.text(
        "Days past due; 0: not yet due; credit: paid ahead, which makes no debt less",
        "账龄段；credit 为预存余额，不抵减欠费",
        key=True,
        one_of=(*AGES, "credit"),
    )
    customers = c.integer("Customers", "客户数", "customers", low=0, need=True)
    balance = c.number(
        "What they owe of this age; null of fewer than 10 customers of a group", "余额", "currency", low=0.0
    )
    share = c.share("Of what the group owes", "占比")


CONTRACTS = {
    found.name: found
    for found in (
        Contract("credit_scores", CreditScores, "What customers owe and will pay", "客户信用评分", "as_of"),
        Contract("credit_ageing", CreditAgeing, "What is owed by age", "欠费账龄", "as_of"),
    )
}
