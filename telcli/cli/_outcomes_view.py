"""What import-outcomes says: which rows were refused and why, and how managers did with the customers they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._words import rule_name, tr

__all__ = ["reported"]

_HEAD = ("manager", "tasks", "reported", "on time", "days", "accepted", "against expected", "verdict")
_SHOWN = 10


def reported(metrics: Mapping[str, Any], *, verbose: bool = False) -> Iterator[str]:
    """Rows refused by rule, and a line per manager: those furthest from what was expected, with -v more."""
    for rule, count in metrics.get("rejected_by", {}).items():
        yield "    " + tr("{n} cells: {rule}", n=f"{count:,}", rule=rule_name(rule))
    rows = metrics.get("managers") or []
    if not rows:
        return
    shown = rows if verbose else rows[:_SHOWN]
    yield "  " + tr("managers, of the plans to date, as like with like")
    yield from aligned([list(map(tr, _HEAD)), *map(_cells, shown)], [1, 2, 3, 4, 5, 6])
    if len(rows) > len(shown):
        yield "    " + tr("all of them: telcli show manager_results")


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
