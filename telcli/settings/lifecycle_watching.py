"""Settings of monitor: moves between stages of the customers' life."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["LifecycleWatchSettings"]


@dataclass(frozen=True)
class LifecycleWatchSettings:
    """How moves between stages of life are told from what is usual."""

    lifecycle_months: int = setting(
        12,
        "Months before by which it is told how many customers usually move into decline, dormancy or leave.",
        "判断客户转入衰退、沉默或离网的常态所用的此前月数。",
        unit="months",
        low=2,
        high=36,
    )
    lifecycle_least: int = setting(
        5,
        "Customers of a group who moved in the month from which their move may be told as beyond chance.",
        "某一群体当月转移客户数达到多少才可判为超出偶然。",
        unit="customers",
        low=2,
        high=100_000,
    )
    lifecycle_horizon: int = setting(
        3,
        "Months within which those who moved in earlier months are looked at for leaving.",
        "观察以往转移客户是否离网的月数。",
        unit="months",
        low=1,
        high=12,
    )
