"""Result table of predict-churn: whether customers, scores and outcomes are still what the model learned from."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS"]


class ChurnDrift(dy.Schema):
    """One row per feature, one for the scores, and one per month scored before whose outcome is known by now."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    kind = c.text("What is compared", "比较对象", key=True, one_of=("feature", "score", "outcome"))
    name = c.text("Feature, score, or month scored", "特征、评分或评分月份", key=True)
    psi = c.number("Population stability index since training", "自训练以来的群体稳定性指数 (PSI)", "index", low=0.0)
    p_value = c.share("Chance of a shift as large in customers who have not changed", "总体未变时出现此偏移的概率")
    band = c.text("Band; what chance may explain is stable", "等级", one_of=("stable", "moved", "shifted"))
    expected = c.number("Customers expected to leave", "预期流失客户数", "customers", low=0.0)
    realised = c.integer("Customers who left", "实际流失客户数", "customers", low=0)
    low = c.number("Fewest that chance explains (95%)", "偶然波动下限(95%)", "customers", low=0.0)
    high = c.number("Most that chance explains (95%)", "偶然波动上限(95%)", "customers", low=0.0)
    auc = c.share("AUC of that month", "该月 AUC")
    auc_low = c.share("Lower end of its 95% interval", "AUC 95%区间下限")
    auc_high = c.share("Upper end of its 95% interval", "AUC 95%区间上限")
    trained = c.month("Month that the model which scored it was trained for", "评分模型的训练月份", need=False)
    advice = c.text("What to do", "建议", need=True, one_of=("none", "watch", "retrain"))


CONTRACTS = {
    "churn_drift": Contract("churn_drift", ChurnDrift, "Whether the churn model still fits", "流失模型漂移", "as_of")
}
