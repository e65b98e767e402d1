"""Three turns of the loop by stage functions alone: cheap, and what must hold of any turn."""

from __future__ import annotations

import polars as pl
import pytest

from tests.loop.operator import OFFERS, Operator
from tests.loop.turns import Loop

CUSTOMERS, HANDS = 3000, 240


@pytest.fixture(scope="module")
def turned() -> tuple[Loop, Loop]:
    """A loop that learns and one that does not, of the same operator and luck."""
    found = [Loop(Operator(0, CUSTOMERS), learns=learns, capacity=HANDS, model_customers=0) for learns in (True, False)]
    for loop in found:
        for _ in range(3):
            loop.turn()
    return found[0], found[1]


@pytest.mark.slow
def test_the_same_luck_under_another_plan(turned: tuple[Loop, Loop]) -> None:
    learns, blind = turned
    assert learns.plans[0].equals(blind.plans[0])  # there is nothing to learn of yet
    assert learns.world.record[0] == blind.world.record[0]
    assert not learns.plans[1].equals(blind.plans[1])
    assert (learns.world.u == blind.world.u).all()


def test_no_more_contacts_than_hands_and_nobody_who_is_held_out(turned: tuple[Loop, Loop]) -> None:
    for plan, outcomes in zip(turned[0].plans, turned[0].outcomes, strict=True):
        contacted = plan.filter(action="offer")
        assert contacted.height <= HANDS
        held = plan.filter("held_out")
        assert 0.15 < held.height / (held.height + contacted.height) < 0.35
        assert not set(held["customer_id"]) & {*contacted["customer_id"], *outcomes["customer_id"]}


def test_every_offer_tried_is_known_and_what_harms_most_gets_less(turned: tuple[Loop, Loop]) -> None:
    known = turned[0].made["retention_knowledge"]
    tried = set(pl.concat(turned[0].plans[:-1])["offer_id"].drop_nulls())
    assert set(known.filter(level="offer")["offer_id"]) == tried == set(OFFERS)
    harmed = [[month.harmed for month in loop.world.record] for loop in turned]
    assert harmed[0][2] > harmed[1][2] and harmed[0][2] > harmed[0][0]
    assert sum(month.net for month in turned[0].world.record) > sum(month.net for month in turned[1].world.record)
