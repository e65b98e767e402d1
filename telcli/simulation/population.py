"""Who the customers are: kind, class, age, place, plan, contract and personal level of use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.archetypes import BRANCHES, REGIONS, Archetype
from telcli.simulation.world import BLOCK, Array, Streams, World

__all__ = ["Population", "populate"]

KEY_SHARE = 0.006
TWIN_SHARE = 0.005
LEGACY_SHARE = 0.06
"""Customers on an old deep discount: most of the loss-makers."""


@dataclass(frozen=True)
class Population:
    """One block of customers; every array has one entry per customer, in order of customer number.

    Parameters
    ----------
    number : customer number, from 1.
    kind : index into the world's kinds.
    customer_class : 0 public, 1 business, 2 key.
    joined : month of joining, 0 the first of the history, negative before it; `joined_day` the day, 1..28.
    contract_end : last month under contract; -1000 without one.
    fee : yuan a month of the main line; `discount` the share taken off; `discount_until` its last month.
    minutes, texts, data_mb, active_days : the customer's own usual month.
    twin : position in the block of the customer who is the same person under another number; -1 for none.
    """

    number: Array
    kind: Array
    customer_class: Array
    prepaid: Array
    female: Array
    age: Array
    region: Array
    branch: Array
    joined: Array
    joined_day: Array
    contract_end: Array
    fee: Array
    discount: Array
    minutes: Array
    texts: Array
    data_mb: Array
    roaming: Array
    active_days: Array
    frailty: Array
    tardiness: Array
    twin: Array


Kinds = tuple[Archetype, ...]


def _of_kind(kinds: Kinds, kind: Array, name: str) -> Array:
    """An archetype's parameter for each customer."""
    return np.array([getattr(archetype, name) for archetype in kinds], dtype=float)[kind]


def populate(world: World, block: int) -> Population:
    """Draw one block of customers."""
    chance = Streams(world.seed, block)("population")
    n = BLOCK
    kinds = world.kinds
    key = (chance.random(n) < KEY_SHARE) & (world.clusters == 0)  # they would be a further cluster
    kind = chance.choice(len(kinds), size=n, p=[archetype.share for archetype in kinds])
    kind = np.where(key, 1, kind)
    business = chance.random(n) < _of_kind(kinds, kind, "business")
    joined, joined_day = _joining(chance, world, kind)
    region = _places(chance, kinds, kind)
    twin = _twins(chance, n)
    same = np.where(twin >= 0, twin, np.arange(n))
    customer_class = np.where(key, 2, business.astype(int))[same]
    age = np.clip(chance.normal(_of_kind(kinds, kind, "age"), _of_kind(kinds, kind, "age_spread")), 18, 90).astype(int)
    return Population(
        number=block * n + np.arange(n) + 1,
        kind=kind,
        customer_class=customer_class,
        prepaid=(chance.random(n) < _of_kind(kinds, kind, "prepaid")) & (customer_class == 0),
        female=(chance.random(n) < 0.47)[same],
        age=age[same],
        region=region,
        branch=chance.integers(1, BRANCHES + 1, n),
        joined=joined,
        joined_day=joined_day,
        contract_end=_contracts(chance, world, kind, joined),
        fee=np.array([archetype.fees for archetype in kinds], float)[kind, chance.integers(0, 3, n)],
        discount=_discounts(chance, world, kind),
        frailty=np.exp(chance.normal(-0.045, 0.3, n)),
        tardiness=chance.beta(0.6, 9.0, n),
        twin=twin,
        **_levels(chance, kinds, kind),
    )


def _joining(chance: np.random.Generator, world: World, kind: Array) -> tuple[Array, Array]:
    """Month and day of joining: most before the history, about 2% of the base in each month of it.

    Drawn clusters are told apart by how long their customers have been there when the history ends, newcomers too.
    """
    n = len(kind)
    if world.clusters:
        usual, spread = (_of_kind(world.kinds, kind, name) for name in ("tenure", "tenure_spread"))
        stay = np.minimum(usual * np.exp(chance.normal(0.0, spread)), 400).astype(int)
        return world.months - 1 - stay, chance.integers(1, 29, n)
    inflow = 0.02 * (world.months - 1)
    joins_later = chance.random(n) < inflow / (1.0 + inflow)
    before = -1 - np.minimum(chance.exponential(_of_kind(world.kinds, kind, "tenure")), 300).astype(int)
    during = 1 + (chance.random(n) * (world.months - 1)).astype(int)
    return np.where(joins_later, during, before), chance.integers(1, 29, n)


def _places(chance: np.random.Generator, kinds: Kinds, kind: Array) -> Array:
    weights = np.array([archetype.regions for archetype in kinds], float)
    edges = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)[kind]
    region: Array = (chance.random(len(kind))[:, None] > edges).sum(axis=1)
    return np.minimum(region, len(REGIONS) - 1)


def _contracts(chance: np.random.Generator, world: World, kind: Array, joined: Array) -> Array:
    """The last month under contract: 12 or 24 months after joining, or a renewal that ends around the history."""
    n = len(kind)
    length = np.where(chance.random(n) < 0.5, 12, 24)
    renewed = np.floor(chance.uniform(-10, world.months + 14, n)).astype(int)
    ends = np.where(joined + length > -10, joined + length, renewed)
    return np.where(chance.random(n) < _of_kind(world.kinds, kind, "contract"), ends, -1000)


def _discounts(chance: np.random.Generator, world: World, kind: Array) -> Array:
    """The share taken off the fee: of drawn clusters their plans' own, so that discounts make no clusters within."""
    n = len(kind)
    if world.clusters:
        return _of_kind(world.kinds, kind, "discount")
    ordinary = np.where(chance.random(n) < 0.3, chance.choice([0.1, 0.2, 0.3], n), 0.0)
    return np.where(chance.random(n) < LEGACY_SHARE, 0.75, ordinary)


def _levels(chance: np.random.Generator, kinds: Kinds, kind: Array) -> dict[str, Array]:
    """Each customer's usual month of use."""
    n = len(kind)

    def around(name: str, spread: float) -> Array:
        level: Array = _of_kind(kinds, kind, name) * np.exp(chance.normal(0.0, spread, n))
        return level

    roams = chance.random(n) < _of_kind(kinds, kind, "roams")
    return {
        "minutes": around("minutes", 0.35),
        "texts": around("texts", 0.40),
        "data_mb": around("data_mb", 0.35),
        "roaming": np.where(roams, np.exp(chance.normal(2.5, 0.8, n)), 0.0),
        "active_days": np.clip(chance.normal(_of_kind(kinds, kind, "active_days"), 1.8), 1.0, 30.5),
    }


def _twins(chance: np.random.Generator, n: int) -> Array:
    """For a few customers, an earlier customer of the block who is the same person registered before."""
    is_twin = chance.random(n) < TWIN_SHARE
    earlier = (chance.random(n) * np.arange(n)).astype(int)
    usable = is_twin & (np.arange(n) > 0) & ~is_twin[earlier]
    _, first = np.unique(np.where(usable, earlier, -1 - np.arange(n)), return_index=True)
    once = np.zeros(n, bool)
    once[first] = True
    return np.where(usable & once, earlier, -1)
