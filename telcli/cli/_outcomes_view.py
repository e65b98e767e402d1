"""What import-outcomes says: which rows were refused and why, and how managers did with the customers they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._paste import pasteable
from telcli.cli._words import rule_name, tr

__all__ = ["reported"]

_HEAD = ("manager", "tasks", "reported", "on time", "days", "accepted", "against expected", "verdict")
_OF_PLANS = ("plan of", "tasks", "reported", "not yet due", "reported of those due", "on time", "accepted")
_COUNTS = ("tasks", "reported", "not_due")
_SHARES = ("reported_share", "on_time_share", "acceptance")
_SHOWN = 10


def reported(metrics: Mapping[str, Any], *, verbose: bool = False) -> Iterator[str]:
    """Rows refused by rule, and a line per manager: those furthest from what was expected, with -v more."""
    for rule, count in metrics.get("rejected_by", {}).items():
        said = "{n} cell: {rule}" if count == 1 else "{n} cells: {rule}"
        yield "    " + tr(said, n=f"{count:,}", rule=rule_name(rule))
    yield from _plans(metrics.get("months") or [])
    rows = metrics.get("managers") or []
    if not rows:
        return
    shown = rows if verbose else rows[:_SHOWN]
    month = str(metrics["plans"]).rpartition(", ")[2]
    yield "  " + tr("managers, of the plans to {month}, as like with like", month=month)
    yield from aligned([list(map(tr, _HEAD)), *map(_cells, shown)], [1, 2, 3, 4, 5, 6])
    if len(rows) > len(shown):
        yield "    " + tr("all of them: {command}", command=pasteable(f"telcli show manager_results --as-of {month}"))


def _plans(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Of several plans a line for each, the latest last: one that nobody reported of says nothing of another."""
    if len(rows) < 2:
        return
    yield "  " + tr("each plan")
    cells = [
        [row["month"], *(f"{row[name]:,}" for name in _COUNTS), *(_share(row[name]) for name in _SHARES)]
        for row in rows[-_SHOWN:]
    ]
    yield from aligned([list(map(tr, _OF_PLANS)), *cells], [1, 2, 3, 4, 5, 6])


def _cells(row: Mapping[str, Any]) -> list[str]:
    ratio = "-" if row["ratio"] is None else f"{row['ratio']:.2f} ({row['ratio_low']:.2f}..{row['ratio_high']:.2f})"
    return [
        row["manager_id"],
        f"{row['tasks']:,}",
        _share(row["reported_share"]),
        _share(row["on_time_share"]),
        "-" if row["days_median"] is None else f"{row['days_median']:g}",
        _share(row["acceptance"]),
        ratio,
        tr(row["verdict"]),
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
