"""Settings of knowledge."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["KnowledgeSettings"]


@dataclass(frozen=True)
class KnowledgeSettings:
    """How far trials are believed of their like, and experience that was brought in."""

    period_spread: float = setting(
        0.01,
        "How far the effect of an offer differs from month to month (standard deviation) unless trials show otherwise.",
        "同一优惠的效果在各期之间的差异(标准差)的初始假定，实验数据充足时以数据为准。",
        unit="share",
        low=0.001,
        high=0.5,
    )
    group_spread: float = setting(
        0.1,
        "How far it differs between segments, reasons and channels unless trials show otherwise.",
        "效果在客群、流失原因、渠道之间的差异(标准差)的初始假定，实验数据充足时以数据为准。",
        unit="share",
        low=0.001,
        high=0.5,
    )
    offer_spread: float = setting(
        0.2,
        "How far effects of offers differ unless trials show otherwise.",
        "不同优惠之间效果差异(标准差)的初始假定，实验数据充足时以数据为准。",
        unit="share",
        low=0.001,
        high=0.5,
    )
    imported_weight: float = setting(
        0.25,
        "What a customer of experience that was brought in counts against one of a trial: nobody drew who was "
        "contacted. 0 leaves it out.",
        "导入的历史经验中每位客户相对随机实验客户的权重(其接触对象并非随机抽取)；0 表示不采用。",
        unit="share",
        low=0.0,
        high=1.0,
    )
