"""What was billed to each account, where extracts tell: beside `bills`, which adds accounts up to their customer."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.facts import BILL_KINDS

__all__ = ["CONTRACTS"]


class AccountBills(dy.Schema):
    """One row per account, month and kind of charge; the sum over accounts is in `bills`."""

    account_id = c.text("Account billed", "账户编号", key=True)
    month = c.month("Month billed", "账期", key=True)
    kind = c.text("Kind of charge", "费用类型", key=True, one_of=BILL_KINDS)
    customer_id = c.text("Customer who owns it", "客户编号", need=True)
    amount = c.money("Charged before discount", "应收金额", need=True)
    discount = c.money("Taken off the charge", "优惠/减免")
    due_on = c.day("Payment due", "缴费期限")


CONTRACTS = {
    "account_bills": Contract("account_bills", AccountBills, "What accounts were charged", "账户账单", "month")
}
