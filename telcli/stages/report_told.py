"""Of the report: control totals that the operator holds, against what the report tells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

__all__ = ["TOLD_TEXTS", "Told", "read_told", "told_rows"]

TOLD_TEXTS = ("month", "metric", "name", "kind", "state", "reason")
_HEADERS = {
    "month": ("month", "账期", "月份"),
    "metric": ("metric", "指标"),
    "amount": ("amount", "value", "total", "金额", "数值", "合计"),
    "tolerance": ("tolerance", "容差", "允许误差"),
}
_FORMS = ("%Y-%m", "%Y%m", "%Y/%m", "%Y年%m月", "%Y-%m-%d", "%Y/%m/%d")
_CENT = 0.005
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
        return max(abs(self.amount) * self.tolerance if self.share else self.tolerance, _CENT)


def read_told(given: Mapping[str, Any] | None) -> list[Told]:
    """The control totals in a file that the pipeline read: columns month, metric, amount and, if wanted, tolerance.

    A tolerance is in the unit of the amount, or with % a share of it; none allows half a cent. A metric goes by its
    name in `telcli metrics`, or as Chinese screens call it.

    Raises
    ------
    DataError
        A column is absent, or a line holds no month, no metric of the dictionary or no amount; lines are named.
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
    found, wrong = [], []
    for line, cells in zip(given["lines"], given["cells"], strict=True):
        cell = {name: "" if place is None else _text(cells[place]) for name, place in at.items()}
        one = _told(cell)
        found += [one] if one else []
        wrong += [] if one else [str(line)]
    if wrong:
        raise DataError(
            "control-lines",
            "{file}: {count} lines hold no month, no metric or no amount that can be read: {lines}.",
            hint="Write them as 2024-06,revenue,1234567.89 with a metric of: telcli metrics",
            file=given["file"],
            count=len(wrong),
            lines=", ".join(wrong[:5]),
        )
    return sorted(found, key=lambda one: (one.month, one.metric, one.amount))


def _told(cell: Mapping[str, str]) -> Told | None:
    called = {one.zh: name for name, one in metrics().items()}
    metric = called.get(cell["metric"], cell["metric"])
    month, amount = _month(cell["month"]), _number(cell["amount"])
    share = cell["tolerance"].endswith("%")
    tolerance = _number(cell["tolerance"].rstrip("% ")) if cell["tolerance"] else 0.0
    if month is None or amount is None or tolerance is None or tolerance < 0 or metric not in metrics():
        return None
    return Told(month, metric, amount, tolerance / 100 if share else tolerance, share)


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


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def told_rows(ground: Ground, as_of: date, told: Sequence[Told]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Each control total against the report's figure, and what may make up those that differ.

    Figures are worked out as the dictionary of metrics says, as `telcli cube` does. A row has month, metric, told,
    found, difference (told less found), share of what was told, state: `agrees`, `differs`, or `unknown` where nothing
    of that month is known here; and `reason`, the part that alone makes the difference up, within what is allowed. One
    that is hidden, being of a few customers, is no reason: the difference would tell its amount.
    """
    if not told:
        return [], []
    figures = _figures(ground, as_of, told)
    rows, where = [], []
    for number, one in enumerate(told, 1):
        metric, found = metrics()[one.metric], figures.get((one.month, one.metric))
        row: dict[str, Any] = {"month": f"{one.month:%Y-%m}", "metric": one.metric, "name": metric.en}
        row |= {"name_zh": metric.zh, "kind": _kind(metric), "told": one.amount, "found": found, "state": "unknown"}
        if found is not None:
            off = one.amount - found
            row |= {"difference": off, "share": off / one.amount if one.amount else None, "allowed": one.allowed}
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
