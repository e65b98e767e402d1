"""Of the report: control totals that the operator holds, against what the report tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Any

import polars as pl

from telcli.errors import DataError
from telcli.features.cube_rows import cube_rows
from telcli.features.headed import places_of
from telcli.features.month_index import add_months
from telcli.figures.cubed import cubed
from telcli.intake.numbers import numbers
from telcli.stages.report_facts import held_against, reversed_in
from telcli.stages.report_ground import Ground
from telcli.tables.metric_dictionary import Metric, metrics

__all__ = ["HEADLINES", "TOLD_TEXTS", "Told", "read_told", "told_rows"]

TOLD_TEXTS = ("month", "metric", "name", "kind", "state", "reason")
_HEADERS = {
    "month": ("month", "账期", "月份"),
    "metric": ("metric", "指标"),
    "amount": ("amount", "value", "total", "金额", "数值", "合计"),
    "tolerance": ("tolerance", "容差", "允许误差"),
}
_FORMS = ("%Y-%m", "%Y%m", "%Y/%m", "%Y年%m月", "%Y-%m-%d", "%Y/%m/%d")
HEADLINES = {
    "在网客户": "customers",
    "当月收入": "revenue",
    "revenue of the month": "revenue",
    "left this month": "churn_rate_month",
    "lifetime value": "lifetime_value",
    "生命周期价值": "lifetime_value",
    "at high risk": "high_risk_customers",
    "高风险客户": "high_risk_customers",
    "saving from contacting": "expected_saving",
    "挽留预期节省": "expected_saving",
}
"""Headline figures as the report's cards name them, where the dictionary has other words."""
_CENT, _DIGITS = 0.005, 6
_LISTED, _LETTERS = 5, 40
_MONEY = {"revenue": "bills", "billed": "bills", "paid": "payments"}
"""Metrics of which refused rows may make up a difference, and the table of those."""
_NEAR = (-1, 1)
_OF_CUSTOMERS = ("no_month", "twice")


@dataclass(frozen=True)
class Told:
    """One total that the operator holds; `tolerance` in the unit of the amount, or as a share of it."""

    month: date
    metric: str
    amount: float
    tolerance: float = 0.0
    share: bool = False

    @property
    def allowed(self) -> float:
        """How far a figure may be from it.

        >>> Told(date(2024, 6, 1), "revenue", 2000.0, 0.001, share=True).allowed
        2.0
        """
        return max(self.asked, _CENT)

    @property
    def asked(self) -> float:
        """The tolerance as it was asked for, in the unit of the amount."""
        return round(abs(self.amount) * self.tolerance, _DIGITS) if self.share else self.tolerance


def read_told(given: Mapping[str, Any] | None) -> list[Told]:
    """The control totals in a file that the pipeline read: columns month, metric, amount and, if wanted, tolerance.

    A tolerance is in the unit of the amount, or with % a share of it; none allows half a cent. A metric goes by its
    name in `telcli metrics`, or as screens and headline figures call it, in English or Chinese.

    Raises
    ------
    DataError
        A column is absent, or a line holds no month, no metric of the dictionary or no amount; word and line are named.
    """
    if given is None or not given["cells"]:
        return []
    at = places_of(given["columns"], _HEADERS)
    lacking = [name for name in ("month", "metric", "amount") if at[name] is None]
    if lacking:
        raise DataError(
            "control-columns",
            "{file} has no column {names}.",
            hint="Its columns are month, metric, amount and, if wanted, tolerance: 2024-06,revenue,1234567.89,0.1%",
            file=given["file"],
            names=", ".join(lacking),
        )
    cells = [{name: "" if place is None else _text(row[place]) for name, place in at.items()} for row in given["cells"]]
    for what in _READ:
        lines = zip(given["lines"], cells, strict=True)
        _refuse(what, given, [(line, cell) for line, cell in lines if _READ[what](cell[what]) is None])
    found = [one for cell in cells if (one := _told(cell))]
    return sorted(found, key=lambda one: (one.month, one.metric, one.amount))


def _refuse(what: str, given: Mapping[str, Any], wrong: Sequence[tuple[int, Mapping[str, str]]]) -> None:
    """Say which words of which lines cannot be read, of metrics with those that are nearest."""
    if not wrong:
        return
    words = list(dict.fromkeys(cell[what] for _, cell in wrong))[:_LISTED]
    told = {"file": given["file"], "words": ", ".join(f'"{word[:_LETTERS]}"' for word in words)}
    told["lines"] = ", ".join(str(line) for line, _ in wrong[:_LISTED])
    if what == "month":
        said = "{file}: no month can be read in {words} (line {lines})."
        raise DataError("control-month", said, hint="Write it as 2024-06.", **told)
    if what == "amount":
        said = "{file}: no amount can be read in {words} (line {lines})."
        raise DataError("control-amount", said, hint="Write it as 1234567.89.", **told)
    if what == "tolerance":
        said = "{file}: no tolerance can be read in {words} (line {lines})."
        raise DataError("control-tolerance", said, hint="Write it as 100, 0.5 or 0.1%.", **told)
    near = [one for word in words for one in get_close_matches(word.lower(), list(_names()), n=2, cutoff=0.4)]
    raise DataError(
        "control-metric",
        "{file}: {words} is no metric of telcli (line {lines}).",
        hint="Near: {near}. All of them: telcli metrics",
        near=", ".join(dict.fromkeys(near)) or "customers, revenue",
        **told,
    )


@cache
def _names() -> dict[str, str]:
    """Metrics by what they are called in small letters: names of the dictionary, what pages say, headline figures."""
    said = {word: name for name, one in metrics().items() for word in (one.zh, one.en.lower(), name)}
    return {word: name for word, name in HEADLINES.items() if name in metrics()} | said


def _metric(text: str) -> str | None:
    return _names().get(text.lower())


def _told(cell: Mapping[str, str]) -> Told | None:
    month, metric, amount = _month(cell["month"]), _metric(cell["metric"]), _number(cell["amount"])
    tolerance = _tolerance(cell["tolerance"])
    if month is None or metric is None or amount is None or tolerance is None:
        return None
    return Told(month, metric, amount, *tolerance)


def _tolerance(text: str) -> tuple[float, bool] | None:
    """How much, and whether that is a share.

    >>> _tolerance("0.5%"), _tolerance(""), _tolerance("-2")
    ((0.005, True), (0.0, False), None)
    """
    share = text.endswith("%")
    found = _number(text.rstrip("% ")) if text else 0.0
    return None if found is None or found < 0 else (found / 100 if share else found, share)


def _month(text: str) -> date | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text.split(" ", maxsplit=1)[0], form).date().replace(day=1)
        except ValueError:
            continue
    return None


def _number(text: str) -> float | None:
    """An amount as people write it.

    >>> _number("1,234,567.89"), _number("soon")
    (1234567.89, None)
    """
    found = numbers(pl.Series([text], dtype=pl.String))[0][0]
    return None if found is None or not math.isfinite(found) else float(found)


_READ: Mapping[str, Callable[[str], Any]] = {
    "month": _month,
    "metric": _metric,
    "amount": _number,
    "tolerance": _tolerance,
}


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def told_rows(ground: Ground, as_of: date, told: Sequence[Told]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Each control total against the report's figure, and what may make up those that differ.

    Figures are worked out as the dictionary of metrics says, as `telcli cube` does. A row has month, metric, told,
    found, difference (told less found), share of what was told, state: `agrees`, `differs`, or `unknown` where nothing
    of that month is known here; and `reason`, the part that alone makes the difference up, within what is allowed. One
    that is hidden, being of a few customers, is no reason: the difference would tell its amount. Those of the report's
    month stand first, then the latest.
    """
    if not told:
        return [], []
    figures = _figures(ground, as_of, told)
    rows, where = [], []
    for number, one in enumerate(sorted(told, key=lambda one: _first(one, as_of)), 1):
        metric, found = metrics()[one.metric], figures.get((one.month, one.metric))
        row: dict[str, Any] = {"month": f"{one.month:%Y-%m}", "metric": one.metric, "name": metric.en}
        row |= {"name_zh": metric.zh, "kind": _kind(metric), "told": one.amount, "found": found, "state": "unknown"}
        if found is not None:
            off = round(one.amount - found, _DIGITS)  # what floats leave behind is no difference
            row |= {"difference": off, "share": off / one.amount if one.amount else None, "allowed": one.asked}
            row["state"] = "agrees" if abs(off) <= one.allowed else "differs"
        if row["state"] == "differs":
            parts = list(_parts(ground, one, figures))
            row["reason"] = _reason([part for part in parts if not _few(part, ground.least)], off, one.allowed)
            where += [
                {"check": f"told_{number}", "part": part[0], "kind": row["kind"], "month": row["month"]}
                | ({"small": 1.0} if _few(part, ground.least) else {"rows": part[1], "amount": part[2]})
                for part in parts
            ]
        rows.append(row)
    return rows, where


def _first(one: Told, as_of: date) -> tuple[bool, int, str, float]:
    return one.month != as_of, -one.month.toordinal(), one.metric, one.amount


def _reason(parts: Sequence[tuple[str, int | None, float]], off: float, allowed: float) -> str | None:
    """The part that makes the difference up alone; all that is not counted here together; or None.

    >>> _reason([("rejected", 2, 5.0), ("no_month", 1, 1.0)], 6.0, 0.01), _reason([("copy", 1, 4.0)], 6.0, 0.01)
    ('together', None)
    """
    alone = next((name for name, _, amount in parts if abs(amount - off) <= allowed), None)
    lost = math.fsum(amount for name, _, amount in parts if name not in ("month_before", "month_after"))
    return alone or ("together" if len(parts) > 1 and abs(lost - off) <= allowed else None)


def _few(part: tuple[str, int | None, float], least: int) -> bool:
    """Whether a part is of a few customers, of whom nothing is told."""
    return part[0] in _OF_CUSTOMERS and 0 < (part[1] or 0) < least


def _kind(metric: Metric) -> str:
    return {"currency": "money", "share": "percent"}.get(metric.unit, "count" if metric.adds_up else "decimal")


def _figures(ground: Ground, as_of: date, told: Sequence[Told]) -> dict[tuple[date, str], float | None]:
    """Metrics of the months that are told, of the months beside them, and what differences are held against."""
    held = [month for month in ground.months["month"] if month <= as_of]
    near = {add_months(one.month, step) for one in told for step in (0, *_NEAR)}
    months = sorted(month for month in near if month in held)
    if not months:
        return {}
    tables = {**ground.tables}
    wanted = {one.metric for one in told} | {"discount", "left"}
    known = [metrics()[name] for name in sorted(wanted) if metrics()[name].table in tables]
    rows = cube_rows(tables, months, {metric.table for metric in known}, ())
    made = cubed(rows, known, (), 1)
    return {(row["month"], one.name): row[one.name] for row in made.to_dicts() for one in known}


def _parts(
    ground: Ground, one: Told, figures: Mapping[tuple[date, str], float | None]
) -> Iterator[tuple[str, int | None, float]]:
    """What is not among the report's figure and may be in the operator's: name, rows, amount."""
    found = figures[one.month, one.metric] or 0.0
    if one.metric in _MONEY:
        yield from _lost(ground, _MONEY[one.metric], one.month)
        sides = held_against(ground, "paid" if one.metric == "paid" else "revenue", one.month)
        yield from (part for part in (sides[2] if sides else ()) if part[0] in _OF_CUSTOMERS)
    if one.metric == "paid" and (back := reversed_in(ground, one.month))[0]:
        yield "reversed", *back
    if one.metric == "revenue" and (off := figures.get((one.month, "discount"))):
        yield "discounts", None, off
    if one.metric == "customers" and (left := figures.get((one.month, "left"))):
        yield "leavers", int(left), left
    for step in _NEAR:
        other = figures.get((add_months(one.month, step), one.metric))
        if other is not None and abs(one.amount - other) <= one.allowed:
            yield "month_before" if step < 0 else "month_after", None, other - found


def _lost(ground: Ground, table: str, month: date) -> Iterator[tuple[str, int | None, float]]:
    """Rows refused or dropped as copies, of this month or of none that could be read."""
    lost = (ground.metrics.get("ingest") or {}).get("lost_amounts") or []
    for what in ("rejected", "copy"):
        for when, name in ((f"{month:%Y-%m}", what), (None, f"{what}_undated")):
            mine = [row for row in lost if (row["table"], row["what"], row["month"]) == (table, what, when)]
            if mine:
                yield name, sum(row["rows"] for row in mine), math.fsum(row["amount"] for row in mine)
