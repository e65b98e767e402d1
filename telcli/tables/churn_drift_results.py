"""Result tables of predict-churn over time: how months before were predicted, and whether the model still fits."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS"]


class ChurnDrift(dy.Schema):
    """One row for the scores, one per month scored before whose outcome is known by now, and one per feature.

    `kind` is score, outcome or feature; features are ranked by how far they shifted beyond chance.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    rank = c.integer("Place: scores, latest months first, then features, most shifted first", "排名", low=1)
    kind = c.text(
        "What is compared: a feature, the scores, or a month's outcome",
        "比较对象：特征、评分或某月结果",
        key=True,
        one_of=("feature", "score", "outcome"),
    )
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


class ChurnByMonth(dy.Schema):
    """One row per month tested, each scored by a model of what was known by then."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    month = c.month("Month tested", "检验月份", key=True)
    customers = c.integer("Customers tested", "检验客户数", "customers", need=True)
    churners = c.integer("Of them, left", "流失客户数", "customers", need=True)
    expected = c.number("Expected to leave", "预期流失客户数", "customers", low=0.0, need=True)
    expected_low = c.number("Fewest that chance explains (95%)", "偶然波动下限(95%)", "customers", low=0.0)
    expected_high = c.number("Most that chance explains (95%)", "偶然波动上限(95%)", "customers", low=0.0)
    auc = c.share("AUC", "排序能力 AUC", need=True)
    auc_low = c.share("Lower end of its 95% interval", "AUC 95%区间下限")
    auc_high = c.share("Upper end of its 95% interval", "AUC 95%区间上限")
    log_loss = c.number("Log-loss", "对数损失", "nats", low=0.0, need=True)
    log_loss_low = c.number("Lower end of its 95% interval", "对数损失95%区间下限", "nats", low=0.0)
    log_loss_high = c.number("Upper end of its 95% interval", "对数损失95%区间上限", "nats", low=0.0)
    learned_months = c.integer("Snapshots its model learned from", "训练快照数", "months", low=1)


CONTRACTS = {
    "churn_drift": Contract(
        "churn_drift", ChurnDrift, "Whether the churn model still fits", "流失模型漂移", "as_of", ranks=("rank",)
    ),
    "churn_by_month": Contract("churn_by_month", ChurnByMonth, "How each month was predicted", "各月预测效果", "as_of"),
}
