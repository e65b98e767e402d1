"""Subject tables: what `ingest` makes of the operator's extracts."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "Bills", "Contacts", "Customers", "Payments", "Rejects", "Subscriptions", "Usage"]

CUSTOMER_CLASSES = ("public", "business", "key")
PAY_MODES = ("postpaid", "prepaid")
SERVICE_TYPES = ("mobile", "broadband", "landline", "tv", "leased-line", "other")
END_REASONS = ("voluntary", "involuntary", "port-out", "internal", "unknown")
STATUSES = ("active", "suspended", "ended")
BILL_KINDS = (
    "recurring",
    "voice",
    "data",
    "text",
    "value-added",
    "over-bundle",
    "one-time",
    "penalty",
    "other",
    "total",
)
CONTACT_KINDS = ("complaint", "enquiry", "fault", "request")


class Customers(dy.Schema):
    """One row per customer, who may hold several numbers."""

    customer_id = c.text("Customer", "客户编号", key=True)
    customer_class = c.text("Public, business or key account", "客户类型", one_of=CUSTOMER_CLASSES)
    gender = c.text("Gender", "性别", one_of=("female", "male", "other"))
    birth_year = c.integer("Year of birth", "出生年份", "year", low=1900, high=2100)
    region = c.text("City or county", "归属地市/区县")
    branch = c.text("Branch or grid", "归属分局/网格")
    manager_id = c.text("Account manager", "客户经理编号")
    joined_on = c.day("Date of first joining", "建档时间/入网时间")
    star_level = c.integer("Star level", "星级", "stars", low=0, high=10)
    group_id = c.text("Group or household the customer belongs to", "集团编号")
    certificate_h = c.text("Pseudonym of the certificate", "证件号码（假名）")
    phone_h = c.text("Pseudonym of the telephone number to be reached at", "联系号码（假名）")
    churned = c.flag("Has left, where one labelled table was given", "是否流失（仅限带标签的单表）")
    valid_from = c.day("These attributes hold from", "生效日期")
    valid_to = c.day("These attributes hold until", "失效日期")


class Subscriptions(dy.Schema):
    """One row per number or line."""

    subscription_id = c.text("Number or line, as a code", "用户编号", key=True)
    customer_id = c.text("Customer who owns it", "客户编号", need=True)
    account_id = c.text("Account that pays for it", "账户编号")
    service_type = c.text("Kind of service", "业务类型", one_of=SERVICE_TYPES)
    pay_mode = c.text("Postpaid or prepaid", "付费类型", one_of=PAY_MODES)
    plan_id = c.text("Plan", "主套餐")
    plan_fee = c.money("Monthly plan fee", "月租/套餐费", low=0.0)
    activated_on = c.day("Date of activation", "入网时间/开户时间")
    ended_on = c.day("Date of ending; null while it lives", "销户/拆机时间")
    end_reason = c.text("Why it ended", "离网原因", one_of=END_REASONS)
    contract_end = c.day("Date the contract runs out", "合约到期日")
    status = c.text("State now", "用户状态", one_of=STATUSES)
    channel_id = c.text("Channel that sold it", "入网渠道")
    number_h = c.text("Pseudonym of the number", "手机号码/接入号（假名）")
    device_h = c.text("Pseudonym of the device", "终端IMEI（假名）")
    sim_h = c.text("Pseudonym of the SIM card", "IMSI（假名）")

    @dy.rule()
    def ends_after_activation(cls) -> pl.Expr:
        """A line cannot end before it starts."""
        return (
            pl.col("ended_on").is_null()
            | pl.col("activated_on").is_null()
            | (pl.col("ended_on") >= pl.col("activated_on"))
        )


class Bills(dy.Schema):
    """One row per customer, month and kind of charge; credits are negative."""

    customer_id = c.text("Customer billed", "客户编号", key=True)
    month = c.month("Month billed", "账期", key=True)
    kind = dy.String(
        nullable=False,
        primary_key=True,
        check={"one_of": lambda column: column.is_in(list(BILL_KINDS))},
        metadata={"unit": "", "meaning": "Kind of charge", "zh": "费用类型"},
    )
    amount = c.money("Charged before discount", "应收金额", need=True)
    discount = c.money("Taken off the charge", "优惠/减免")
    due_on = c.day("Payment due", "缴费期限")


class Payments(dy.Schema):
    """One row per payment or top-up."""

    payment_id = c.text("Payment", "缴费流水号", key=True)
    customer_id = c.text("Customer who paid", "客户编号", need=True)
    paid_at = c.moment("When it was paid", "缴费时间", need=True)
    amount = c.money("Amount paid", "缴费金额", need=True)
    method = c.text("How it was paid", "缴费方式")
    channel = c.text("Where it was paid", "缴费渠道")
    reversed = c.flag("Taken back later", "冲正")


class Usage(dy.Schema):
    """One row per customer and month of use."""

    customer_id = c.text("Customer", "客户编号", key=True)
    month = c.month("Month", "账期", key=True)
    call_minutes = c.count("Minutes of voice calls", "计费时长", "minutes")
    calls_out = c.count("Calls made", "主叫次数", "calls")
    calls_in = c.count("Calls received", "被叫次数", "calls")
    texts = c.count("Texts sent", "短信条数", "texts")
    data_mb = c.count("Data used", "流量", "MB")
    roaming_minutes = c.count("Minutes while roaming", "漫游时长", "minutes")
    over_bundle_fee = c.money("Charges beyond the bundle", "套外费", low=0.0)
    active_days = c.number("Days with any use", "活跃天数", "days", low=0.0, high=31.0)


class Contacts(dy.Schema):
    """One row per contact with the operator: complaint, enquiry, fault or request."""

    contact_id = c.text("Contact or ticket", "工单编号", key=True)
    customer_id = c.text("Customer", "客户编号", need=True)
    opened_at = c.moment("When it was opened", "受理时间", need=True)
    closed_at = c.moment("When it was closed", "办结时间")
    channel = c.text("Where it came in", "受理渠道")
    kind = c.text("Kind of contact", "工单类型", one_of=CONTACT_KINDS)
    topic = c.text("What it was about", "投诉类别")
    severity = c.integer("1 ordinary, 2 important, 3 major", "投诉重要性", "grade", low=1, high=3)
    repeat = c.flag("About the same matter again", "重复投诉")
    rating = c.number("Rating by the customer", "满意度评分", "points", low=0.0, high=10.0)
    text = c.text("What was said, numbers and addresses hidden", "工单内容（号码已隐去）")

    @dy.rule()
    def closes_after_opening(cls) -> pl.Expr:
        """A contact cannot close before it opens."""
        return pl.col("closed_at").is_null() | (pl.col("closed_at") >= pl.col("opened_at"))


class Rejects(dy.Schema):
    """One row per broken rule of a refused row; values are masked where they may be personal."""

    source = c.text("File the row came from", "来源文件")
    line = c.integer("Line in that file, from 1", "行号", "line")
    rule = c.text("Rule it broke", "违反的规则", need=True)
    column = c.text("Column", "列")
    value = c.text("Value found", "取值")


def _subject(name: str, schema: type[dy.Schema], meaning: str, zh: str, partition: str | None = None) -> Contract:
    return Contract(name, schema, meaning, zh, partition, attributes=name != "rejects")


CONTRACTS = {
    found.name: found
    for found in (
        _subject("customers", Customers, "Who the customers are", "客户"),
        _subject("subscriptions", Subscriptions, "Numbers and lines they hold", "用户/号码"),
        _subject("bills", Bills, "What they were charged", "账单", "month"),
        _subject("payments", Payments, "What they paid", "缴费", "paid_at"),
        _subject("usage", Usage, "What they used each month", "月使用量", "month"),
        _subject("contacts", Contacts, "What they told the operator", "客户接触/工单", "opened_at"),
        _subject("rejects", Rejects, "Rows refused by ingest, and why", "被拒绝的行"),
    )
}
