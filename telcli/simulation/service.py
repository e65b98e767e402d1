"""Tickets at the call centre: enquiries and requests of everybody, complaints and faults of those in trouble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.behaviour import presence
from telcli.simulation.departures import Departures
from telcli.simulation.population import Population
from telcli.simulation.troubles import Troubles
from telcli.simulation.world import WARMUP, Array, Streams, World

__all__ = ["KINDS", "TOPICS", "Tickets", "contact"]

KINDS = ("投诉", "咨询", "故障", "办理")
TOPICS = ("资费争议", "服务态度", "网络质量", "业务规则", "营销骚扰", "宽带故障", "手机信号")


@dataclass(frozen=True)
class Tickets:
    """Arrays with one entry per ticket, sorted by owner and moment.

    Parameters
    ----------
    owner : position of the customer in the block.
    month, day, second : when it was opened, within the history.
    kind, topic : indices into `KINDS` and `TOPICS`; topic -1 for none.
    severity : 1..3; 0 where the centre gives none.
    repeat : about the same matter as before.
    hours : until it was closed.
    rating : 1..10; 0 where the customer gave none.
    """

    owner: Array
    month: Array
    day: Array
    second: Array
    kind: Array
    topic: Array
    severity: Array
    repeat: Array
    hours: Array
    rating: Array


def contact(world: World, block: int, people: Population, troubles: Troubles, gone: Departures) -> Tickets:
    """Draw the tickets of one block."""
    chance = Streams(world.seed, block)("tickets")
    there, first, last = presence(world, people, gone)
    price, service, network = (
        (age[:, WARMUP:] > 0) * there for age in (troubles.price, troubles.service, troubles.network)
    )
    lines = 1.0 + 2.0 * (people.customer_class == 2)[:, None]
    rates = (
        there * lines * 0.008 + 0.75 * service + 0.10 * price + 0.12 * network,
        there * lines * 0.030 + 0.12 * price,
        there * lines * 0.006 + 0.70 * network,
        there * lines * 0.020,
    )
    counts = np.stack([chance.poisson(rate) for rate in rates], axis=-1)
    owner, month, kind = np.nonzero(counts)
    times = counts[owner, month, kind]
    owner, month, kind = np.repeat(owner, times), np.repeat(month, times), np.repeat(kind, times)
    n = len(owner)
    day = first[owner, month] + (chance.random(n) * (last - first + 1)[owner, month]).astype(int)
    second = chance.integers(8 * 3600, 21 * 3600, n)
    bad = (kind == 0) | (kind == 2)
    in_service = service[owner, month] > 0
    repeat = bad & (chance.random(n) < np.where(in_service | (network[owner, month] > 0), 0.5, 0.05))
    rated = chance.random(n) < np.where(bad, 0.55, 0.25)
    rating = np.clip(np.round(chance.normal(np.where(bad, np.where(repeat, 3.0, 5.0), 8.5), 1.6)), 1, 10)
    rows = Tickets(
        *(owner, month, day, second, kind),
        topic=_topics(chance, kind, price[owner, month] > 0, network[owner, month] > 0),
        severity=np.where(bad, 1 + chance.binomial(2, np.where(repeat, 0.45, 0.15)), 0),
        repeat=repeat,
        hours=np.exp(chance.normal(np.where(bad, 3.4, 0.5), 0.9)),
        rating=np.where(rated, rating, 0).astype(int),
    )
    order = np.lexsort((kind, second, day, month, owner))
    return Tickets(**{name: values[order] for name, values in vars(rows).items()})


def _topics(chance: np.random.Generator, kind: Array, price: Array, network: Array) -> Array:
    """What a complaint or fault is about; the running trouble decides where there is one."""
    n = len(kind)
    common = chance.choice([0, 1, 3, 4], n)
    complaint = np.where(network, 2, np.where(price, 0, common))
    fault = np.where(chance.random(n) < 0.4, 5, 6)
    return np.where(kind == 0, complaint, np.where(kind == 2, fault, np.where((kind == 1) & price, 0, -1)))
