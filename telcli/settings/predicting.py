"""Settings of predict-churn."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.caring import CareSettings
from telcli.settings.labelling import LabelSettings
from telcli.settings.setting import setting

__all__ = ["PredictChurnSettings"]


@dataclass(frozen=True)
class PredictChurnSettings(LabelSettings, CareSettings):
    """Who will leave, and what acting on it costs."""

    max_snapshots: int = setting(6, "Snapshots learned from, the latest.", "参与训练的快照数。", low=2, high=36)
    max_training_rows: int = setting(
        300_000, "Rows trained on; stayers are sampled above it.", "训练行数上限，超出时抽样。", unit="rows", low=1000
    )
    max_test_rows: int = setting(
        300_000,
        "Customers of a later month tested on; drawn above it.",
        "在较晚月份上测试的客户数上限，超出时抽样。",
        unit="rows",
        low=1000,
    )
    fit_seconds: float = setting(
        120.0,
        "Work of one fit of the model, reckoned from rows and columns and not by the clock; with less it is coarser.",
        "一次拟合可用的计算量，按行数与列数折算而不看时钟；不足时模型更粗。",
        unit="seconds",
        low=1.0,
    )
    split: str = setting(
        "auto",
        "How the model is tested.",
        "模型的检验方式。",
        choices=("auto", "out-of-time", "cross-validation", "random"),
    )
    earlier_tests: int = setting(
        3,
        "Months before the tested one that are tested too, each by a model of what was known by then; 0 for none.",
        "除检验月外，另用当时已知数据检验的更早月份数；0 表示不做。",
        unit="months",
        low=0,
        high=24,
    )
    folds: int = setting(5, "Folds of cross-validation.", "交叉验证的折数。", low=2, high=20)
    model: str = setting(
        "",
        "Saved model to score with instead of training one, such as work/models/as_of=2024-05-01/churn.skops.",
        "用于评分的已存模型（不重新训练），如 work/models/as_of=2024-05-01/churn.skops。",
    )
    leak_auc: float = setting(
        0.95,
        "A single column that separates churners better than this is a leak.",
        "单列区分能力高于此 AUC 即视为泄漏。",
        unit="AUC",
        low=0.6,
        high=1.0,
    )
    allow_leaks: str = setting(
        "", "Columns to use although they look like leaks, by comma.", "虽疑似泄漏仍要使用的列，逗号分隔。"
    )
    exclude: str = setting("", "Columns the model must not use, by comma.", "模型不得使用的列，逗号分隔。")
    trust_export: str = setting(
        "",
        "Columns whose value in the extract held in every past month too, by comma: used over months as well.",
        "提取时的取值在过去各月同样成立的列，逗号分隔；分月建模时也可使用。",
    )
    offer_cost: float = setting(
        10.0, "Cost of an accepted offer (d).", "客户接受挽留优惠的成本 (d)。", unit="currency", low=0.0, high=1e12
    )
    contact_cost: float = setting(
        1.0, "Cost of one contact (f).", "一次接触的成本 (f)。", unit="currency", low=0.0, high=1e12
    )
    accept_rate: float = setting(
        0.3,
        "Share of would-be churners who accept the offer and stay (gamma).",
        "拟流失客户接受优惠并留网的比例 (γ)。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    value_months: float = setting(
        12.0,
        "Months of revenue a kept customer is worth, where there are no value scores.",
        "无价值评分时，每位保有客户折合的收入月数。",
        unit="months",
        low=0.0,
    )
    customer_value: float = setting(
        200.0,
        "Worth of a kept customer whose revenue is unknown.",
        "收入未知时保有客户的价值。",
        unit="currency",
        low=0.0,
        high=1e12,
    )
    horizon_months: int = setting(
        24,
        "Months ahead that expected_months counts, as score-value does.",
        "预期在网月数的计算期，与 score-value 相同。",
        unit="months",
        low=1,
        high=120,
    )
    false_positive_cost: str = setting(
        "",
        "Cost of contacting a customer who stays: a column of customers, or a number; empty follows value.",
        "联系未流失客户的成本：客户表的列名或数值；留空则由客户价值推算。",
    )
    false_negative_cost: str = setting(
        "",
        "Cost of leaving a churner alone: a column, or a number; empty follows value.",
        "未联系流失客户的成本：列名或数值；留空则由客户价值推算。",
    )
    true_positive_cost: str = setting(
        "",
        "Cost of contacting a churner: a column, or a number; empty is 0 where errors have costs of their own.",
        "联系流失客户的成本：列名或数值；在另行给定误判成本时，留空为 0。",
    )
    true_negative_cost: str = setting(
        "",
        "Cost of leaving a stayer alone: a column, or a number; empty is 0.",
        "未联系未流失客户的成本：列名或数值；留空为 0。",
    )
    budget: float = setting(
        0.0,
        "What contacting customers may take in all; 0 sets no limit.",
        "联系客户的总预算；0 表示不限。",
        unit="currency",
        low=0.0,
        high=1e15,
    )
    capacity: int = setting(
        0,
        "How many customers may be contacted; 0 sets no limit.",
        "可联系的客户数上限；0 表示不限。",
        unit="customers",
        low=0,
    )
    compare: str = setting(
        "all",
        "Methods of the total-cost table: all, or quick, without those that learn from costs.",
        "总成本表所比较的方法：all 为全部，quick 不含需按成本训练的方法。",
        choices=("all", "quick"),
    )
    compare_rows: int = setting(
        10_000,
        "Rows that methods which learn from costs are given.",
        "按成本训练的方法所用的行数上限。",
        unit="rows",
        low=500,
    )
    high_risk_lift: float = setting(
        2.0, "Risk is high from this many times the churn rate.", "流失概率达到平均值的多少倍为高风险。", low=1.0
    )
    medium_risk_lift: float = setting(
        1.0, "Risk is medium from this many times the churn rate.", "流失概率达到平均值的多少倍为中风险。", low=0.0
    )
