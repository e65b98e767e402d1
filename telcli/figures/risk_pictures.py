"""What the pictures of churn are drawn of: rates by month, cumulative gains, chances beside outcomes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import polars as pl

from telcli.methods.intervals import Z95
from telcli.methods.rates import wilson

__all__ = ["calibration_rows", "level_rows", "lift_rows", "rate_rows"]

Rows = list[dict[str, Any]]
_NEARLY = 0.9
_MONTHS = 24
_LEVEL_OFF = 0.2
"""Log-odds by which the level may be off unsaid: about a fifth more or fewer leavers than expected."""


def rate_rows(months: Sequence[Mapping[str, Any]], least: int) -> Rows:
    """The churn rate of each month with its 95% interval (Wilson), as that of customers alike.

    These are totals of the whole base, as the headline tells them: few leavers are told too, with a wide interval. A
    month is hidden where the base itself is of few.

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
        few = before[at] < least
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


def calibration_rows(table: pl.DataFrame, least: int, shown: Sequence[Mapping[str, Any]] = ()) -> Rows:
    """Groups of like risk, the riskiest first: mean chance, share that left and its 95% interval; `off` where outside.

    Neighbours are taken together until twice `least` are expected to leave. `shown` are the rows of `lift_rows`, which
    cut the same customers by the same ranking: a group that ends where few left or stayed since one of their cuts ends
    at the nearest of them instead, lest the difference of two sums tell of a few. None where few left in all.

    >>> bins = [{"bin": 1, "customers": 50, "churners": 23, "expected": 22.0},
    ...     {"bin": 2, "customers": 250, "churners": 27, "expected": 25.0}]
    >>> tenths = [{"customers": 60, "churners": 26, "mean_probability": 0.4},
    ...     {"customers": 240, "churners": 24, "mean_probability": 0.09}]
    >>> [[row["customers"] for row in calibration_rows(pl.DataFrame(bins), 10, told)] for told in ((), tenths)]
    [[50, 250], [60, 240]]
    """
    own = _cuts(table.sort("bin").to_dicts())
    if not own or not _told_apart((0, 0, 0.0), own[-1], least):
        return []
    tenths = _cuts([{**row, "expected": row["mean_probability"] * row["customers"]} for row in shown])
    same = bool(tenths) and tenths[-1][:2] == own[-1][:2]
    beside = [*tenths[:-1], own[-1]] if same else own[-1:]
    kept: list[_Cut] = []
    for cut in _full(own, least):
        alone = all(_told_apart(cut, other, least) for other in ((0, 0, 0.0), *beside, *kept))
        kept.append(cut if alone else _nearest(beside, cut[2]))
    ends = _full(sorted({*kept, own[-1]}), least)
    return [_group(at, *two) for at, two in enumerate(zip([(0, 0, 0.0), *ends], ends, strict=False), 1)]


_Cut = tuple[int, int, float]
"""The riskiest so many customers, how many of them left, and how many were expected to."""


def _cuts(rows: Rows) -> list[_Cut]:
    """Sums from the riskiest on."""
    names = ("customers", "churners", "expected")
    people, left, expected = (list(accumulate(row[name] for row in rows)) for name in names)
    return list(zip(people, left, expected, strict=True))


def _told_apart(one: _Cut, other: _Cut, least: int) -> bool:
    """Whether enough left and enough stayed of those between two cuts that their numbers may be told."""
    people, left = abs(one[0] - other[0]), abs(one[1] - other[1])
    return min(left, people - left) >= least


def _nearest(cuts: Sequence[_Cut], expected: float) -> _Cut:
    return min(cuts, key=lambda cut: abs(cut[2] - expected))


def _full(cuts: Sequence[_Cut], least: int) -> list[_Cut]:
    """Cuts that about twice `least` expected leavers lie between; the last one stays."""
    enough, kept = 2 * least * _NEARLY, [(0, 0, 0.0)]
    for cut in cuts[:-1]:
        if min(cut[2] - kept[-1][2], cuts[-1][2] - cut[2]) >= enough:
            kept.append(cut)
    return [*kept[1:], cuts[-1]]


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


def _group(at: int, start: _Cut, end: _Cut) -> dict[str, Any]:
    people, left, expected = (late - early for early, late in zip(start, end, strict=True))
    mean = expected / people
    low, high = _span(left, people)
    return {
        "bin": at,
        "customers": people,
        "mean_probability": mean,
        "expected": expected,
        "churners": left,
        "churn_rate": left / people,
        "rate_low": low,
        "rate_high": high,
        "off": float(not low <= mean <= high),
    }
