"""Result tables of assess-credit: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["AGES", "CONTRACTS", "EVERY", "OFF"]

AGES = ("0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+")
"""Days past due; 0 is not yet due."""
EVERY = "all"
OFF = "written-off"
_HOLDS = ("disputed", "hardship", "complaint", "no-contact")


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
    written_off = c.money("Written off and still not paid; in no other amount here", "已核销未收回", low=0.0)
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
        "Days past due; 0: not yet due; written-off: in no other row; credit: paid ahead, which makes no debt less",
        "账龄段；written-off 为已核销、不再计入应收；credit 为预存余额，不抵减欠费",
        key=True,
        one_of=(*AGES, OFF, "credit"),
    )
    customers = c.integer("Customers; null as the balance is", "客户数", "customers", low=0)
    balance = c.number(
        "What they owe of this age; null of fewer than 10 customers of a group, and where the rest would tell it",
        "余额；群组内不足 10 名客户或可由其余推算时留空",
        "currency",
        low=0.0,
    )
    share = c.share("Of what the group owes; null where anything of the group is withheld", "占比")
    small = c.flag("Of all customers, fewer than 10 owe of this age", "全体中不足 10 名客户")


class CreditRolls(dy.Schema):
    """How debts grew older in each month, to the cent.

    By age opening + billed + entered - rolled - paid - written_off = closing; of all opening - credit_opening + billed
    + recovered - cash - written_off = closing - credit_closing.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    month = c.month("Month", "月份", key=True)
    bucket = c.text("Days past due at its beginning; all: of all ages", "期初账龄段", key=True, one_of=(*AGES, EVERY))
    opening = c.number("Owed at the end of the month before", "期初余额", "currency", need=True)
    billed = c.number("Billed in the month, of the age it has at its end", "当月出账", "currency", need=True)
    entered = c.number("Came from younger ages", "迁入", "currency", need=True)
    rolled = c.number("Went on to older ages", "迁出", "currency", need=True)
    paid = c.number("Settled by payments and credit notes", "回收", "currency", need=True)
    settled = c.number("Of it, of what was owed at the month's beginning", "其中回收期初欠费", "currency", need=True)
    written_off = c.number("Written off", "核销", "currency", need=True)
    recovered = c.number("Paid of what was written off before", "核销后收回", "currency", need=True)
    closing = c.number("Owed at the end of the month", "期末余额", "currency", need=True)
    difference = c.number("What the flows leave unexplained: 0", "勾稽差额", "currency", need=True)
    credit_opening = c.number("Paid ahead at the end of the month before", "期初预存", "currency")
    credit_closing = c.number("Paid ahead at the end of the month", "期末预存", "currency")
    cash = c.number("Payments and credit notes of the month", "当月收款", "currency")
    roll_rate = c.share("Went on or was written off, of what was owed", "迁徙率")


class CreditProvision(dy.Schema):
    """What to provide for: by the loss that roll rates foretell, and by the operators' rule, side by side."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    bucket = c.text("Days past due; all: of all ages", "账龄段", key=True, one_of=(*AGES, EVERY))
    customers = c.integer("Customers who owe", "欠费客户数", "customers", low=0, need=True)
    balance = c.number("Owed", "余额", "currency", low=0.0, need=True)
    roll_rate = c.share("Grows older within a month", "月迁徙率")
    roll_rate_low = c.share("Lower end of its 95% interval", "月迁徙率95%区间下限")
    roll_rate_high = c.share("Upper end", "月迁徙率95%区间上限")
    loss_rate = c.share("Is never paid: the product of what ever grows older from this age on", "预期损失率")
    loss_rate_low = c.share("Lower end of its 95% interval", "预期损失率95%区间下限")
    loss_rate_high = c.share("Upper end", "预期损失率95%区间上限")
    paid_rate = c.share("Is paid within a month", "月回收率")
    paid_rate_low = c.share("Lower end of its 95% interval", "月回收率95%区间下限")
    paid_rate_high = c.share("Upper end", "月回收率95%区间上限")
    provision = c.number("Balance times loss rate", "按迁徙率计提", "currency", low=0.0, need=True)
    provision_low = c.number("Lower end of its 95% interval", "按迁徙率计提95%区间下限", "currency", low=0.0)
    provision_high = c.number("Upper end", "按迁徙率计提95%区间上限", "currency", low=0.0)
    small = c.flag("Fewer than 10 customers owe of this age", "不足 10 名客户")
    full_provision = c.number(
        "All that is past due for longer than full_provision_days",
        "按运营商规则全额计提",
        "currency",
        low=0.0,
        need=True,
    )


class CreditModel(dy.Schema):
    """How each way of foretelling who will not pay in time did on customers or a month it had not seen."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    method = c.text(
        "model; bucket: the rate of the age of the debt; base: that of all",
        "方法：model 模型、bucket 账龄段比率、base 总体比率",
        key=True,
        one_of=("model", "bucket", "base"),
    )
    month = c.month("The last month whose payments are known", "检验月份")
    split = c.text("Tested on a later month, or by folds of customers", "检验方式", need=True)
    rows = c.integer("Customers tested", "检验客户数", "customers", low=0, need=True)
    late = c.integer("Of them, did not pay in time", "其中未按期缴费", "customers", low=0, need=True)
    auc = c.share("AUC: chance that a late payer ranks above one in time", "AUC(排序能力)")
    auc_low = c.share("Lower end of its 95% interval", "AUC 95%区间下限")
    auc_high = c.share("Upper end", "AUC 95%区间上限")
    brier = c.share("Mean squared error of the chance", "Brier 分数", need=True)
    log_loss = c.number("Mean negative log-likelihood", "对数损失", "nats", low=0.0, need=True)
    ece = c.share("Calibration error over tenths of the chance", "校准误差", need=True)
    ece_chance = c.share("What chance alone makes of it", "偶然校准误差", need=True)
    slope = c.number("Calibration slope: 1 is right, below 1 too bold", "校准斜率(1 为准，小于 1 为过于极端)", "ratio")
    used = c.flag("Its chances are those told", "采用", need=True)


class CreditAccounts(dy.Schema):
    """What each account owes, where bills and payments name one: payments settle the oldest bills of their account."""

    account_id = c.text("Account", "账户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    customer_id = c.text("Customer who owns it", "客户编号")
    arrears = c.money("Past due at the end of the month", "逾期欠费", low=0.0, need=True)
    days_past_due = c.integer("Days past due of the oldest open bill", "最长逾期天数", "days", low=0, need=True)
    bucket = c.text("Age of the oldest open bill, in days past due", "账龄段", need=True, one_of=AGES)
    not_due = c.money("Billed and not yet due", "未到期应收", low=0.0, need=True)
    credit = c.money("Paid beyond all that was billed", "预存余额", low=0.0, need=True)
    late_fee = c.money("Late fee so far, by the settings", "滞纳金", low=0.0)
    written_off = c.money("Written off and still not paid", "已核销未收回", low=0.0)
    step = c.text("Step of the operator's calendar", "催缴步骤", need=True)
    action = c.text("What to do: as in dunning_list, by the account's own step", "今日动作：同催缴名单，按本账户步骤")
    step_on = c.day("First day of the step", "步骤起始日")
    next_step = c.text("Step that follows where nothing is paid", "下一步骤")
    next_step_on = c.day("First day of that", "下一步骤起始日")
    expected_recovery = c.money("Expected to be paid within a month", "一个月内预期回收", low=0.0)
    hold = c.text("Why to look before", "核查原因", one_of=_HOLDS)


class CreditRecovery(dy.Schema):
    """How well each way told what of debts past due is paid within a month, of months not learned from."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    way = c.text(
        "age: of the debt alone; paid: and in how many of the last three months anything was paid; paid-amount, "
        "paid-class: and how much is owed, or by what class of customer",
        "方法：age 仅账龄；paid 另按近三个月缴费月数；paid-amount、paid-class 再按金额或客户类型",
        key=True,
        one_of=("age", "paid", "paid-amount", "paid-class"),
    )
    month = c.month("The month it was told of", "检验月份", need=True)
    debts = c.integer(
        "Debts past due at its beginning, of a customer and an age each", "期初逾期欠款笔数", "rows", low=0
    )
    customers = c.integer("Customers who owed them", "欠费客户数", "customers", low=0)
    owed = c.number("Owed at its beginning", "期初逾期余额", "currency", low=0.0)
    expected = c.number("Expected to be paid of it in the month", "预期回收", "currency", low=0.0)
    came = c.number("Paid of it in the month", "实际回收", "currency", low=0.0)
    error = c.share("Mean squared error of the share paid, by money", "回收率均方误差(按金额)")
    error_before = c.share("The same of the months before, by which the way was chosen", "此前各月的均方误差(用于选择)")
    used = c.flag("Expected recovery rests on it", "采用", need=True)


class DunningList(dy.Schema):
    """Whom to dun at the end of the month, those first of whom most is expected to be paid."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    priority = c.integer("Place, 1 the first; who is to be looked at before comes last", "优先顺序", low=1, need=True)
    step = c.text("Step of the operator's calendar", "催缴步骤", need=True)
    action = c.text(
        "What to do: the step; manager: a key account goes to its manager and is not suspended; review: look at it "
        "first; letter: no call or message",
        "今日动作：按步骤执行；manager 重点客户转客户经理、不停机；review 停机前先核查；letter 仅寄送书面通知",
        need=True,
    )
    step_on = c.day("First day of the step", "步骤起始日", need=True)
    next_step = c.text("Step that follows where nothing is paid", "下一步骤")
    next_step_on = c.day("First day of that", "下一步骤起始日")
    arrears = c.money("Past due", "逾期欠费", low=0.0, need=True)
    days_past_due = c.integer(
        "Days past due of the oldest bill not paid, written off or not", "最长逾期天数", "days", low=1, need=True
    )
    written_off = c.money("Written off and still not paid, beside what is past due", "已核销未收回", low=0.0)
    late_fee = c.money("Late fee so far, by the settings", "滞纳金", low=0.0, need=True)
    expected_recovery = c.money(
        "Expected to be paid within a month, by what was paid of such debts", "一个月内预期回收", low=0.0
    )
    recovery_low = c.money(
        "Lower end of the 95% interval of what is expected, not of what one customer pays",
        "预期回收95%区间下限",
        low=0.0,
    )
    recovery_high = c.money("Upper end", "预期回收95%区间上限", low=0.0)
    recovery_rate = c.share("Expected of what is past due", "预期回收率")
    recovery_rate_low = c.share("Lower end of its 95% interval", "预期回收率95%区间下限")
    recovery_rate_high = c.share("Upper end", "预期回收率95%区间上限")
    hold = c.text(
        "Why to look before: disputed bill, hardship, complaint open, not to be contacted",
        "核查原因：disputed 账单争议、hardship 客户困难、complaint 投诉未结、no-contact 免打扰",
        one_of=_HOLDS,
    )
    customer_class = c.text("Class of the customer", "客户类型")
    manager_id = c.text("Account manager", "客户经理编号")
    first_unpaid = c.flag(
        "The first bill is past due and nothing was ever paid", "首账单即欠费且从未缴费(疑似恶意欠费)", need=True
    )


CONTRACTS = {
    found.name: found
    for found in (
        Contract("credit_scores", CreditScores, "What customers owe and will pay", "客户信用评分", "as_of"),
        Contract("credit_ageing", CreditAgeing, "What is owed by age", "欠费账龄", "as_of"),
        Contract("credit_rolls", CreditRolls, "How debts grow older", "欠费迁徙", "as_of"),
        Contract("credit_model", CreditModel, "How chances of non-payment were tested", "未缴费预测检验", "as_of"),
        Contract("credit_accounts", CreditAccounts, "What accounts owe", "账户欠费", "as_of"),
        Contract("credit_recovery", CreditRecovery, "How recovery was tested", "回收预测检验", "as_of"),
        Contract("dunning_list", DunningList, "Whom to dun", "催缴名单", "as_of"),
        Contract("credit_provision", CreditProvision, "What to provide for", "坏账准备", "as_of"),
    )
}
