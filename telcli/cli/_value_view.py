"""What score-value says on the screen beside its headlines: how judgements agree, and who went from tier to tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._words import meant, tr

__all__ = ["scored"]

_NOBODY = "none"
_TIERS = ("platinum", "gold", "silver", "bronze", _NOBODY)
"""The best first; a record of metrics keeps no order."""


def scored(metrics: Mapping[str, Any]) -> Iterator[str]:
    """The consistency of judgements, the most sensitive weight, and the tiers before and now."""
    consistency = metrics.get("consistency")
    if consistency:
        ratios = {node: about["cr"] for node, about in consistency["nodes"].items() if about["cr"] is not None}
        worst = max(sorted(ratios), key=lambda node: ratios[node])
        yield "  " + tr(
            "judgements agree: consistency ratio at most {cr} ({node}; random indices {table})",
            cr=f"{ratios[worst]:.3f}",
            node=worst,
            table=consistency["random_index"],
        )
    strongest = metrics.get("sensitivity")
    if strongest:
        yield "  " + tr(
            "weight of {item} x {factor}: {share} of customers in another tier, the most that a quarter on one changes",
            item=strongest["item"],
            factor=f"{strongest['factor']:g}",
            share=f"{strongest['tiers_changed']:.1%}",
        )
    if metrics.get("moves"):
        yield from _moves(metrics["moves"])
    if metrics.get("stars"):
        counts = " · ".join(f"{level['star'] or tr('without')} {level['customers']:,}" for level in metrics["stars"])
        yield "  " + tr("stars: {counts}", counts=counts)


def _moves(moves: Mapping[str, Any]) -> Iterator[str]:
    """A row per tier of the month before, a column per tier now."""
    yield "  " + tr(
        "tiers since {month}: {up} up, {down} down, {same} the same",
        month=moves["before"],
        up=f"{moves['up']:,}",
        down=f"{moves['down']:,}",
        same=f"{moves['same']:,}",
    )
    matrix = moves["matrix"]
    rows = [[tr("before, now"), *(_named(tier, "gone") for tier in _TIERS)]]
    for tier in _TIERS:
        counts = [matrix[tier].get(now) for now in _TIERS]  # nobody is no customer in both
        rows.append([_named(tier, "new"), *("" if count is None else f"{count:,}" for count in counts)])
    yield from aligned(rows, range(1, len(rows)))


def _named(tier: str, nobody: str) -> str:
    """A tier in words; who is no customer in one of the months has none."""
    return tr(nobody) if tier == _NOBODY else meant("value_tier", tier)
