"""The bridge of base and revenue as the report may show it: parts of few customers go together with others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from telcli.figures.base import Figures, hidden
from telcli.figures.bridge_steps import Flow, Step, added

__all__ = ["TEXTS", "bridges_of", "covered", "few", "flow_rows", "put_bridge", "shown_alone", "step_rows"]

TEXTS = ("part", "parts", "month", "before")
TOGETHER = "together"
"""The part that stands for those of too few customers, and for what would give them away."""


def few(flow: Flow, least: int, told: Collection[str] = (), also: Collection[str] = ()) -> list[str]:
    """The parts that are not shown by themselves.

    `told` are parts whose numbers stand elsewhere on the page: hiding them would hide nothing. `also` are hidden
    anyway, being hidden in a month of those that are added up.

    >>> few(Flow(90, 93, {"joined": 40, "returned": 3, "left": -40}, {"joined": 40, "returned": 3, "left": 40}), 10,
    ...     told=["left"])
    ['joined', 'returned']
    """
    names = [name for name in flow.parts if name not in told]
    mask = hidden([flow.people[name] for name in names], least, [name in also for name in names])
    return [name for name, gone in zip(names, mask, strict=True) if gone]


def covered(flow: Flow, gone: Collection[str], least: int) -> bool:
    """Whether those of `gone` are enough people of more than one part, so that their sum tells of nobody.

    >>> few_alone = Flow(900, 905, {"joined": 5}, {"joined": 3})
    >>> covered(few_alone, ["joined"], 10), covered(few_alone, [], 10)
    (False, True)
    """
    return not gone or (len(gone) > 1 and sum(flow.people[name] for name in gone) >= least)


def flow_rows(flow: Flow, gone: Collection[str], unit: int = 1) -> list[dict[str, Any]]:
    """Opening, the parts that there are, those of `gone` together, closing; amounts are divided by `unit`.

    >>> flow_rows(Flow(900, 850, {"left": -50}, {"left": 12}, had=400), (), 100)[1]
    {'part': 'left', 'amount': -0.5, 'customers': 12, 'had': 4.0}
    """
    rows: list[dict[str, Any]] = [{"part": "opening", "amount": flow.opening / unit}]
    lost = [name for name in flow.parts if name in gone]
    for name in flow.parts:
        if lost and name == lost[0]:
            amount, people = (sum(held[one] for one in lost) for held in (flow.parts, flow.people))
            told = {"part": TOGETHER, "parts": ",".join(lost)}
            rows.append({**told, "amount": amount / unit, "customers": people})
        elif flow.people[name] and name not in lost:
            row = {"part": name, "amount": flow.parts[name] / unit, "customers": flow.people[name]}
            rows.append(row | ({"had": flow.had / unit} if name == "left" and flow.had else {}))
    return [*rows, {"part": "closing", "amount": flow.closing / unit}]


def step_rows(steps: Sequence[Step], least: int, told: Collection[str]) -> list[dict[str, Any]]:
    """One row per month with the parts of both bridges side by side."""
    return [_step_row(step, least, told) for step in steps]


def _step_row(step: Step, least: int, told: Collection[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"month": f"{step.month:%Y-%m}", "before": f"{step.before:%Y-%m}", "span": step.span}
    row |= _side(step.base, few(step.base, least, told), "", 1)
    if step.revenue is not None:
        gone = few(step.revenue, least)
        row |= _side(step.revenue, gone, "money_", 100) if covered(step.revenue, gone, least) else {"small_money": 1.0}
    return row | ({"unbilled": step.unbilled} if not 0 < step.unbilled < least else {"small_unbilled": 1.0})


def _side(flow: Flow, gone: Collection[str], before: str, unit: int) -> dict[str, float]:
    found = {"opening": flow.opening, **{name: flow.parts[name] for name in flow.parts if name not in gone}}
    if gone:
        found[TOGETHER] = sum(flow.parts[name] for name in gone)
    told = {f"{before}{name}": amount / unit for name, amount in {**found, "closing": flow.closing}.items()}
    return told | {f"small_{before}{name}": 1.0 for name in gone}


def shown_alone(steps: Sequence[Step], least: int, told: Collection[str]) -> Mapping[str, frozenset[str]]:
    """By bridge, the parts of the months added up that must go together: those hidden in any of the months."""
    base = frozenset(name for step in steps for name in few(step.base, least, told))
    money = frozenset(name for step in steps if step.revenue for name in few(step.revenue, least))
    return {"base": base, "revenue": money}


def bridges_of(steps: Sequence[Step], least: int, told: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of some months in a row as one: bridge_base and bridge_revenue, those that are known.

    There is none of revenue where in some month the parts that go together are one, or of too few people: what they
    come to follows from the others.
    """
    also = shown_alone(steps, least, told)
    base, money = added([step.base for step in steps]), added([step.revenue for step in steps])
    found = {} if base is None else {"bridge_base": flow_rows(base, few(base, least, told, also["base"]))}
    shown = all(covered(step.revenue, few(step.revenue, least), least) for step in steps if step.revenue)
    if money is not None and shown and covered(money, gone := few(money, least, (), also["revenue"]), least):
        found["bridge_revenue"] = flow_rows(money, gone, 100)
    return found


def put_bridge(
    figures: Figures,
    found: Mapping[str, Sequence[Mapping[str, Any]]],
    listed: Sequence[Step],
    least: int,
    told: Collection[str],
) -> None:
    """Put the bridges that `bridges_of` found, and month by month those of the months listed (bridge_months).

    `told` are parts of the base whose counts stand elsewhere on the page.
    """
    for section in ("bridge_base", "bridge_revenue"):
        figures.block(section, found.get(section, ()), TEXTS)
    figures.block("bridge_months", step_rows(listed, least, told), TEXTS)
