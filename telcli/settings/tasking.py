"""Settings of the tasks of account managers: until when each is to be done, and how their results are judged."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from telcli.settings.names_in import names_in
from telcli.settings.setting import setting

__all__ = ["ImportOutcomesSettings", "TaskSettings", "days_for", "days_named"]

_DAYS = {"high": "high_days", "medium": "medium_days", "low": "low_days"}


@dataclass(frozen=True)
class TaskSettings:
    """Working days that a manager has for a task, by the customer's risk, and which days those are."""

    high_days: int = setting(
        5,
        "Working days after the snapshot month until a customer of high risk is to be contacted.",
        "高风险客户须在快照月结束后多少个工作日内联系。",
        unit="days",
        low=1,
        high=120,
    )
    medium_days: int = setting(
        10,
        "Working days until a customer of medium risk is to be contacted.",
        "中风险客户须在多少个工作日内联系。",
        unit="days",
        low=1,
        high=120,
    )
    low_days: int = setting(
        15,
        "Working days until a customer of low risk is to be contacted.",
        "低风险客户须在多少个工作日内联系。",
        unit="days",
        low=1,
        high=120,
    )
    holidays: str = setting(
        "",
        "Weekdays nobody works, such as 2024-10-01, by comma.",
        "放假的工作日，如 2024-10-01，逗号分隔。",
        form="dates",
    )
    workdays: str = setting(
        "",
        "Days of weekends that are worked, such as 2024-09-29, by comma.",
        "调休上班的周末日期，如 2024-09-29，逗号分隔。",
        form="dates",
    )


@dataclass(frozen=True)
class ImportOutcomesSettings:
    """What filled task sheets say, and from how much on managers are compared."""

    least_tasks: int = setting(
        20,
        "Tasks reported from which a manager's results are judged; of fewer nobody can tell.",
        "至少上报多少项任务才评价客户经理；少于此数无法判断。",
        unit="tasks",
        low=5,
        high=10_000,
    )
    months_back: int = setting(
        12,
        "Plan months that results to date are of, the latest.",
        "累计结果所含的最近计划月数。",
        unit="months",
        low=1,
        high=120,
    )
    stands: str = setting(
        "latest-contact",
        "Which of two reports of a task stands: of the latest contact, or the one imported last.",
        "同一任务多次上报时以哪一次为准：最近一次联系，或最后导入。",
        choices=("latest-contact", "last-imported"),
    )


def days_for(settings: Any) -> dict[str, int]:
    """Working days by risk band.

    >>> days_for(TaskSettings())
    {'high': 5, 'medium': 10, 'low': 15}
    """
    return {band: getattr(settings, name) for band, name in _DAYS.items()}


def days_named(text: str) -> frozenset[date] | None:
    """Dates with commas between them; None where a part is no date.

    >>> days_named("2024-10-01") == frozenset({date(2024, 10, 1)}), days_named(""), days_named("1 Oct")
    (True, frozenset(), None)
    """
    parts = names_in(text)
    with suppress(ValueError):
        return frozenset(date.fromisoformat(part) for part in parts)
    return None
