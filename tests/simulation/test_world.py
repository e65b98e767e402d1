"""Months, blocks and chance: what every part of the simulation rests on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import UsageError
from telcli.simulation.world import BLOCK, Streams, World, month_index, shifted


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_a_month_and_its_label_are_one(year: int, month: int) -> None:
    text = f"{year:04d}-{month:02d}"
    assert World(1, 1, month_index(text), 0).label(0) == text


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-00", "2024", "24-06", "2024-6", "1999-12", "2100-01", "２０２４-06", ""]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        month_index(text)
    assert refused.value.code == "simulate-month-invalid"


def test_the_history_ends_the_day_after_its_last_month() -> None:
    world = World(1, 12, month_index("2023-12"), 0)
    assert world.end == date(2024, 1, 1)
    assert str(world.day(np.array([-1, 11]), np.array([28, 31]))) == "['2022-12-28' '2023-12-31']"


@given(st.integers(1, 10**8))
def test_blocks_hold_all_customers_and_no_more_than_needed(customers: int) -> None:
    blocks = World(customers, 1, 24_000, 0).blocks
    assert (blocks - 1) * BLOCK < customers <= blocks * BLOCK


def test_chance_differs_by_seed_block_and_purpose_and_repeats() -> None:
    draws = [Streams(seed, block)(what).random() for seed in (0, 1) for block in (0, 1) for what in ("a", "b")]
    assert len(set(draws)) == 8
    assert draws == [Streams(seed, block)(what).random() for seed in (0, 1) for block in (0, 1) for what in ("a", "b")]


def test_shifting_by_more_than_there_is_leaves_nothing() -> None:
    assert shifted(np.ones((2, 3)), 5).sum() == 0
