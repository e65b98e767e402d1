"""Month, quarter and year as periods: which months they hold, which are there, and their figures side by side.

Flows are added up over the months of a period, stocks are those of its last month, and a rate is one sum over another:

- revenue per customer and month = revenue / customers at the end of each month, both added up over the months;
- share who left a month = left / customers at the end of the month before, both added up over the months.

Periods are compared over the same months of each: of a period of which two months are there, with the first two months
of the period before, and with the same two months a year before. Revenue is compared over the months of which bills
are known, and not at all where those of the other period have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from telcli.figures.bridge_steps import Step

__all__ = ["COMPARED", "KINDS", "MONEY", "Period", "about", "alike", "changes", "compared", "figures_of", "period_of"]

KINDS = {"month": 1, "quarter": 3, "year": 12}
"""Periods by name, and how many months each has."""
COMPARED = ("customers", "revenue", "revenue_per_customer", "joined", "left", "churn_rate_month")
"""What is compared between periods, in order; the last is a rate, whose change is told in points."""
MONEY = ("revenue", "revenue_per_customer", "customer_months")
"""What is known of months with bills alone."""
Months = Mapping[date, Mapping[str, Any]]


@dataclass(frozen=True)
class Period:
    """One period and the months that it should hold.

    >>> quarter = period_of("quarter", date(2024, 5, 1))
    >>> quarter.name, quarter.months[0], quarter.earlier(3).name, quarter.earlier(12).name
    ('2024-Q2', datetime.date(2024, 4, 1), '2024-Q1', '2023-Q2')
    """

    kind: str
    first: date

    @property
    def months(self) -> tuple[date, ...]:
        """First day of each month, in order."""
        return tuple(_later(self.first, place) for place in range(KINDS[self.kind]))

    @property
    def name(self) -> str:
        """2024-06, 2024-Q2 or 2024."""
        year, month = self.first.year, self.first.month
        return {"month": f"{year}-{month:02}", "quarter": f"{year}-Q{(month + 2) // 3}", "year": f"{year}"}[self.kind]

    def earlier(self, months: int) -> Period:
        """The period of the same kind that began so many months before."""
        return Period(self.kind, _later(self.first, -months))


def _later(month: date, by: int) -> date:
    at = 12 * month.year + month.month - 1 + by
    return date(at // 12, at % 12 + 1, 1)


def period_of(kind: str, as_of: date) -> Period:
    """The period of a kind that a month is in.

    >>> period_of("year", date(2024, 6, 1)).name
    '2024'
    """
    size = KINDS[kind]
    return Period(kind, date(as_of.year, (as_of.month - 1) // size * size + 1, 1))


def about(period: Period, months: Months) -> dict[str, Any]:
    """The period in words and numbers: how many of its months are there, which lack, and of which no bill is known."""
    held = [month for month in period.months if month in months]
    lacking = [month for month in period.months if month not in months]
    unpriced = [month for month in held if months[month]["revenue"] is None]
    if len(unpriced) == len(held):  # nothing is known of revenue at all: that is told elsewhere
        unpriced = []
    return {
        "period": period.name,
        "kind": period.kind,
        "first": f"{held[0]:%Y-%m}",
        "last": f"{held[-1]:%Y-%m}",
        "wanted": len(period.months),
        "held": len(held),
        "complete": 0 if lacking or unpriced else 1,
        "months": _list(held),
        "lacking": _list(lacking),
        "unpriced": _list(unpriced),
        "before": period.earlier(len(period.months)).name,
        "year_before": period.earlier(12).name,
    }


def _list(months: Sequence[date]) -> str:
    return ",".join(f"{month:%Y-%m}" for month in months)


def figures_of(
    months: Months, steps: Mapping[date, Step], wanted: Sequence[date], *, alone: bool = True
) -> dict[str, float]:
    """The figures of some months together, those that are known; empty where one of the months is not held.

    `months` are rows as `customers.monthly` gives them with `before`, the customers of the month held before; `steps`
    are those that end in each. `alone`: whether joiners may be told by themselves. Beside what is COMPARED stand what
    rates are made of: customer_months (of months with revenue), and followed_left over `followed` (of months whose
    opening is known), and `opening`, the customers before the first month.
    """
    if not wanted or any(month not in months for month in wanted):
        return {}
    rows = [months[month] for month in wanted]
    priced = [row for row in rows if row["revenue"] is not None]
    joined = [steps[month].base.parts["joined"] for month in wanted if month in steps]
    # The first month of all has none before it: nobody can be told to have left or joined by then.
    followed = [row for row in rows if row["churn_rate"] is not None]
    opening = sum(row["before"] for row in followed)
    found: dict[str, float | None] = {
        "customers": rows[-1]["customers"],
        "revenue": round(sum(round(100 * row["revenue"]) for row in priced)) / 100 if priced else None,
        "revenue_per_customer": _ratio(_sum(priced, "revenue"), _sum(priced, "customers")),
        "joined": sum(joined) if alone and len(joined) == len(rows) else None,
        "left": _sum(rows, "left") if all(row["left"] is not None for row in rows) else None,
        "churn_rate_month": _ratio(_sum(followed, "left"), opening),
        "customer_months": _sum(priced, "customers"),
        "followed_left": _sum(followed, "left"),
        "followed": opening,
        "opening": rows[0]["before"],
    }
    return {name: number for name, number in found.items() if number is not None}


def alike(
    months: Months, steps: Mapping[date, Step], now: Sequence[date], then: Sequence[date], *, alone: bool = True
) -> dict[str, float]:
    """The figures of months `then` that may stand beside those of `now`, as many and in the same order.

    Those of money are over the months whose counterpart in `now` has bills; absent where one of these has none itself.
    """
    found = figures_of(months, steps, then, alone=alone)
    counted = [other for month, other in zip(now, then, strict=True) if months[month]["revenue"] is not None]
    whole = found and all(months[month]["revenue"] is not None for month in counted)
    money = figures_of(months, steps, counted, alone=alone) if whole else {}
    kept = {name: number for name, number in found.items() if name not in MONEY}
    return kept | {name: money[name] for name in MONEY if name in money}


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return float(sum(row[name] for row in rows))


def _ratio(over: float, under: float) -> float | None:
    return over / under if under else None


def changes(now: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """Change of each figure on the same of another period: relative, of rates the difference.

    >>> changes({"revenue": 110.0, "churn_rate_month": 0.03}, {"revenue": 100.0, "churn_rate_month": 0.01})
    {'revenue': 0.10000000000000009, 'churn_rate_month': 0.019999999999999997}
    """
    found = {}
    for name in COMPARED:
        if name == "churn_rate_month" and name in now and name in before:
            found[name] = now[name] - before[name]
        elif name in now and before.get(name, 0.0) > 0:
            found[name] = now[name] / before[name] - 1
    return found


def compared(
    now: Mapping[str, float], before: Mapping[str, float], year_before: Mapping[str, float]
) -> list[dict[str, Any]]:
    """One row per figure: its value in the period, in the period before, and a year before, with both changes."""
    on_before, on_year = changes(now, before), changes(now, year_before)
    return [
        {
            "figure": name,
            "now": now[name],
            "before": before.get(name),
            "change": on_before.get(name),
            "year_before": year_before.get(name),
            "year_change": on_year.get(name),
        }
        for name in COMPARED
        if name in now
    ]
