"""The report's heat maps: what tells segments apart, who moved between them, value by risk with its plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from telcli.report.chart_parts import MAIN, PALE, WARM, heat_map
from telcli.report.model import Report, Row

__all__ = ["CHARTS", "planned_cells", "trait_names"]

_LEVELS = ("high", "mid", "low")
_RISKS = ("low", "medium", "high")
_FAR = 1.5
_MOST = 0.2
_HIDDEN = "·"
_STRONG = 0.1


def trait_names(report: Report) -> list[str]:
    """Names of segments in their order, each with its number."""
    named = {int(row.number("segment") or 0): row.text("name") for row in report.rows("segment_traits")}
    return [f"{at} {named[at]}" for at in sorted(named)]


def segment_traits(report: Report) -> Any:
    """How far each segment's mean lies from that of all, in standard deviations: above in blue, below in orange."""
    rows = report.rows("segment_traits")
    cells: list[dict[str, Any]] = []
    for row in rows:
        effect = row.number("effect") or 0.0
        cells.append(
            {
                "y": row.text("trait"),
                "x": f"{row.number('segment'):.0f}",
                "text": f"{effect:+.1f}" if abs(effect) >= _STRONG else "",
                "shade": min(abs(effect) / _FAR, 1.0),
                "ink": MAIN if effect > 0 else WARM,
            }
        )
    down = list(dict.fromkeys(row.text("trait") for row in rows))
    across = sorted({cell["x"] for cell in cells}, key=int)
    return heat_map(cells, down, across)


def segment_moves(report: Report) -> Any:
    """Where customers of each segment of the month before are now: who stays in grey, who moves in orange."""
    rows = report.rows("segment_moves")
    cells: list[dict[str, Any]] = []
    down: dict[float, str] = {}
    across: dict[float, str] = {}
    for row in rows:
        share = row.number("share")
        down[row.number("from_place") or 0] = row.text("from_group")
        across[row.number("to_place") or 0] = row.text("to_group")
        moved = bool(row.number("moved"))
        cells.append(
            {
                "y": row.text("from_group"),
                "x": row.text("to_group"),
                "text": _HIDDEN if share is None else report.write(share, "percent"),
                "shade": 0.0 if share is None else min(share / _MOST, 1.0) if moved else 0.6,
                "ink": WARM if moved else PALE,
            }
        )
    inside = [down[place] for place in sorted(down) if down[place] in {row.text("to_group") for row in rows}]
    short = {name: _short(name, inside, rows) for name in (across[place] for place in sorted(across))}
    for cell in cells:
        cell["y"], cell["x"] = _long(cell["y"], short), short[cell["x"]]
    return heat_map(cells, [_long(down[place], short) for place in sorted(down)], list(short.values()))


def _short(name: str, inside: list[str], rows: Sequence[Row]) -> str:
    """A segment of both months by its place, others by name."""
    place = next(row.number("to_place") or 0 for row in rows if row.text("to_group") == name)
    return f"{place:.0f}" if name in inside else name


def _long(name: str, across: dict[str, str]) -> str:
    """A segment with the number it has across, others by name."""
    return f"{across[name]} {name}" if across.get(name, name) != name else name


def planned_cells(report: Report) -> list[Row]:
    """Cells of value by risk."""
    return [row for row in report.rows("plan_cells") if row.text("value_band") and row.text("risk_band")]


def plan_grid(report: Report) -> Any:
    """Value going down, risk across: what to do, customers, expected loss and how many are contacted; by loss."""
    rows = planned_cells(report)
    most = max((row.number("expected_loss") or 0.0 for row in rows), default=0.0)
    cells = [
        {
            "y": report.word(f"heat.value_{row.text('value_band')}"),
            "x": report.word(f"heat.risk_{row.text('risk_band')}"),
            "text": "\n".join(_told(report, row)),
            "shade": (row.number("expected_loss") or 0.0) / most if most > 0 else 0.0,
            "ink": WARM,
        }
        for row in rows
    ]
    have = [(row.text("value_band"), row.text("risk_band")) for row in rows]
    down = [report.word(f"heat.value_{level}") for level in _LEVELS if level in {value for value, _ in have}]
    across = [report.word(f"heat.risk_{level}") for level in _RISKS if level in {risk for _, risk in have}]
    return heat_map(cells, down, across, high=74)


def _told(report: Report, row: Row) -> list[str]:
    """What stands in a cell, line by line."""
    said = [report.known("strategy", row.text("strategy"))]
    if row.number("small"):
        return [*said, report.word("page.hidden")]
    said.append(report.write(row.number("customers"), "customers"))
    said.append(report.word("heat.loss", loss=report.write(row.number("expected_loss"), "money")))
    contacted = row.number("contacted")
    shown = report.word("page.hidden") if contacted is None else report.write(contacted, "count")
    return [*said, report.word("heat.contacted", n=shown)]


CHARTS: dict[str, Callable[[Report], Any]] = {
    "segment_traits": segment_traits,
    "segment_moves": segment_moves,
    "plan_grid": plan_grid,
}
