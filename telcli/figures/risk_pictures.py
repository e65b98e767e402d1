"""What the pictures of churn are drawn of: rates by month, cumulative gains, chances beside outcomes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.methods.intervals import Z95
from telcli.methods.rates import wilson

__all__ = ["calibration_rows", "level_rows", "lift_rows", "rate_rows"]

Rows = list[dict[str, Any]]
_NEARLY = 0.9
_MONTHS = 24
_LEVEL_OFF = 0.2
"""Log-odds by which the level may be off unsaid: about a fifth more or fewer leavers than expected."""


def rate_rows(months: Sequence[Mapping[str, Any]], least: int) -> Rows:
    """The churn rate of each month with its 95% interval (Wilson), as that of customers alike; few leavers are hidden.

    >>> from datetime import date
    >>> months = [{"month": date(2024, 5, 1), "customers": 1000, "left": None, "churn_rate": None},
    ...     {"month": date(2024, 6, 1), "customers": 990, "left": 20, "churn_rate": 0.02}]
    >>> [(row["month"], round(row["rate_low"], 4), round(row["rate_high"], 4)) for row in rate_rows(months, 10)]
    [('2024-06', 0.013, 0.0307)]
    """
    known = [row for row in months[-_MONTHS:] if row["churn_rate"] is not None and row["left"] is not None]
    before = [round(row["left"] / row["churn_rate"]) if row["churn_rate"] else row["customers"] for row in known]
    low, high = wilson([row["left"] for row in known], before)
    rows: Rows = []
    for at, row in enumerate(known):
        few = 0 < row["left"] < least
        told = {"churn_rate": row["churn_rate"], "rate_low": float(low[at]), "rate_high": float(high[at])}
        rows.append({"month": f"{row['month']:%Y-%m}", **({"small": 1.0} if few else {"left": row["left"], **told})})
    return rows


def lift_rows(table: pl.DataFrame, least: int) -> Rows:
    """How risk was ranked in the test: rates and lifts by tenth of risk, and how many of all who left stand so far.

    Tenths of which few left are taken together with the next ones (`tenths` names them), so that no number tells of a
    few; none where few left in all. `lift` is the churn rate over that of all, its interval that of the rate (Wilson)
    over it; `customer_share` and `churner_share` add up from the riskiest on: the curve of cumulative gains.

    >>> lift = pl.DataFrame({"decile": [1, 2, 3], "customers": [50] * 3, "churners": [30, 8, 12]})
    >>> rows = lift_rows(lift.with_columns(mean_probability=pl.lit(0.3)), 10)
    >>> [(row["tenths"], row["churners"], round(row["lift"], 2), row["churner_share"]) for row in rows]
    [('1', 30, 1.8, 0.6), ('2–3', 20, 0.6, 1.0)]
    """
    parts: list[list[dict[str, Any]]] = []
    for row in table.sort("decile").to_dicts():
        if parts and min(_left(parts[-1])) < least:
            parts[-1].append(row)
        else:
            parts.append([row])
    if len(parts) > 1 and min(_left(parts[-1])) < least:
        last = parts.pop()
        parts[-1] += last
    whole = [row for part in parts for row in part]
    if not whole or min(_left(whole)) < least:
        return []
    return [_tenths(part, whole) for part in parts]


def _left(part: Rows) -> tuple[int, int]:
    """Who left and who stayed."""
    left = sum(row["churners"] for row in part)
    return left, sum(row["customers"] for row in part) - left


def _tenths(part: Rows, whole: Rows) -> dict[str, Any]:
    (left, stayed), (all_left, all_stayed) = _left(part), _left(whole)
    people, everybody = left + stayed, all_left + all_stayed
    first, last = part[0]["decile"], part[-1]["decile"]
    mean = all_left / everybody
    before = [row for row in whole if row["decile"] <= last]
    so_far, seen = _left(before)
    found = (*_span(left, people), *((1.0, 1.0) if so_far == all_left else _span(so_far, all_left)))
    return {
        "tenths": f"{first}" if first == last else f"{first}–{last}",
        "customers": people,
        "churners": left,
        "churn_rate": left / people,
        "mean_probability": sum(row["mean_probability"] * row["customers"] for row in part) / people,
        "lift": left / people / mean,
        "lift_low": found[0] / mean,
        "lift_high": found[1] / mean,
        "customer_share": (so_far + seen) / everybody,
        "churner_share": so_far / all_left,
        "share_low": found[2],
        "share_high": found[3],
    }


def _span(found: float, of: float) -> tuple[float, float]:
    low, high = wilson(found, of)
    return float(low), float(high)


def calibration_rows(table: pl.DataFrame, least: int) -> Rows:
    """Groups of like risk, the riskiest first: mean chance, share that left and its 95% interval; `off` where outside.

    Neighbours are taken together until twice `least` are expected to leave, by predictions alone; where few left all
    the same, or few stayed, the outcome is hidden, with another's.
    """
    parts: Rows = []
    for row in table.sort("bin").to_dicts():
        if parts and parts[-1]["expected"] < 2 * least * _NEARLY:
            parts[-1] = {name: parts[-1][name] + row[name] for name in _COUNTS}
        else:
            parts.append({name: row[name] for name in _COUNTS})
    if len(parts) > 1 and parts[-1]["expected"] < 2 * least * _NEARLY:
        last = parts.pop()
        parts[-1] = {name: parts[-1][name] + last[name] for name in _COUNTS}
    few = hidden([row["churners"] for row in parts], least)
    thin = hidden([row["customers"] - row["churners"] for row in parts], least)
    return [_group(at, row, gone=a or b) for at, (row, a, b) in enumerate(zip(parts, few, thin, strict=True), 1)]


def level_rows(metrics: Mapping[str, Any], least: int) -> Rows:
    """One row where the level of tested chances is off beyond chance: leavers expected and found; else none.

    Off is a calibration intercept (log-odds) of more than 0.2 and of more than two standard errors. `sure` are the
    bounds (95%) of the ratio of the odds of leaving to those foretold.

    >>> told = {"calibration_intercept": -0.5, "calibration_intercept_error": 0.1, "expected_churners": 67.0,
    ...     "rows": 1000, "churn_rate": 0.041}
    >>> [(row["expected"], row["left"]) for row in level_rows(told, 10)], level_rows({}, 10)
    ([(67.0, 41)], [])
    """
    shift, error = (metrics.get(name) for name in ("calibration_intercept", "calibration_intercept_error"))
    if shift is None or error is None or abs(shift) <= max(_LEVEL_OFF, 2.0 * error):
        return []
    left = round(metrics["rows"] * metrics["churn_rate"])
    if left < least:
        return []
    bounds = {"odds_low": math.exp(shift - Z95 * error), "odds_high": math.exp(shift + Z95 * error)}
    return [{"expected": metrics["expected_churners"], "left": left, **bounds}]


_COUNTS = ("customers", "churners", "expected")


def _group(at: int, row: Mapping[str, Any], *, gone: bool) -> dict[str, Any]:
    mean = row["expected"] / row["customers"]
    told = {"bin": at, "customers": row["customers"], "mean_probability": mean}
    if gone:
        return {**told, "small_churners": 1.0, "small_churn_rate": 1.0}
    low, high = (float(end) for end in wilson(row["churners"], row["customers"]))
    rate = {"churners": row["churners"], "churn_rate": row["churners"] / row["customers"]}
    return {**told, "expected": row["expected"], **rate, "rate_low": low, "rate_high": high,
            "off": float(not low <= mean <= high)}  # fmt: skip
