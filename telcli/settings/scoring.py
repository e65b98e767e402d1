"""Settings of the score 0-100 of `telcli score-value`."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["HIERARCHY", "ScoreSettings"]

HIERARCHY = ("items", "indicators", "judgements", "experts")
"""Tables of [score-value] that are no settings but the operator's own hierarchy; see `telcli.tables.hierarchy`."""


@dataclass(frozen=True)
class ScoreSettings:
    """What makes the score and the tier of a customer."""

    score_by: str = setting(
        "indicators",
        "Whether the score is that of weighted indicators, or the percentile rank of lifetime value.",
        "价值评分的口径：指标体系加权得分，或生命周期价值的百分位。",
        choices=("indicators", "lifetime"),
    )
    hierarchy: str = setting(
        "",
        "A workbook of indicators and judgements in pairs, relative to telcli.toml; else those of telcli.toml.",
        "指标体系与判断矩阵的工作簿（相对于 telcli.toml 的路径）；留空则用 telcli.toml 中的。",
    )
    random_index: str = setting(
        "classic",
        "Table of random indices behind the consistency ratio of judgements.",
        "计算判断矩阵一致性比率所用的随机一致性指标表。",
        choices=("classic", "saaty-2005", "donegan-dodd"),
    )
    refit: str = setting(
        "never",
        "Whether the scales of indicators and the bounds of tiers are made anew, or those of the month before kept.",
        "指标的评分标尺与等级门槛重新制定，或沿用上一期的。",
        choices=("never", "always"),
    )
