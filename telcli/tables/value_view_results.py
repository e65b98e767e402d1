"""Result tables of score-value that look at value from several sides: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "PRODUCT_COUNTED"]

PRODUCT_COUNTED = ("counted", "in-plan-fees", "no-fee")


class ValueProducts(dy.Schema):
    """How each product is taken up and given up by customers alike, and what that will bring within the horizon."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    product_id = c.text("Product", "产品编码", key=True)
    holders = c.integer("Customers valued who hold it", "持有客户数", "customers", need=True, low=0)
    eligible = c.integer("Who could take it and do not hold it", "可订未订客户数", "customers", need=True, low=0)
    customer_months = c.integer(
        "Months of those who could take it up, of the last 12", "可订客户月数", "customer-months", need=True, low=0
    )
    taken = c.integer("Times it was taken up", "订购次数", "times", need=True, low=0)
    take_up = c.share("Taken up a month, of those who could", "月订购率")
    take_up_used = c.share("The same, kinds of customer pulled together: what is expected", "采用的月订购率")
    holder_months = c.integer("Months of holders", "持有客户月数", "customer-months", need=True, low=0)
    given_up = c.integer("Times it was given up by who stayed", "退订次数", "times", need=True, low=0)
    give_up = c.share("Given up a month, of holders", "月退订率")
    give_up_used = c.share("The same, kinds of customer pulled together", "采用的月退订率")
    monthly_fee = c.money("Monthly fee per holder", "户均月费")
    margin_a_month = c.money("What is left of it", "户均月毛利")
    in_plan_fee = c.share("Share of its steps in which plan fees moved by the same", "套餐费同额变动占比")
    counted = c.text(
        "Whether it counts in incremental value: not where plan fees hold its fee, or no fee is known",
        "是否计入：counted 计入、in-plan-fees 已含在套餐费内、no-fee 无月费",
        need=True,
        one_of=PRODUCT_COUNTED,
    )
    expected_margin = c.money(
        "Expected of who does not hold it, within the horizon", "预期新增毛利", low=0.0, need=True
    )
    expected_loss = c.money("Expected to be lost of holders; not above 0", "预期退订损失(负)", need=True)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("value_products", ValueProducts, "How products are taken up, and what it brings", "产品订购预期"),
    )
}
