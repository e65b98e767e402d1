"""The report's pictures of what contacting customers changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telcli.report.chart_parts import MAIN, SOFT, WARM, intervals
from telcli.report.model import Report, Row

__all__ = ["CHARTS", "named"]


def effects(report: Report) -> Any:
    """Gain in the share that stays with its 95% interval: of all plans, of each offer; red where it harms."""
    known = [row for row in report.rows("effects") if row.number("uplift_low") is not None and not row.text("campaign")]
    inks = {"works": MAIN, "harms": WARM}
    rows = [
        {
            "key": f"{place:03}",
            "name": named(report, row),
            "x": row.number("uplift"),
            "low": row.number("uplift_low"),
            "high": row.number("uplift_high"),
            "ink": inks.get(row.text("verdict"), SOFT),
        }
        for place, row in enumerate(known)
    ]
    return intervals(rows, report.word("chart.effects_x"), "+.0%", 0.0)


def named(report: Report, row: Row) -> str:
    """What a row of effects is of."""
    return row.text("offer") or row.text("plan_month") or row.text("campaign") or report.word("loop.all")


CHARTS: dict[str, Callable[[Report], Any]] = {"effects": effects}
