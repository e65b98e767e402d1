"""What plan-retention says of its plan: the grid, the offers, what limits cost, what the hold-out can show."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._help import pack, wrap
from telcli.cli._words import meant, tr

__all__ = ["planned"]

_GRID = ("value", "risk", "strategy", "customers", "expected loss", "contacted", "held out", "net value")
_OFFERS = ("offer", "pays with", "contacted", "held out", "net value", "cost", "gain by")
_POWER = ("hold-out", "leave", "gain", "power", "least gain", "needs", "held out", "plans")
_NAMED = 5
"""Campaigns that are named."""
_SHARES = 0.005
"""A price of money below it says nothing."""
_NO_GAP, _LEAST_GAP = 1e-9, 1e-6
"""A gap below the first is rounding; below the second it is shown as that."""


def planned(metrics: Mapping[str, Any], *, verbose: bool = False) -> Iterator[str]:
    """The grid, with offers and power under it, and in a few words what was chosen and what limits cost."""
    if not metrics.get("cells"):
        return
    cells = metrics["cells"]
    grid = [row for row in cells if row["cell"] != "all"]
    whole = next(row for row in cells if row["cell"] == "all")
    yield from aligned([[*map(tr, _GRID)], *map(_cell, grid), _cell(whole)], range(3, 8), indent=2)
    offers = [row for row in metrics["offers"] if verbose or row["contacted"] + row["held_out"]]
    if offers:
        yield from aligned([[*map(tr, _OFFERS)], *map(_offer, offers)], range(1, 6), indent=2)
    yield from ("  " + line for line in wrap(tr(_REFINED), 76) if any(row.get("refined") for row in grid))
    seen = [row for row in (*grid, whole) if row["contacted"] + row["held_out"]]
    weak = bool(whole["held_out"]) and (whole["power"] or 0.0) < _BLIND
    if seen and not weak:
        yield from aligned([[*map(tr, _POWER)], *map(_power, seen)], range(1, 8), indent=2)
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    for words in (_summary(metrics), _limits(metrics["limits"], metrics["limit_costs"])):
        yield from ("  " + line for line in pack(words, " · ", width - 2))
    yield from ("  " + line for line in pack(_whys(metrics["why"]), " · ", width - 2))
    yield from ("  " + line for line in pack(_overlap(metrics["overlap"]), " · ", width - 2))
    yield from ("  " + line for line in wrap(tr(_WEAK if weak else _HOW), width - 4) if seen)


_HOW = (
    "power: the chance that this plan shows a gain as large as expected; least gain: one that it would show; needs: "
    "customers contacted, and held out, by whom the gain expected would be seen, and how many such plans have them."
)


_BLIND = 0.10
"""A chance of seeing the gain below it is next to that of taking for a gain what is none."""
_WEAK = (
    "This plan alone is too small to show what its contacts bring. Go on holding customers out: evaluate-retention and "
    "knowledge put months together. What each cell could show: telcli show retention_cells."
)
_REFINED = (
    "strategy is that of the cell; loyalty, potential and stage of life gave some of its customers another one "
    "(strategy_reason in retention_plan), and with it offers."
)


def _cell(row: Mapping[str, Any]) -> list[str]:
    whole = row["cell"] == "all"
    return [
        tr("all") if whole else meant("value_band", row["value_band"]),
        "" if whole else meant("risk_band", row["risk_band"]),
        "" if whole else meant("strategy", row["strategy"]),
        f"{row['customers']:,}",
        money(row["expected_loss"]),
        f"{row['contacted']:,}",
        f"{row['held_out']:,}",
        money(row["expected_value"]),
    ]


def _offer(row: Mapping[str, Any]) -> list[str]:
    return [
        row["offer_id"],
        *(f"{row[name]:,}" for name in ("worthwhile", "contacted", "held_out")),
        money(row["expected_value"]),
        money(row["cost"]),
        meant("evidence", row["evidence"] or "-"),
    ]


def _power(row: Mapping[str, Any]) -> list[str]:
    def share(name: str) -> str:
        return "-" if row[name] is None else f"{row[name]:.1%}"

    def count(name: str) -> str:
        return "-" if row[name] is None else f"{row[name]:,}"

    return [
        _cell_name(row),
        share("leaving"),
        share("uplift"),
        share("power"),
        share("detectable"),
        count("needed_contacted"),
        count("needed_held_out"),
        count("plans_needed"),
    ]


def _cell_name(row: Mapping[str, Any]) -> str:
    """A cell of the grid in words."""
    if row["cell"] == "all":
        return tr("all")
    return f"{meant('value_band', row['value_band'])}-{meant('risk_band', row['risk_band'])}"


def _summary(metrics: Mapping[str, Any]) -> list[str]:
    """What was chosen.

    >>> _summary({"campaign_id": "retention-2024-06", "contacted": 9, "held_out": 1, "holdout_share": 0.1,
    ...     "expected_value": 400.0, "cost": 9.5, "deadline": "2024-07-05"})[:3]
    ['retention-2024-06', 'contacted 9', 'held out 1 (10.0%)']
    """
    held = f"{metrics['held_out']:,}"
    if metrics["holdout_share"] is not None:
        held += f" ({metrics['holdout_share']:.1%})"
    said = [
        metrics["campaign_id"],
        tr("contacted {n}", n=f"{metrics['contacted']:,}"),
        tr("held out {n}", n=held),
        tr("expected value {money}", money=money(metrics["expected_value"])),
        tr("expected cost {money}", money=money(metrics["cost"])),
    ]
    return said + ([tr("until {day}", day=metrics["deadline"])] if metrics["deadline"] else [])


def _limits(limits: Mapping[str, Any], costs: float) -> list[str]:
    """How near the choice is to the best there is, and what limits take of it."""
    gap = limits["gap"]
    near = tr("at most {gap} from the best choice", gap=f"{max(gap, _LEAST_GAP):.4%}")
    said = [tr("best choice within the limits") if gap < _NO_GAP else near]
    if limits["budget"] is not None:
        said.append(tr("budget {money}", money=money(limits["budget"])))
    if limits["money_price"] > _SHARES:
        said.append(tr("one more of budget would bring {money}", money=f"{limits['money_price']:.2f}"))
    for one in limits["channels"]:
        if one["capacity"] is not None:
            said.append(f"{meant('channel', one['channel'])} {one['contacts']:,}/{one['capacity']:,.0f}")
    if limits["managers_full"]:
        said.append(tr("managers with no room left {n}", n=f"{limits['managers_full']:,}"))
    if costs > 0:
        said.append(tr("limits cost {money} of expected value", money=money(costs)))
    return said


def _whys(counts: Mapping[str, int]) -> Sequence[str]:
    """Why the others are not contacted, the most first."""
    rest = sorted((name for name in counts if name not in ("planned", "held-out")), key=lambda name: -counts[name])
    return [f"{meant('why', name)} {counts[name]:,}" for name in rest]


def _overlap(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Campaigns that reached the same customers, those of most customers first.

    >>> _overlap([{"second": "spring", "customers": 9, "both": 4, "held_back": 2}])
    ['also in spring 4, left alone because of it 2']
    """
    most = sorted(rows, key=lambda row: -row["both"] - (row["held_back"] or 0))[:_NAMED]
    told = "also in {campaign} {n}, left alone because of it {held}"
    return [tr(told, campaign=row["second"], n=f"{row['both']:,}", held=f"{row['held_back'] or 0:,}") for row in most]


def money(amount: float) -> str:
    """An amount for reading.

    >>> money(1234.5), money(-0.4), money(0.0)
    ('1,234', '-0.40', '0')
    """
    return f"{amount:,.2f}" if abs(amount) < 10 and amount != round(amount) else f"{amount:,.0f}"
