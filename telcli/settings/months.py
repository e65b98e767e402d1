"""Settings of ``customer-months``: what one month of one customer looks like, and how many are made at once."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.engine import EngineSettings
from telcli.settings.setting import setting

__all__ = ["CustomerMonthsSettings", "first_of_history"]


@dataclass(frozen=True)
class CustomerMonthsSettings(EngineSettings):
    """What one month of one customer looks like."""

    prepaid_inactive_days: int = setting(
        90,
        "A prepaid customer with no activity for this long has left.",
        "预付费客户无活动超过此天数视为离网。",
        unit="days",
        low=30,
        high=365,
    )
    due_months: int = setting(
        1,
        "Months from the month billed to the month in which a bill without a due date falls due.",
        "账单未注明缴费期限时，自账期起几个月到期。",
        unit="months",
        low=0,
        high=6,
    )
    max_months: int = setting(
        60,
        "The most months of history used, counted back from the last; of 24 or more a fifth goes at once.",
        "最多使用的历史月数，自最后一个月往回数；达到 24 个月或以上时，每次移出其五分之一。",
        unit="months",
        low=1,
        high=600,
    )
    bucket_customers: int = setting(
        20_000,
        "Customers worked on together, at most, and no more than have 250,000 months; the result is the same.",
        "每批最多处理的客户数，且其月份合计不超过 25 万；结果不变。",
        unit="customers",
        low=1,
        high=10_000_000,
        shows=False,
    )
    memory: str = setting(
        "",
        "The most memory it may take, such as 2GB; customers are worked on in batches small enough.",
        "允许使用的最大内存，如 2GB；据此分批处理客户。",
        form="memory",
        shows=False,
    )


_LONG, _FIFTH = 24, 5


def first_of_history(last: int, most: int) -> int:
    """The first month of the history that ends with month `last` (an index) and has `most` months at most.

    A long history does not lose a month with every month that comes, since all of it has to be made anew then: its
    first month is a multiple of a fifth of `most`, so that it has four fifths of them at least.

    >>> [24300 - first_of_history(24300 + more, 60) for more in range(14)]
    [48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 36, 36]
    >>> 24300 - first_of_history(24300, 12)
    11
    """
    step = most // _FIFTH if most >= _LONG else 1
    return -(-(last - most + 1) // step) * step
