"""Settings of `telcli segment`."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting
from telcli.settings.views import ViewSettings

__all__ = ["SegmentSettings"]


@dataclass(frozen=True)
class ClusterSettings:
    """How customers are grouped by behaviour."""

    n_segments: int = setting(0, "Number of segments; 0 chooses it.", "客群数量；0 表示自动选择。", low=0, high=30)
    max_segments: int = setting(
        8, "The most segments tried when choosing.", "自动选择时最多尝试的客群数。", low=2, high=30
    )
    algorithm: str = setting(
        "glkm",
        "GLKM, a genetic search over K-means solutions, or K-means from ten starts.",
        "GLKM（遗传算法优化的K-means）或十次初始的K-means。",
        choices=("glkm", "kmeans"),
    )
    min_share: float = setting(
        0.02,
        "A segment smaller than this share of customers is not wanted.",
        "客群占比低于此值则不采用该方案。",
        unit="share",
        low=0.0,
        high=0.5,
    )
    min_stability: float = setting(
        0.75,
        "Mean Jaccard index with which a segment must come back from resampled customers.",
        "客群在自助重抽样中应达到的平均 Jaccard 系数。",
        unit="0..1",
        low=0.0,
        high=1.0,
    )
    silhouette_slack: float = setting(
        0.20,
        "Share of the best silhouette that may be given up for more segments.",
        "为得到更多客群可放弃的轮廓系数占比。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    stability_slack: float = setting(
        0.10,
        "Share of the best stability that may be given up for more segments.",
        "为得到更多客群可放弃的稳定性占比。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    refit: str = setting(
        "always",
        "Whether segments are found anew each month, or customers join those of the snapshot before.",
        "每月重新分群，或把客户归入上一期快照的客群。",
        choices=("always", "never"),
    )
    name_overlap: float = setting(
        0.5,
        "Jaccard index with a segment of the snapshot before, above which a segment keeps its name.",
        "与上一期某客群的 Jaccard 系数高于此值时沿用其名称。",
        unit="0..1",
        low=0.0,
        high=1.0,
    )
    evaluation_months: int = setting(
        3,
        "Months back that segments are tried on: what they told of the months since; 0 does without.",
        "回溯检验的月数：用当时的分群检验其后各月的流失与收入；0 表示不检验。",
        unit="months",
        low=0,
        high=24,
    )
    compare_with: str = setting(
        "",
        "A grouping among the columns of customers that segments are measured against.",
        "用于对照客群的现有分组：客户表中的一列。",
    )
    high_tier_share: float = setting(
        0.2,
        "Share of customers, by revenue, in the high consumption tier.",
        "按收入划入高消费层的客户占比。",
        unit="share",
        low=0.01,
        high=0.9,
    )
    low_tier_share: float = setting(
        0.4,
        "Share of customers, by revenue, in the low consumption tier.",
        "按收入划入低消费层的客户占比。",
        unit="share",
        low=0.01,
        high=0.9,
    )
    acquisition_months: int = setting(
        3,
        "Tenure up to which a customer is newly acquired.",
        "网龄不超过此值为新入网期。",
        unit="months",
        low=0,
        high=24,
    )
    growth_months: int = setting(
        12, "Tenure up to which a customer is growing.", "网龄不超过此值为成长期。", unit="months", low=0, high=60
    )
    growth_slope: float = setting(
        0.05,
        "Monthly rise of revenue, over two rises running, that means growth.",
        "收入连续两月上升且月均增幅超过此值为成长期。",
        unit="share per month",
        low=0.0,
        high=1.0,
    )
    decline_ratio: float = setting(
        0.7,
        "Mean revenue of 3 months over that of the 6 before, at or below which a customer declines.",
        "近3个月与此前6个月平均收入之比不超过此值为衰退期。",
        unit="ratio",
        low=0.0,
        high=1.0,
    )
    dormant_months: int = setting(
        1, "Months without use that mean dormancy.", "无使用达到此月数为沉默期。", unit="months", low=1, high=12
    )


@dataclass(frozen=True)
class SegmentSettings(ViewSettings, ClusterSettings):
    """How customers are grouped."""
