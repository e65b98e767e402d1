"""Settings of score-satisfaction."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.satisfaction_reasons import SatisfactionReasons
from telcli.settings.setting import setting

__all__ = ["ScoreSatisfactionSettings"]

SCALES = ("auto", "1-5", "1-7", "1-10", "0-10", "0-100")


@dataclass(frozen=True)
class ScoreSatisfactionSettings(SatisfactionReasons):
    """How answers become an index."""

    window_months: int = setting(
        12,
        "Answers of so many months count, the last of each customer and item.",
        "统计最近多少个月的答卷，每位客户每题取最近一次。",
        unit="months",
        low=1,
        high=60,
    )
    scale: str = setting(
        "auto",
        "Scale of the answers; auto goes by the answers of each item.",
        "评分量表；auto 按各题的答案识别。",
        choices=SCALES,
    )
    index_weights: str = setting(
        "equal",
        "Weights of overall satisfaction, met expectations and closeness to the ideal in the index.",
        "总体满意、与期望相比、与理想相比三题在指数中的权重。",
        choices=("equal", "ohio", "own", "first-component", "pls"),
    )
    own_weights: str = setting(
        "",
        "The three weights where index_weights is own, such as 0.5, 0.3, 0.2.",
        "index_weights 为 own 时的三个权重，如 0.5, 0.3, 0.2。",
    )
    overall_items: str = setting(
        "",
        "Items that ask for overall satisfaction, by comma; those whose names say so where this is empty.",
        "总体满意度题目，逗号分隔；留空时按题名识别。",
    )
    expectancy_items: str = setting(
        "",
        "Items that ask how expectations were met, by comma; the same.",
        "与期望相比的题目，逗号分隔；留空同上。",
    )
    ideal_items: str = setting(
        "",
        "Items that ask how near it is to the ideal, by comma; the same.",
        "与理想相比的题目，逗号分隔；留空同上。",
    )
    weighting: str = setting(
        "auto",
        "Whether answers are weighted: as given, to the base, by neither; auto: as given where they are, else to it.",
        "答卷加权方式：按所给权重、按客户总体、不加权；auto 有给定权重时用之，否则按客户总体。",
        choices=("auto", "given", "base", "none"),
    )
    weight_by: str = setting(
        "customer_class, segment, branch",
        "What the base and those who answered are made alike in where answers are weighted to it, by comma.",
        "按客户总体加权时对齐的维度，逗号分隔。",
    )
    weight_limit: float = setting(
        5.0,
        "The largest weight, in means.",
        "单份答卷权重的上限（均值的倍数）。",
        unit="x the mean",
        low=1.5,
        high=100.0,
    )
    group_by: str = setting(
        "segment, branch, region, customer_class, pay_mode, network",
        "What the index is told by, with commas between.",
        "指数的分组维度，逗号分隔。",
    )
    network_column: str = setting(
        "",
        "Attribute that tells the network a customer is on, such as x_network; by its name where this is empty.",
        "表示客户所用网络的属性列，如 x_network；留空时按列名识别。",
    )
    satisfied_from: float = setting(
        70.0,
        "From this index on a customer is satisfied.",
        "指数达到多少视为满意。",
        unit="0..100",
        low=0.0,
        high=100.0,
    )
    dissatisfied_below: float = setting(
        50.0,
        "Below this index a customer is dissatisfied.",
        "指数低于多少视为不满意。",
        unit="0..100",
        low=0.0,
        high=100.0,
    )
    importance: str = setting(
        "derived",
        "Importance of items: derived from how they move overall satisfaction, or as stated by what was expected.",
        "题目重要性：由其对总体满意度的影响推算，或取客户陈述的期望值。",
        choices=("derived", "stated"),
    )
    quadrant_cut: str = setting(
        "mean",
        "Where importance and performance are cut into quadrants.",
        "重要性与绩效的象限分界。",
        choices=("mean", "median"),
    )
    assumptions: str = setting(
        "",
        "What you assume of word of mouth, such as told_per_dissatisfied=25 (where the number comes from); none unless "
        "set.",
        "关于口碑的假设，如 told_per_dissatisfied=25 (出处)；不设则不计算。",
    )
    small_cell: int = setting(
        10,
        "Groups in which fewer answered are withheld.",
        "受访客户数少于此值的分组不展示。",
        unit="customers",
        low=1,
        high=1000,
    )
