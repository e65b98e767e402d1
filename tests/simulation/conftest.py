"""Two simulated worlds shared by the tests of this room."""

from __future__ import annotations

import pytest

from telcli.simulation.block import Block, simulate_block
from telcli.simulation.world import World, month_index


@pytest.fixture(scope="session")
def world() -> World:
    return World(customers=10_000, months=12, last=month_index("2024-06"), seed=0)


@pytest.fixture(scope="session")
def blocks(world: World) -> tuple[Block, Block]:
    return simulate_block(world, 0), simulate_block(world, 1)
