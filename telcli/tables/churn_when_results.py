"""Result tables of predict-churn that tell when customers may leave: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS"]


class ChurnWhen(dy.Schema):
    """One row per customer alive at the snapshot."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    hazard_1 = c.share(
        "Chance of leaving in month 1 from now of who is here at its start", "未来第1个月的离网风险", need=True
    )
    hazard_2 = c.share(
        "Chance of leaving in month 2 from now of who is here at its start", "未来第2个月的离网风险", need=True
    )
    hazard_3 = c.share(
        "Chance of leaving in month 3 from now of who is here at its start", "未来第3个月的离网风险", need=True
    )
    hazard_4 = c.share(
        "Chance of leaving in month 4 from now of who is here at its start", "未来第4个月的离网风险", need=True
    )
    hazard_5 = c.share(
        "Chance of leaving in month 5 from now of who is here at its start", "未来第5个月的离网风险", need=True
    )
    hazard_6 = c.share(
        "Chance of leaving in month 6 from now of who is here at its start", "未来第6个月的离网风险", need=True
    )
    hazard_7 = c.share(
        "Chance of leaving in month 7 from now of who is here at its start", "未来第7个月的离网风险", need=True
    )
    hazard_8 = c.share(
        "Chance of leaving in month 8 from now of who is here at its start", "未来第8个月的离网风险", need=True
    )
    hazard_9 = c.share(
        "Chance of leaving in month 9 from now of who is here at its start", "未来第9个月的离网风险", need=True
    )
    hazard_10 = c.share(
        "Chance of leaving in month 10 from now of who is here at its start", "未来第10个月的离网风险", need=True
    )
    hazard_11 = c.share(
        "Chance of leaving in month 11 from now of who is here at its start", "未来第11个月的离网风险", need=True
    )
    hazard_12 = c.share(
        "Chance of leaving in month 12 from now of who is here at its start", "未来第12个月的离网风险", need=True
    )
    stay_3 = c.share("Chance of being here after 3 months", "3个月后仍在网的概率", need=True)
    stay_6 = c.share("Chance of being here after 6 months", "6个月后仍在网的概率", need=True)
    stay_12 = c.share("Chance of being here after 12 months", "12个月后仍在网的概率", need=True)
    expected_months = c.number(
        "Months she is expected to stay, of those within horizon_months",
        "预期在网月数(计算期内)",
        "months",
        low=0.0,
        need=True,
    )


class ChurnHazard(dy.Schema):
    """One row per month ahead: what is expected of all customers together, and what had been of months held back."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    month_ahead = c.integer("Months from now", "未来第几个月", "months", key=True, low=1)
    month = c.month("That month", "月份", need=True)
    hazard = c.share("Share expected to leave of those here at its start", "离网风险", need=True)
    expected_leavers = c.number("Customers expected to leave in it", "预期离网客户数", "customers", low=0.0, need=True)
    staying = c.share("Share of today's customers here after it", "留存率", need=True)
    tenure_hazard = c.share("The same hazard by tenure and way of paying alone", "按网龄的离网风险", need=True)
    tested_expected = c.number(
        "Of customers at the tested month: expected to leave so many months after",
        "检验期预期离网数",
        "customers",
        low=0.0,
    )
    tested_left = c.integer("And left", "检验期实际离网数", "customers", low=0)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("churn_when", ChurnWhen, "When each customer may leave", "预期离网时间"),
        _result("churn_hazard", ChurnHazard, "How many may leave month by month", "未来各月离网风险"),
    )
}
