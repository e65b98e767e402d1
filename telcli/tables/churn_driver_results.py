"""Result tables of predict-churn that tell what moves risk: one snapshot per as-of month."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.results import CHURN_THEMES

__all__ = ["CONTRACTS"]


class ChurnDrivers(dy.Schema):
    """What moves risk, strongest first: columns, and pairs of columns beyond what each does alone."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    rank = c.integer("Place, 1 the strongest", "名次", key=True, low=1)
    feature = c.text("Column", "特征", need=True)
    with_feature = c.text("The other column of a pair", "交互特征")
    name = c.text("What it is called", "名称(英文)", need=True)
    name_zh = c.text("What it is called, in Chinese", "名称", need=True)
    theme = c.text("What can be done about it", "主题", need=True, one_of=CHURN_THEMES)
    effect = c.number(
        "Mean absolute effect on a customer's log-odds", "平均影响(对数几率)", "log-odds", low=0.0, need=True
    )


class ChurnShapes(dy.Schema):
    """How risk moves with each column, all else as it is among customers who stay."""

    as_of = c.month("Snapshot month", "快照月份", key=True)
    feature = c.text("Column", "特征", key=True)
    step = c.integer("Step, from the lowest values to the highest, the last not known", "区间序号", key=True, low=1)
    name = c.text("What it is called", "名称(英文)", need=True)
    name_zh = c.text("What it is called, in Chinese", "名称", need=True)
    above = c.number("Values above this; null for all", "下限(不含)", "as the column")
    upto = c.number("Values up to this; null for all", "上限(含)", "as the column")
    level = c.text("The value of a category; null for numbers and where not known", "取值")
    known = c.flag("The value is known", "取值已知", need=True)
    effect = c.number(
        "Effect on the log-odds against the mean of customers who stay", "影响(对数几率)", "log-odds", need=True
    )
    odds = c.number("The same as a multiple of the odds", "几率倍数", "x", low=0.0, need=True)
    share = c.share("Share of customers who stay with such values", "留网客户占比", need=True)


def _result(name: str, schema: type[dy.Schema], meaning: str, zh: str) -> Contract:
    return Contract(name, schema, meaning, zh, "as_of")


CONTRACTS = {
    found.name: found
    for found in (
        _result("churn_drivers", ChurnDrivers, "What moves risk overall", "流失驱动因素"),
        _result("churn_shapes", ChurnShapes, "How risk moves with each of them", "驱动因素的影响曲线"),
    )
}
