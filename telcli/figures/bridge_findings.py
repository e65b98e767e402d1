"""What the bridge of base and revenue says: whether joiners make up for leavers, and what is out of the ordinary."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from telcli.figures.bridge import few
from telcli.figures.bridge_steps import Flow, Step
from telcli.figures.finding import Facts, Finding, Pair
from telcli.methods.usual_range import usual_range
from telcli.tables import units

__all__ = ["PARTS", "RULES", "unusual"]

LEAST_PAST = 6
"""Months before that are needed to tell what is usual."""
CHANCE = 0.05
"""Chance that one of all figures looked at lies outside its range where nothing has happened."""

PARTS = {
    "joined": Pair("joiners", "新入网客户"),
    "returned": Pair("those who returned", "返网客户"),
    "appeared": Pair("customers not known before", "此前未记录的客户"),
    "left": Pair("leavers", "离网客户"),
    "left_before": Pair("leavers of the month before", "上月离网客户"),
    "gone": Pair("customers gone untold", "去向不明的客户"),
    "plan_up": Pair("changes to a dearer plan", "套餐升档"),
    "plan_down": Pair("changes to a cheaper plan", "套餐降档"),
    "more": Pair("those who stayed and paid more", "在网增收客户"),
    "less": Pair("those who stayed and paid less", "在网减收客户"),
    "unbilled": Pair("customers billed in only one of the months", "仅一个月有账单的客户"),
    "other": Pair("customers whose coming or going is not told", "进出原因不明的客户"),
}


def unusual(steps: Sequence[Step], wanted: Collection[date], least: int, told: Collection[str]) -> list[dict[str, Any]]:
    """Parts of both bridges in the wanted months that lie outside the range of the months before, farthest first.

    Only parts that are shown are looked at, and only steps of one month. `priced` tells revenue from the base.
    """
    looked = [*_looks(steps, wanted, least, (), priced=True), *_looks(steps, wanted, least, told, priced=False)]
    found = []
    for step, flow, name, past, priced in looked:
        low, high = usual_range([abs(one.parts[name]) for one in past], CHANCE / len(looked), counts=not priced)
        size, unit = abs(flow.parts[name]), 100 if priced else 1
        if not low <= size <= high:
            row = {"month": f"{step.month:%Y-%m}", "part": name, "amount": flow.parts[name] / unit}
            row |= {"low": max(low, 0.0) / unit, "high": high / unit, "customers": flow.people[name]}
            beyond = (size - high if size > high else low - size) / unit
            found.append({**row, "beyond": beyond, "months": len(past), "looks": len(looked), "priced": priced})
    return sorted(found, key=lambda row: (-row["beyond"], row["month"], row["part"]))


_Look = tuple[Step, Flow, str, list[Flow], bool]


def _looks(
    steps: Sequence[Step], wanted: Collection[date], least: int, told: Collection[str], *, priced: bool
) -> list[_Look]:
    """Each part to look at of one of the bridges, with that bridge in the months before."""
    sides = ((step, step.revenue if priced else step.base) for step in steps if step.span == 1)
    held = [(step, flow) for step, flow in sides if flow is not None]
    found: list[_Look] = []
    for place, (step, flow) in enumerate(held):
        if step.month in wanted and place >= LEAST_PAST:
            gone, past = few(flow, least, told), [earlier for _, earlier in held[:place]]
            found += [(step, flow, name, past, priced) for name in flow.parts if flow.people[name] and name not in gone]
    return found


def replaced(facts: Facts) -> Finding | None:
    """Whether what joiners were billed makes up for what those who left in the same months had been billed before."""
    rows = {row["part"]: row for row in facts.blocks.get("bridge_revenue", ())}
    left, won = rows.get("left"), rows.get("joined") or _arrivals(rows)
    if left is None or won is None or left.get("had", 0.0) <= 0 or won["amount"] <= 0:
        return None
    lost = left["had"]
    names = [PARTS[name] for name in won.get("parts", "joined").split(",")]
    short = won["amount"] < lost
    whom = Pair(" and ".join(name.en for name in names), "与".join(name.zh for name in names))
    if not short:
        whom = Pair(whom.en[0].upper() + whom.en[1:], whom.zh)
    ends = facts.blocks["bridge_ends"][0]
    return facts.finding(
        "bridge-short" if short else "bridge-made-up",
        "bad" if short else "good",
        lost,
        lost=(lost, "money"),
        n=(left["customers"], "customers"),
        won=(won["amount"], "money"),
        whom=whom,
        opening=(rows["opening"]["amount"], "money"),
        closing=(rows["closing"]["amount"], "money"),
        before=_month(ends["before"]),
        last=_month(ends["last"]),
        stayed=_stayed(facts, rows),
        rows=str(ends["rows"]),
    )


def _arrivals(rows: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What stands for several parts, where these are joiners and others who came, and nobody else."""
    row = rows.get("together", {})
    parts = set(row.get("parts", "").split(","))
    return row if "joined" in parts and parts <= {"joined", "returned"} else None


def _stayed(facts: Facts, rows: Mapping[str, Mapping[str, Any]]) -> Pair:
    """What those who stayed brought more and less, where both are shown."""
    if "more" not in rows or "less" not in rows:
        return Pair("", "")
    more, less = ([units.money(abs(rows[name]["amount"]), lang, facts.currency) for lang in ("en", "zh")]
                  for name in ("more", "less"))  # fmt: skip
    return Pair(
        f" Those who stayed brought {more[0]} more and {less[0]} less.", f"在网客户增收{more[1]}，减收{less[1]}。"
    )


def _month(name: str) -> Pair:
    return Pair(*(units.month(name, lang) for lang in ("en", "zh")))


def revenue_out_of_range(facts: Facts) -> Finding | None:
    """The part of a month's revenue that is farthest beyond what it usually is."""
    return _out_of_range(facts, priced=True)


def base_out_of_range(facts: Facts) -> Finding | None:
    """The part of a month's base that is farthest beyond what it usually is."""
    return _out_of_range(facts, priced=False)


def _out_of_range(facts: Facts, *, priced: bool) -> Finding | None:
    row = next((row for row in facts.blocks.get("unusual", ()) if row["priced"] == priced), None)
    if row is None:
        return None
    kind = "money" if row["priced"] else "count"
    more = abs(row["amount"]) > row["high"]
    told = {"low": (_signed(row, "low"), kind), "high": (_signed(row, "high"), kind)}
    return facts.finding(
        "bridge-unusual" if row["priced"] else "bridge-unusual-base",
        "good" if more == (row["amount"] > 0) else "bad",
        row["beyond"] if row["priced"] else None,
        month=_month(row["month"]),
        part=PARTS[row["part"]],
        change=facts.signed(row["amount"]) if row["priced"] else "",
        n=(row["customers"], "customers"),
        months=str(row["months"]),
        looks=str(row["looks"]),
        rows=str(facts.blocks["bridge_ends"][0]["rows"]),
        **told,
    )


def _signed(row: Mapping[str, Any], end: str) -> float:
    """An end of the range with the sign of the part, as its amount has it; counts are told without."""
    return float(-row[end] if row["amount"] < 0 and row["priced"] else row[end])


RULES: tuple[Callable[[Facts], Finding | None], ...] = (replaced, revenue_out_of_range, base_out_of_range)
