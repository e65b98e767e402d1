"""How far values can be trusted, and how long customers stay: the back-test, survival with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

__all__ = ["GROUP_TEXTS", "VERDICT_TEXTS", "groups", "survival", "tested", "verdict"]

VERDICT_TEXTS = ("as_of",)
GROUP_TEXTS = ("kind", "group")
_MONTHS = 121
_AT = (6, 12, 24, 36, 60)
_TESTED = ("rank_correlation", "calibration", "error", "squared_error")
_CURVE = ("tenure_month", "at_risk", "survival", "survival_low", "survival_high")


def survival(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """The share still here by tenure, ten years at most, with its interval where tenures were seen.

    Customer-months of tenures with fewer than `least` are left out.
    """
    kept = table.sort("tenure_month").head(_MONTHS)
    known = [name for name in _CURVE if name in kept.columns]
    rows = kept.select(known).to_dicts()
    return [row | ({"at_risk": None} if 0 < row["at_risk"] < least else {}) for row in rows]


def groups(table: pl.DataFrame, least: int, profiles: pl.DataFrame | None = None) -> list[dict[str, Any]]:
    """The share still here after some tenures, for each group of table survival_groups.

    Tenures that fewer than `least` customers were seen at are left out. `profiles` has the names of segments in both
    languages.
    """
    if not {"kind", "group"} <= set(table.columns):
        return []
    chinese = {} if profiles is None else dict(profiles.select("segment_name", "segment_name_zh").iter_rows())
    ordered = table.sort("kind", "group", "tenure_month")
    rows = []
    for (kind, group), held in ordered.group_by("kind", "group", maintain_order=True):
        seen = {row["tenure_month"]: row for row in held.to_dicts() if row["at_risk"] >= least}
        stays = {f"after_{month}": seen[month]["survival"] for month in _AT if month in seen}
        if stays:
            named = {"group": group, "group_zh": chinese.get(group, group) if kind == "segment" else group}
            rows.append({"kind": kind, **named, **stays})
    return rows


def tested(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """The back-test by tenth of predicted money: predicted, plain average and realised, means per customer.

    Empty where a tenth has fewer than `least` customers.
    """
    rows = table.sort("decile").select("decile", "customers", "predicted", "naive", "realised").to_dicts()
    return rows if all(row["customers"] >= least for row in rows) else []


def verdict(told: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What the back-test found, beside what the plain average of the months before did: one row, or none."""
    if not told:
        return []
    names = [name for measure in _TESTED for name in (measure, f"naive_{measure}")]
    names += ["score_rank_correlation", "coverage", "level", "months", "customers", "median_error", "foretells"]
    numbers = {name: told.get(name) for name in names}
    found = {name: float(number) for name, number in numbers.items() if isinstance(number, int | float)}
    return [{"as_of": told["as_of"], **found}] if told.get("as_of") else []


def left(metrics: Mapping[str, Any], least: int) -> list[dict[str, float]]:
    """What those who left in the year brought, owed, and what is expected to be lost with others: a row, or none.

    Not where fewer than `least` left; what was owed, where as many owed.

    >>> gone = {"customers": 40, "revenue": 900.0, "margin": 300.0}
    >>> left({"margin_of_leavers": gone, "lost_with_leavers": {"owing": 3, "owed": 50.0, "expected": 9.0}}, 10)
    [{'customers': 40, 'revenue': 900.0, 'margin': 300.0}]
    """
    gone, debts = metrics.get("margin_of_leavers") or {}, metrics.get("lost_with_leavers") or {}
    if gone.get("customers", 0) < least:
        return []
    owing = ("owed", "expected") if debts.get("owing", 0) >= least else ()
    return [
        {**{name: gone[name] for name in ("customers", "revenue", "margin")}, **{name: debts[name] for name in owing}}
    ]
