"""Rules of products on planted data: how many of those found are false, how many planted ones are found, and the work.

    python -m tests.benchmarks.offer_rules --seeds 40
    python -m tests.benchmarks.offer_rules --customers 1000000 --products 200

Each seed draws customers with products of unlike popularity, plants three rules of one product and one of two, mines
one period and counts the next. False is every rule that is neither planted nor begins with one product of the planted
two: so are rules of two in which the second product only rides along.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from telcli.methods.association import antecedents, indicator, tally
from telcli.methods.rule_mining import mined, stands

PLANTED = {(0, -1): 20, (1, -1): 21, (2, -1): 22, (3, 4): 23}
BASE, LIFTED = 0.02, 0.06


def drawn(random: np.random.Generator, customers: int, products: int):
    """What is held, and what is taken in two periods of one kind."""
    now = random.random((customers, products)) < np.linspace(0.35, 0.05, products)
    periods = []
    held = now
    for _ in range(2):
        chance = np.full((customers, products), BASE)
        for (one, two), item in PLANTED.items():
            has = held[:, one] & (held[:, two] if two >= 0 else True)
            chance[has, item] = LIFTED
        new = ~held & (random.random((customers, products)) < chance)
        periods.append(tuple(indicator(*np.nonzero(part), part.shape) for part in (held, new)))
        held = held | new
    return periods


def counted(seed: int, customers: int, products: int) -> dict[str, int]:
    """Rules found and false, by the test alone and with the next period."""
    first, then = drawn(np.random.default_rng(seed), customers, products)
    begins = antecedents(first[0], 20, 500)
    found = mined(begins, tally(first[0], begins, first[1]), 20, np.eye(products, dtype=bool))
    places = found.found(0.05)
    rows, items = found.rule[places].T
    second = tally(then[0], begins, then[1])
    own = second.at(rows, items)
    alone = [_alone(begins, second, begins[rows, part], items) for part in (0, 1)]
    one = begins[rows, 1] < 0
    kept = stands(own, tuple(np.where(one, np.nan, part) for part in alone))
    true = np.array([_true(begins[row], item) for row, item in zip(rows, items, strict=True)], dtype=bool)
    exact = {(tuple(begins[row].tolist()), int(item)) for row, item in zip(rows[kept], items[kept], strict=True)}
    return {
        "tested": len(found.p),
        "found": len(places),
        "false": int((~true).sum()),
        "kept": int(kept.sum()),
        "false_kept": int((~true & kept).sum()),
        "planted_kept": sum(rule in exact for rule in PLANTED.items()),
    }


def _alone(begins, counts, parts, items):
    place = {one: at for at, (one, two) in enumerate(begins.tolist()) if two < 0}
    at = np.array([place.get(part, 0) for part in parts.tolist()], dtype=np.intp)
    told = counts.at(at, items)
    return told.both / np.maximum(told.left, 1)


def _true(begin: np.ndarray, item: int) -> bool:
    """Whether a rule is a planted one, or begins with a part of one."""
    one, two = begin.tolist()
    parts = set(PLANTED.items()) | {
        ((part, -1), other) for rule, other in PLANTED.items() for part in rule if rule[1] >= 0
    }
    return ((one, two), item) in parts


def main() -> None:
    """Print the table of errors, or the work of one large base."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--customers", type=int, default=10_000)
    asked.add_argument("--products", type=int, default=40)
    given = asked.parse_args()
    if given.customers > 100_000:
        return worked(given.customers, given.products)
    rows = [counted(seed, given.customers, given.products) for seed in range(given.seeds)]
    for name, kept in (("false", "found"), ("false_kept", "kept")):
        shares = np.array([row[name] / max(row[kept], 1) for row in rows])
        reach = 1.96 * shares.std(ddof=1) / np.sqrt(len(shares))
        total = sum(row[kept] for row in rows)
        print(f"false of {kept}: {shares.mean():.4f} +- {reach:.4f} ({total} rules in {len(rows)} seeds)")  # noqa: T201
    share = np.mean([row["planted_kept"] for row in rows]) / len(PLANTED)
    print(f"planted rules kept: {share:.3f}; tested a seed: {np.mean([row['tested'] for row in rows]):,.0f}")  # noqa: T201
    return None


def worked(customers: int, products: int) -> None:
    """Seconds and memory of one base, six products a customer."""
    random = np.random.default_rng(1)
    share = 1.0 / np.arange(2, products + 2) ** 0.8
    share = np.minimum(share / share.sum() * 6, 0.8)
    parts = [np.flatnonzero(random.random(customers) < each) for each in share]
    items = np.repeat(np.arange(products), [len(part) for part in parts])
    held = indicator(np.concatenate(parts), items, (customers, products))
    many = customers // 2
    took = indicator(random.integers(0, customers, many), random.integers(0, products, many), held.shape)
    added = (took - took.multiply(held)).tocsr()
    added.eliminate_zeros()
    begun = time.perf_counter()
    begins = antecedents(held, 20, 2_000)
    counts = tally(held, begins, added)
    middle = time.perf_counter()
    found = mined(begins, counts, 20, np.eye(products, dtype=bool))
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{customers:,} customers, {products} products, {held.nnz:,} held, {len(found.p):,} rules tested")  # noqa: T201
    print(f"counted {middle - begun:.1f} s, tested {ended - middle:.1f} s, {peak:.2f} GB at most")  # noqa: T201


if __name__ == "__main__":
    main()
