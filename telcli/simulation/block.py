"""One block of customers from birth to files: everything written about them, dirt and truth included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from telcli.simulation.activity import bill_rows, payment_rows, ticket_rows, usage_rows
from telcli.simulation.behaviour import charge, expected_margin, use
from telcli.simulation.departures import REASONS, STAYS, Departures, depart
from telcli.simulation.dirt import OWNER, Flaws, soil
from telcli.simulation.extracts import CLASSES, customer_ids, customer_rows, line_rows, words
from telcli.simulation.fraud import CALLS, FRAUD_KEY, fraud_frames
from telcli.simulation.lines import Lines, monthly_fees, open_lines
from telcli.simulation.payments import pay
from telcli.simulation.population import Population, populate
from telcli.simulation.second_system import FILE, SAME, second_rows
from telcli.simulation.service import contact
from telcli.simulation.surveys import survey_frames
from telcli.simulation.troubles import live_through
from telcli.simulation.world import BLOCK, Array, World

__all__ = ["FLAWS", "Block", "simulate_block"]

FLAWS: dict[str, Flaws] = {
    "crm_customers.csv": {"missing-id": ("客户编号", None)},
    "crm_subscriptions.csv": {"missing-id": ("用户编号", None), "bad-date": ("入网时间", "20241345")},
    "billing": {
        "missing-id": ("客户编号", ""),
        "bad-month": ("账期", "202413"),
        "bad-number": ("月租费", "待核"),
    },
    "usage.csv": {
        "missing-id": ("customer_id", None),
        "bad-month": ("month", "2024-00"),
        "bad-number": ("data_mb", "#REF!"),
    },
    "payments.csv": {
        "missing-id": ("payment_id", None),
        "bad-date": ("paid_at", "2024-02-30 10:00:00"),
        "bad-number": ("amount", "#VALUE!"),
    },
    FILE: {"missing-id": ("客户编码", None)},
    "tickets.csv": {"missing-id": ("客户编号", None), "bad-date": ("受理时间", "2024/13/45 09:00:00")},
}
"""Rows to be refused, by file and by the rule each breaks."""


@dataclass(frozen=True)
class Block:
    """What one block adds to each file, and what is planted in it.

    Parameters
    ----------
    frames : rows by file name, `answer_key/planted.csv` included; every value text.
    planted : how often each fact is planted: `file/rows`, `file/copies`, `file/bad/rule`, `reason/...`, ...
    """

    frames: dict[str, pl.DataFrame]
    planted: Counter[str] = field(default_factory=Counter)


def simulate_block(world: World, block: int) -> Block:
    """Simulate one block and cut it to the customers asked for."""
    made = Block({})
    keep = min(world.customers - block * BLOCK, BLOCK)
    for file, frame in _clean_frames(world, block, made.planted, keep):
        flaws = FLAWS.get("billing" if file.startswith("billing") else file)
        if flaws is None:
            made.frames[file] = frame.filter(pl.col(OWNER) < keep).drop(OWNER)
            continue
        dirty, marks = soil(world, block, file, frame, flaws)
        inside = dirty[OWNER].to_numpy() < keep
        marks = marks[inside]
        made.planted[f"{file}/rows"] = len(marks)
        made.planted[f"{file}/copies"] = int((marks == -1).sum())
        for place, rule in enumerate(flaws):
            made.planted[f"{file}/bad/{rule}"] = int((marks == place).sum())
        made.frames[file] = dirty.filter(pl.Series(inside)).drop(OWNER)
    if world.fraud:
        _plant_fraud(world, block, made, keep)
    return made


def _plant_fraud(world: World, block: int, made: Block, keep: int) -> None:
    """Write fraud and its look-alikes below what is there, and count them."""
    people = populate(world, block)
    troubles = live_through(world, block, people)
    used = use(world, block, people, troubles, depart(world, block, people, troubles))
    more = fraud_frames(world, block, people.number, keep, used, made.frames)
    made.planted[f"{CALLS}/rows"] = more[CALLS].height
    for file, frame in more.items():
        if f"{file}/rows" in made.planted and file != CALLS:
            made.planted[f"{file}/rows"] += frame.height - made.frames[file].height
    for role, count in more[FRAUD_KEY].group_by("role").len().sort("role").iter_rows():
        made.planted[f"fraud/{role}"] = count
    made.frames.update(more)


def _clean_frames(world: World, block: int, planted: Counter[str], keep: int) -> Iterator[tuple[str, pl.DataFrame]]:
    """The files' rows before any dirt, one file at a time."""
    people = populate(world, block)
    troubles = live_through(world, block, people)
    gone = depart(world, block, people, troubles)
    lines = open_lines(world, block, people, gone)
    used = use(world, block, people, troubles, gone)
    fees = monthly_fees(lines, BLOCK, world.months)
    charges = charge(world, block, people, troubles, used, fees)
    yield "crm_customers.csv", customer_rows(world, block, people)
    yield "crm_subscriptions.csv", line_rows(world, block, people, lines, troubles.arrears[:, -1] >= 3)
    bills = bill_rows(world, block, people, used, charges)
    for year in range(world.first // 12, world.last // 12 + 1):
        yield f"billing_{year}.txt", bills.filter(pl.col("_year") == year).drop("_year")
    yield "usage.csv", usage_rows(world, block, people, used)
    yield "payments.csv", payment_rows(world, people, pay(world, block, people, troubles, gone, charges))
    yield "tickets.csv", ticket_rows(world, people, contact(world, block, people, troubles, gone))
    yield "answer_key/planted.csv", _answers(world, people, gone, expected_margin(people, fees, used.there))
    if world.surveys != "off":
        yield from survey_frames(world, block, people, troubles, gone).items()
    if world.second:
        rows, truth = second_rows(world, block, people)
        yield FILE, rows
        yield SAME, truth
        inside = truth.filter(pl.col(OWNER) < keep)
        for column in ("certificate", "phone", "name"):
            for word, count in inside[column].drop_nulls().value_counts().iter_rows():
                planted[f"second/{column}/{word}"] += count
    _count(planted, world, people, gone, lines, keep)
    planted["billed_months"] = int(used.there[:keep].sum())


def _answers(world: World, people: Population, gone: Departures, margin: Array) -> pl.DataFrame:
    """answer_key/planted.csv: what is true of each customer and stands in no extract."""
    ids = customer_ids(people.number)
    left = gone.left(world.months)
    labels = tuple(world.label(month) for month in range(world.months))
    silent = gone.silent & (gone.month < world.months - 1)
    twin = people.twin >= 0
    return pl.DataFrame(
        {
            "customer_id": ids,
            "planted_segment": words(tuple(kind.name for kind in world.kinds), people.kind),
            "planted_value": pl.Series(margin).cast(pl.String),
            "leaves_in": words(labels, np.where(left < STAYS, left, -1)),
            "reason": words(REASONS, np.where(left < STAYS, gone.reason, -1)),
            "silent_since": words(labels, np.where(silent, gone.month + 1, -1)),
            "duplicate_of": ids[np.maximum(people.twin, 0)].set(pl.Series(~twin), None),
            OWNER: np.arange(len(ids)),
        }
    )


def _count(planted: Counter[str], world: World, people: Population, gone: Departures, lines: Lines, keep: int) -> None:
    """Count what is planted among the customers kept."""
    kind, reason, leaves = people.kind[:keep], gone.reason[:keep], gone.left(world.months)[:keep] < STAYS
    planted["customers"] = keep
    planted["leavers"] = int(leaves.sum())
    planted["silent_leavers"] = int((leaves & gone.silent[:keep]).sum())
    planted["joiners"] = int((people.joined[:keep] >= 0).sum())
    planted["registered_twice"] = int((people.twin[:keep] >= 0).sum())
    planted["internal_moves"] = int((np.isin(lines.ended_by, (4, 5)) & (lines.owner < keep)).sum())
    for index, archetype in enumerate(world.kinds):
        planted[f"segment/{archetype.name}"] = int((kind == index).sum())
    for index, name in enumerate(REASONS):
        planted[f"reason/{name}"] = int(((reason == index) & leaves).sum())
    for index, name in enumerate(CLASSES):
        planted[f"class/{name}"] = int((people.customer_class[:keep] == index).sum())
