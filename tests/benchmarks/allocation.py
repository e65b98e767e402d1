"""How near to the best an allocation is, and how long it takes: python tests/benchmarks/allocation.py [--rows N ...].

Customers by ten offers (log-normal worth, beta churn chances, fixed seed) with a budget, four channels, one manager for
two thousand customers and a limit on each offer. `loose` limits leave some without a price, `tight` ones all bind,
`tied` values come in steps of 20. Beside it the plain rule: down the list by value per money, whoever fits. Gaps are
against the bound that the prices prove.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

import numpy as np

from telcli.methods.allocation import allocate

OFFERS = 10


def planted(rows: int, kind: str, seed: int = 0) -> dict[str, Any]:
    chance = np.random.default_rng(seed)
    managers = max(2, rows // 2000)
    worth = chance.lognormal(6.0, 1.0, (rows, 1))
    leaves = chance.beta(1.5, 8.0, (rows, 1))
    takes, price, contact = (chance.uniform(*ends, (1, OFFERS)) for ends in ((0.05, 0.4), (0.0, 150.0), (0.5, 30.0)))
    value = leaves * takes * (worth - price) - (1.0 - leaves) * 0.3 * price * takes - contact
    part = 0.3 if kind == "tight" else 1.0
    return {
        "value": np.round(value / 20.0) * 20.0 if kind == "tied" else value,
        "cost": np.broadcast_to(contact + takes * price, value.shape).copy(),
        "eligible": chance.random(value.shape) < 0.8,
        "channel_of": np.arange(OFFERS) % 4,
        "manager_of": chance.integers(-1, managers, rows),
        "budget": rows * (0.4 if kind == "tight" else 2.0),
        "channel_capacity": np.floor(rows * part * np.array([0.02, 0.03, 0.05, 0.2])),
        "manager_capacity": np.full(managers, np.floor(150 * part * rows / managers / 2000)),
        "offer_limit": np.full(OFFERS, np.floor(rows * part * 0.04)),
    }


def by_ratio(case: dict[str, Any]) -> float:
    """What the plain rule brings: pairs by value per money, each taken if it fits."""
    value, cost = case["value"], case["cost"]
    rows, offers = np.nonzero(case["eligible"] & (value > 0))
    order = np.argsort(-value[rows, offers] / np.maximum(cost[rows, offers], 1e-9), kind="stable")
    left = {name: np.append(case[name], np.inf) for name in ("channel_capacity", "manager_capacity", "offer_limit")}
    money, got, total = case["budget"], np.zeros(len(value), dtype=bool), 0.0
    for row, offer in zip(rows[order].tolist(), offers[order].tolist(), strict=True):
        rooms = (
            (left["channel_capacity"], case["channel_of"][offer]),
            (left["manager_capacity"], case["manager_of"][row]),
            (left["offer_limit"], offer),
        )
        if got[row] or cost[row, offer] > money or any(room[at] < 1 for room, at in rooms):
            continue
        got[row], money, total = True, money - cost[row, offer], total + value[row, offer]
        for room, at in rooms:
            room[at] -= 1
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--kinds", nargs="+", default=["loose", "tight", "tied"])
    given = parser.parse_args()
    print("rows      limits  contacts  gap       CPU s   plain rule brings less by")  # noqa: T201
    for rows in given.rows:
        for kind in given.kinds:
            case = planted(rows, kind)
            start = time.process_time()
            found = allocate(**case)
            spent = time.process_time() - start
            short = 1.0 - by_ratio(case) / found.objective
            contacts = int((found.choice >= 0).sum())
            print(f"{rows:<9,} {kind:<7} {contacts:<9,} {found.gap:<9.1e} {spent:<7.1f} {short:.2%}")  # noqa: T201
    print(f"peak of memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")  # noqa: T201


if __name__ == "__main__":
    main()
