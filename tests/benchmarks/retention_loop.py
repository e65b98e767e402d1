"""What the loop saves, beside plans that do not learn, a churn ranking, and who knows the truth.

    python tests/benchmarks/retention_loop.py [--seeds 10] [--customers 3000] [--months 6] [--model 400] [--out FILE]

Each seed is an operator with planted effects of offers (tests/loop/operator.py) that lives the same months, with the
same luck, under each way of choosing whom to contact, by at most as many contacts a month. Money is the saved value
expected in truth, less what the contacts cost. Chances of leaving are true ones behind noise (AUC about 0.8), so that
no model of leaving has to be trained; plan-retention, evaluate-retention and knowledge are the stages themselves.
`--model` is the customers of trials from which an uplift model is trained, 0 for never.
"""
# ruff: noqa: T201

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from tests.loop.known import known
from tests.loop.operator import OFFERS, Operator
from tests.loop.policies import CAPACITY, oracle, riskiest
from tests.loop.turns import Loop

WAYS = ("loop", "value x risk alone", *(f"riskiest, {offer}" for offer in OFFERS), "oracle")


_ASKED = (("seeds", 10), ("customers", 3000), ("months", 6), ("first", 0), ("model", 400))


def lived(way: str, seed: int, customers: int, months: int, model: int) -> Operator:
    """An operator after its months under one way of choosing."""
    world = Operator(seed, customers, months)
    hands = round(CAPACITY * customers / 3000)
    loop = Loop(world, learns=way == "loop", capacity=hands, model_customers=model)
    for _ in range(months):
        if way in WAYS[:2]:
            loop.turn()
        elif way == "oracle":
            world.go_on(oracle(world, hands))
        else:
            world.go_on(riskiest(known(world)["churn_scores"], way.split(", ")[1], hands))
    return world


def told(name: str, values: np.ndarray) -> str:
    """Mean over seeds with its 95% interval (Student's t)."""
    mean, reach = values.mean(), 0.0
    if values.size > 1:
        reach = student.ppf(0.975, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size)
    return f"{name:34s} {mean:10,.0f}  ({mean - reach:,.0f} .. {mean + reach:,.0f})"


def main() -> None:
    """Run all ways over the seeds, and print means and paired differences."""
    asked = argparse.ArgumentParser()
    for name, usual in _ASKED:
        asked.add_argument(f"--{name}", type=int, default=usual)
    asked.add_argument("--out", type=Path)
    args = asked.parse_args()
    net: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    harm: dict[str, list[list[float]]] = {way: [] for way in WAYS[:2]}
    start = time.process_time()
    for seed in range(args.first, args.first + args.seeds):
        for way in WAYS:
            record = lived(way, seed, args.customers, args.months, args.model).record
            net[way].append([month.net for month in record])
            if way in harm:
                harm[way].append([month.harmed for month in record])
        print(seed, {way: round(sum(found[-1])) for way, found in net.items()}, flush=True)
    if args.out:
        args.out.write_text(json.dumps({"net": net, "harm": harm}), encoding="utf-8")
    shown(net, harm)
    print(f"{time.process_time() - start:.0f} s of CPU")


def shown(net: dict[str, list[list[float]]], harm: dict[str, list[list[float]]]) -> None:
    """Print the means over seeds, and the loop against each other way, seed by seed."""
    months = {way: np.array(found) for way, found in net.items()}
    print(f"\nsaved value less cost, {months['loop'].shape[0]} seeds, {months['loop'].shape[1]} months: mean (95%)")
    for way, found in months.items():
        print(told(way, found.sum(axis=1)))
    print("the loop less the other way, seed by seed")
    for way in WAYS[1:-1]:
        apart = months["loop"].sum(axis=1) - months[way].sum(axis=1)
        print(told(way, apart), f" ahead in {(apart > 0).sum()} of {apart.size}")
    late = months["loop"][:, -2:].sum(axis=1)
    for way in WAYS[1:-1]:
        print(told(f"last two months, {way}", late - months[way][:, -2:].sum(axis=1)))
    share = months["loop"].sum() / months["oracle"].sum()
    last = late.sum() / months["oracle"][:, -2:].sum()
    print(f"share of the oracle's: {share:.0%}, in the last two months {last:.0%}")
    for way, found in harm.items():
        print(f"value lost to harm by month, {way}: {[round(value) for value in np.array(found).mean(axis=0)]}")


if __name__ == "__main__":
    main()
