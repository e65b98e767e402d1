"""The columns of customer_months that look back: level, change, trend and variability, declared by rule.

What each is, with its formula, stands in `telcli.features.history`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telcli.tables import columns as c

__all__ = ["MEASURES", "PAST", "Measure", "past"]


@dataclass(frozen=True)
class Measure:
    """What is followed over the months: its name in English and Chinese, its unit, and what it is made of.

    `signed` is whether it can be negative, `points` whether its change is a difference, not a ratio.
    """

    en: str
    zh: str
    unit: str
    source: str
    signed: bool = False
    points: bool = False


MEASURES = {
    "revenue": Measure("revenue", "收入", "currency", "bills", signed=True),
    "call_minutes": Measure("minutes", "通话分钟", "minutes", "usage"),
    "data_mb": Measure("data", "流量", "MB", "usage"),
    "texts": Measure("texts", "短信条数", "texts", "usage"),
    "active_days": Measure("active days", "活跃天数", "days", "usage", points=True),
}
"""The measures by the column of the single month."""

_SUMS = {"complaints": ("Complaints", "投诉次数", "complaints"), "contacts": ("Contacts", "接触次数", "contacts")}


def past() -> dict[str, Any]:
    """Each column by name, in order."""
    found: dict[str, Any] = {}
    for name, about in MEASURES.items():
        low = None if about.signed else 0.0
        for months in (3, 6):
            found[f"{name}_mean_{months}"] = c.number(
                f"Mean {about.en} of the known months of the last {months}",
                f"近{months}个月平均{about.zh}",
                about.unit,
                low=low,
                source=about.source,
            )
        for months in (3, 6):
            found[f"{name}_change_{months}"] = _change(about, months)
        for months in (3, 6):
            found[f"{name}_trend_{months}"] = c.number(
                f"Slope of the line through the {about.en} of the last {months} months, 3 known at least",
                f"近{months}个月{about.zh}趋势（每月增减）",
                f"{about.unit} a month",
                source=about.source,
            )
            found[f"{name}_sd_{months}"] = c.number(
                f"Standard deviation (n - 1) of {about.en} over the last {months} months, 3 known at least",
                f"近{months}个月{about.zh}标准差",
                about.unit,
                low=0.0,
                source=about.source,
            )
    for name, (en, zh, unit) in _SUMS.items():
        for months in (3, 6):
            found[f"{name}_sum_{months}"] = c.count(
                f"{en} in {months} months", f"近{months}个月{zh}", unit, source="contacts"
            )
    found["months_in_arrears_6"] = c.count(
        "Months with arrears, of the last 6", "近6个月欠费月数", "months", source="bills, payments"
    )
    return found


def _change(about: Measure, months: int) -> Any:
    """Against the months before: a ratio less 1, or a difference."""
    zh = f"{about.zh}变化({months}个月)" if about.points else f"{about.zh}环比变化({months}个月)"
    if about.points:
        meaning = f"Mean {about.en} of {months} months less that of the {months} before; two thirds of each known"
        return c.number(meaning, zh, about.unit, source=about.source)
    meaning = f"Mean {about.en} of {months} months over that of the {months} before, less 1; two thirds of each known"
    low = -10.0 if about.signed else -1.0
    return c.number(meaning, zh, "ratio - 1", low=low, high=10.0, source=about.source)


PAST = tuple(past())
