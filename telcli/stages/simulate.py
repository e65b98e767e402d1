"""What `telcli simulate` computes: an imaginary operator's extracts, block after block, with their truth."""

from __future__ import annotations

from collections.abc import Iterator

from telcli.errors import UsageError
from telcli.settings import SimulateSettings
from telcli.simulation.block import Block, simulate_block
from telcli.simulation.world import World, month_index

__all__ = ["Block", "simulate"]


def simulate(settings: SimulateSettings, seed: int) -> Iterator[Block]:
    """Yield blocks of a few thousand customers: frames by file name, and counts of what is planted in them.

    A block depends on the settings, the seed and its own number alone, so memory stays flat and a customer is the same
    person whatever the size of the operator.

    Raises
    ------
    UsageError
        The last month is none, or a single cluster is wanted.

    >>> next(simulate(SimulateSettings(customers=10, months=2), 7)).planted["customers"]
    10
    """
    if settings.clusters == 1:
        raise UsageError(
            "simulate-one-cluster",
            "One cluster alone would be everybody.",
            hint="Plant 2 to 30 clusters, or 0 for the five fixed kinds of customer.",
        )
    world = World(
        settings.customers,
        settings.months,
        month_index(settings.last_month),
        seed,
        settings.second_system == "on",
        settings.clusters,
        settings.fraud == "on",
        settings.surveys,
    )
    return (simulate_block(world, number) for number in range(world.blocks))
