"""What predict-churn says of money: what each way of choosing whom to contact cost, and the campaign it proposes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._help import pack, wrap
from telcli.cli._words import tr

__all__ = ["campaign", "costed"]

_HEAD = ("", "cost on tested customers", "cost", "savings", "contacted", "dearer by")
_BEST = 4
"""Methods shown beside nobody and everybody, the cheapest."""


def costed(metrics: Mapping[str, Any], *, verbose: bool = False) -> Iterator[str]:
    """The total-cost table, cheapest first, and a line on the campaign; with -v every method."""
    rows = sorted(metrics.get("costs") or (), key=lambda row: (row["cost"], not row["chosen"], row["method"]))
    if rows:
        shown = [row for place, row in enumerate(rows) if verbose or place < _BEST or _always(row)]
        yield from aligned([[*(tr(word) if word else "" for word in _HEAD)], *map(_cells, shown)], [2, 3, 4], indent=2)
        if len(shown) < len(rows):
            left = tr("{n} more: {command}", n=len(rows) - len(shown), command="telcli show churn_costs")
            yield f"      {left}"
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    why = _why_not_first(rows)
    yield from ("      " + line for line in (wrap(why, width - 8) if why else ()))
    yield from ("  " + line for line in pack(campaign(metrics), " · ", width - 2))


def campaign(metrics: Mapping[str, Any]) -> list[str]:
    """The campaign in a few words.

    >>> campaign({"campaign": {"contacts": 2, "spend": 9.0, "expected_saving": 40.0, "best_contacts": 3,
    ...     "break_even_contacts": 7, "budget": 10.0, "capacity": None, "limit_costs": 5.0}})
    ['targets 2', 'expected saving 40', 'spend 9 of 10', 'best number to contact 3', 'break-even at 7', 'limit costs 5']
    """
    facts = metrics.get("campaign")
    if not facts:
        return []
    spend = _money(facts["spend"])
    said = [
        tr("targets {n}", n=f"{facts['contacts']:,}"),
        tr("expected saving {money}", money=_money(facts["expected_saving"])),
        tr("spend {money} of {budget}", money=spend, budget=_money(facts["budget"]))
        if facts["budget"]
        else tr("spend {money}", money=spend),
        tr("best number to contact {n}", n=f"{facts['best_contacts']:,}"),
        tr("break-even at {n}", n=f"{facts['break_even_contacts']:,}"),
    ]
    if facts.get("already_left"):
        said.append(tr("left already {n}", n=f"{facts['already_left']:,}"))
    if facts["budget"] or facts["capacity"]:
        said.append(tr("limit costs {money}", money=_money(facts["limit_costs"])))
    return said


def _why_not_first(rows: Sequence[Mapping[str, Any]]) -> str:
    """Why the method in use is not the cheapest; nothing where it is."""
    used = next((row["method"] for row in rows if row["chosen"]), None)
    if used is None or used == rows[0]["method"]:
        return ""
    said = "{method} cost less here, but not beyond chance: {used} stays in use"
    return tr(said, method=tr(rows[0]["method"]), used=tr(used))


def _money(amount: float) -> str:
    """An amount for reading: cents where it is small and has some.

    >>> _money(1234.5), _money(0.5), _money(9.0)
    ('1,234', '0.50', '9')
    """
    return f"{amount:,.2f}" if abs(amount) < 10 and amount != round(amount) else f"{amount:,.0f}"


def _always(row: Mapping[str, Any]) -> bool:
    return bool(row["chosen"]) or row["method"] in ("nobody", "everybody")


def _cells(row: Mapping[str, Any]) -> list[str]:
    saved = "-" if row["savings"] is None else f"{row['savings']:.1%}"
    apart = f"{row['diff']:,.0f} ({row['diff_low']:,.0f}..{row['diff_high']:,.0f})"
    return [
        "→" if row["chosen"] else "",
        tr(row["method"]),
        f"{row['cost']:,.0f}",
        saved,
        f"{row['contacted']:,}",
        "" if row["chosen"] else apart,
    ]
