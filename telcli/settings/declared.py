"""Every setting of every stage, declared once: default, unit, range, meaning in English and Chinese.

One frozen dataclass per stage; its section of telcli.toml and its environment variables carry the
stage's name (``[score-value] horizon_months``, ``TELCLI_SCORE_VALUE_HORIZON_MONTHS``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telcli.settings.campaigning import CampaignsSettings
from telcli.settings.complaining import ComplaintsSettings
from telcli.settings.crediting import AssessCreditSettings
from telcli.settings.detecting import DetectFraudSettings
from telcli.settings.evaluating import EvaluateRetentionSettings
from telcli.settings.ingesting import IngestSettings
from telcli.settings.keeping_months import GcSettings
from telcli.settings.knowing import KnowledgeSettings
from telcli.settings.monitoring import MonitorSettings
from telcli.settings.months import CustomerMonthsSettings
from telcli.settings.organising import OrganisationSettings
from telcli.settings.planning import PlanRetentionSettings
from telcli.settings.predicting import PredictChurnSettings
from telcli.settings.profile import ProfileSettings
from telcli.settings.recommending import RecommendOffersSettings
from telcli.settings.satisfying import ScoreSatisfactionSettings
from telcli.settings.segmenting import SegmentSettings
from telcli.settings.setting import setting
from telcli.settings.tasking import ImportOutcomesSettings
from telcli.settings.valuing import ScoreValueSettings


@dataclass(frozen=True)
class GeneralSettings:
    """What every stage shares."""

    currency: str = setting("CNY", "Currency of every amount.", "金额的币种。")
    seed: int = setting(0, "Seed of everything random.", "所有随机过程的种子。", low=0, high=2**32 - 1)
    lang: str = setting("en", "Language of screens and reports.", "界面与报告的语言。", choices=("en", "zh"))
    audit: str = setting(
        "on",
        "Whether audit.jsonl keeps who took rows out: required refuses where it cannot be written, on only warns.",
        "是否在 audit.jsonl 中记录谁取走了数据：required 表示无法写入时拒绝执行，on 表示只提醒。",
        choices=("on", "required", "off"),
    )
    lock: str = setting(
        "shared",
        "Who may write: shared needs locks that every machine sees, one-machine says that this one alone writes.",
        "谁可以写入：shared 需要各台机器都可见的锁，one-machine 表示只有本机写入。",
        choices=("shared", "one-machine"),
        shows=False,
    )


@dataclass(frozen=True)
class ReportSettings:
    """What management reads."""

    top_customers: int = setting(20, "Customers listed by value at risk.", "按风险价值列出的客户数。", low=0, high=1000)
    trend_months: int = setting(24, "Months drawn in the trend.", "趋势图展示的月数。", unit="months", low=2, high=120)
    period: str = setting(
        "month",
        "Periods to write pages of, with commas between them: month, quarter, year.",
        "生成报告的时期，以逗号分隔：month（月）、quarter（季）、year（年）。",
    )
    files: str = setting(
        "html",
        "Files to write, with commas between them: html, xlsx, md, json.",
        "写出的文件，以逗号分隔：html、xlsx、md、json。",
    )
    small_cell: int = setting(
        10,
        "Groups of fewer customers than this are not shown.",
        "客户数少于此值的分组不予展示。",
        unit="customers",
        low=1,
        high=1000,
    )
    control_totals: str = setting(
        "",
        "File of totals that the figures are held against: month, metric, amount, tolerance.",
        "控制总数文件：month、metric、amount、tolerance，用于核对报告数字。",
    )


@dataclass(frozen=True)
class SimulateSettings:
    """An imaginary operator."""

    customers: int = setting(2000, "Customers.", "客户数。", unit="customers", low=1, high=100_000_000)
    months: int = setting(12, "Months of history.", "历史月数。", unit="months", low=1, high=120)
    second_system: str = setting(
        "off",
        "Whether a second system knows the customers too, under other numbers and spellings.",
        "是否另有一个系统，以不同的编号和写法记录同一批客户。",
        choices=("off", "on"),
    )
    clusters: int = setting(
        0,
        "Planted clusters, drawn from the seed; 0 plants five fixed kinds of customer.",
        "埋设的客群数，由种子决定；0 表示五类固定客户。",
        low=0,
        high=30,
    )
    fraud: str = setting(
        "off",
        "Whether fraudsters and people who only look like them are planted, and calls are written.",
        "是否埋设欺诈者与仅貌似欺诈的客户，并写出通话详单。",
        choices=("off", "on"),
    )
    surveys: str = setting(
        "off",
        "Whether customers are asked how satisfied they are; null plants no driver of what they say.",
        "是否写出满意度调查答卷；null 表示不埋设任何驱动因素。",
        choices=("off", "on", "null"),
    )
    last_month: str = setting("2024-06", "The last month of history.", "历史的最后一个月。", unit="YYYY-MM")


SECTIONS: dict[str, type[Any]] = {
    "general": GeneralSettings,
    "ingest": IngestSettings,
    "customer-months": CustomerMonthsSettings,
    "profile": ProfileSettings,
    "segment": SegmentSettings,
    "score-value": ScoreValueSettings,
    "predict-churn": PredictChurnSettings,
    "plan-retention": PlanRetentionSettings,
    "import-outcomes": ImportOutcomesSettings,
    "evaluate-retention": EvaluateRetentionSettings,
    "knowledge": KnowledgeSettings,
    "campaigns": CampaignsSettings,
    "recommend-offers": RecommendOffersSettings,
    "score-satisfaction": ScoreSatisfactionSettings,
    "complaints": ComplaintsSettings,
    "assess-credit": AssessCreditSettings,
    "detect-fraud": DetectFraudSettings,
    "monitor": MonitorSettings,
    "report": ReportSettings,
    "organisation": OrganisationSettings,
    "simulate": SimulateSettings,
    "gc": GcSettings,
}
