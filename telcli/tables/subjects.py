"""Subject tables of customers and what they hold, as `ingest` makes them of the operator's extracts."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "Accounts", "Customers", "Products", "Rejects", "Subscriptions"]

CUSTOMER_CLASSES = ("public", "business", "key")
PAY_MODES = ("postpaid", "prepaid")
SERVICE_TYPES = ("mobile", "broadband", "landline", "tv", "leased-line", "other")
END_REASONS = ("voluntary", "involuntary", "port-out", "internal", "inactive", "unknown")
STATUSES = ("active", "suspended", "ended")


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
    household_id = c.text("Household: the smallest customer in it, or as the extract says", "家庭编号")
    certificate_h = c.text("Pseudonym of the certificate", "证件号码（假名）")
    phone_h = c.text("Pseudonym of the telephone number to be reached at", "联系号码（假名）")
    churned = c.flag("Has left, where one labelled table was given", "是否流失（仅限带标签的单表）")
    valid_from = c.day("These attributes hold from", "生效日期")
    valid_to = c.day("These attributes hold until", "失效日期")


class Accounts(dy.Schema):
    """One row per account that bills are paid from."""

    account_id = c.text("Account", "账户编号", key=True)
    customer_id = c.text("Customer who owns it", "客户编号", need=True)
    payment_method = c.text("How it is paid", "付费方式")
    credit_class = c.text("Credit class", "信用等级")
    credit_limit = c.money("Credit limit", "信用额度")
    balance = c.money("Balance; negative is owed", "账户余额")


class Subscriptions(dy.Schema):
    """One row per number or line."""

    subscription_id = c.text("Number or line, as a code", "用户编号", key=True)
    customer_id = c.text("Customer who owns it", "客户编号", need=True)
    account_id = c.text("Account that pays for it", "账户编号")
    bundle_id = c.text("Fusion package or family group it is part of", "融合/共享群编号")
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
    commission = c.money("Commission paid for selling it", "佣金/酬金", low=0.0)
    subsidy = c.money("What a device sold with it was subsidised by", "终端补贴", low=0.0)
    valid_from = c.day("The line is so from this day", "生效日期")
    valid_to = c.day("The line is so until this day", "失效日期")
    number_h = c.text("Pseudonym of the number", "手机号码/接入号（假名）")
    main_number_h = c.text("Pseudonym of the main card's number, of a sub card", "主卡号码（假名）")
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


class Products(dy.Schema):
    """One row per product held on a line, and time it was taken."""

    subscription_id = c.text("Line it is held on", "用户编号", key=True)
    product_id = c.text("Product or offer", "产品编码", key=True)
    started_on = c.day("Day it was taken", "订购时间", key=True)
    ended_on = c.day("Day it was given up; null while it is held", "退订时间")
    monthly_fee = c.money("Monthly fee", "月费", low=0.0)

    @dy.rule()
    def ends_after_start(cls) -> pl.Expr:
        """A product cannot end before it starts."""
        return pl.col("ended_on").is_null() | (pl.col("ended_on") >= pl.col("started_on"))


class Rejects(dy.Schema):
    """One row per broken rule of a refused row; values are masked where they may be personal."""

    source = c.text("File the row came from", "来源文件")
    line = c.integer("Line in that file, from 1", "行号", "line")
    rule = c.text("Rule it broke", "违反的规则", need=True)
    column = c.text("Column", "列")
    value = c.text("Value found", "取值")


def _subject(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, attributes=name != "rejects")


CONTRACTS = {
    found.name: found
    for found in (
        _subject("customers", Customers, "Who the customers are", "客户"),
        _subject("accounts", Accounts, "Accounts they pay from", "账户"),
        _subject("subscriptions", Subscriptions, "Numbers and lines they hold", "用户/号码"),
        _subject("products", Products, "Products they hold", "订购产品"),
        _subject("rejects", Rejects, "Rows refused by ingest, and why", "被拒绝的行"),
    )
}
