"""Settings of complaints."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["ComplaintsSettings"]


@dataclass(frozen=True)
class TopicSettings:
    """How topics are told over time, and from what on one emerges."""

    trend_months: int = setting(
        13, "Last months told month by month.", "逐月展示的最近月数。", unit="months", low=2, high=60
    )
    usual_months: int = setting(
        6,
        "Months before by which it is told what is usual of a topic.",
        "判断某类别常态所用的此前月数。",
        unit="months",
        low=2,
        high=24,
    )
    least_count: int = setting(
        10,
        "Customers in the month from which a topic may be told as emerging, 10 at least.",
        "当月涉及客户数达到多少才可判为新出现的热点，至少10户。",
        unit="customers",
        low=3,
        high=100_000,
    )
    least_rise: float = setting(
        0.3,
        "Rise of a topic's rate over its usual one from which it may be told as emerging.",
        "类别发生率较常态上升多少才可判为新出现的热点。",
        unit="share",
        low=0.0,
        high=10.0,
    )
    false_share: float = setting(
        0.05,
        "Share of what is told as emerging that may be chance.",
        "判为热点者中允许为偶然的比例（错误发现率）。",
        unit="share",
        low=0.0001,
        high=0.5,
    )


@dataclass(frozen=True)
class ComplaintsSettings(TopicSettings):
    """What customers complain of, and how it is handled."""

    handling_months: int = setting(
        3,
        "Last months whose contacts tell how matters are handled.",
        "评估处理情况所用的最近月数。",
        unit="months",
        low=1,
        high=24,
    )
    repeat_days: int = setting(
        30,
        "Days within which a contact of the customer about the same topic is a repeat.",
        "同一客户就同一类别再次来访视为重复的天数。",
        unit="days",
        low=1,
        high=366,
    )
    least_complaints: int = setting(
        2,
        "Complaints and faults within `repeat_days` from which a customer is listed.",
        "重复期内投诉与故障达到多少件即列出客户。",
        unit="contacts",
        low=1,
        high=1_000,
    )
    waiting_days: int = setting(
        7,
        "Days that a complaint or fault has been open from which its customer is listed.",
        "投诉或故障未结达到多少天即列出客户。",
        unit="days",
        low=1,
        high=366,
    )
    sla_hours: str = setting(
        "ordinary=72, important=24, major=8, unknown=72",
        "Hours within which a ticket is to be closed, by severity: of the calendar, or those of working_hours.",
        "各严重程度工单的办结时限（自然小时；设有 working_hours 时为工作小时）。",
        form="capacities",
    )
    working_hours: str = setting(
        "",
        "Hours of a working day that count, such as 08:30-12:00, 14:00-18:00; empty: all hours of the calendar.",
        "计入时限与办结时长的工作时段，如 08:30-12:00, 14:00-18:00；留空则按自然小时。",
    )
    holidays: str = setting(
        "china",
        "Working days that working_hours goes by: china, weekends, or a file.",
        "工作时段所用的日历：china（国务院）、weekends（仅周末）或文件。",
    )
    sla_classes: str = setting(
        "key",
        "Classes of customers whose open and late tickets are listed, with commas between.",
        "列出未结与超时工单的客户类型，逗号分隔。",
    )
