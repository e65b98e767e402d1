"""Who leaves: a hazard of earlier months only, reasons that show beforehand, and the overall rate."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from telcli.simulation.departures import REASONS, STAYS, depart, hazards
from telcli.simulation.population import populate
from telcli.simulation.troubles import Troubles, live_through
from telcli.simulation.world import WARMUP, World


def test_between_1_5_and_2_5_percent_leave_a_month(world: World) -> None:
    at_risk = left = 0
    for block in (0, 1):
        people = populate(world, block)
        gone = depart(world, block, people, live_through(world, block, people))
        month = np.arange(world.months)[None, :]
        at_risk += int(((month > people.joined[:, None]) & (month <= gone.month[:, None])).sum())
        left += int((gone.month < STAYS).sum())
    assert 0.015 <= left / at_risk <= 0.025


def test_trouble_of_a_month_changes_only_later_months(world: World) -> None:
    people = populate(world, 0)
    calm = np.zeros((len(people.kind), WARMUP + world.months), np.int16)
    quiet = Troubles(calm, calm, calm, calm, calm, pause=calm)
    before = hazards(world, people, quiet)
    for field in dataclasses.fields(Troubles)[:-1]:
        month = 6
        troubled = calm.copy()
        troubled[:, WARMUP + month] = 5
        after = hazards(world, people, dataclasses.replace(quiet, **{field.name: troubled}))
        assert (after[:, :, : month + 1] == before[:, :, : month + 1]).all(), field.name
        assert (after[:, :, month + 1] > before[:, :, month + 1]).any(), field.name


@pytest.mark.parametrize("name", ["price", "service", "network", "life", "arrears"])
def test_those_who_leave_for_a_reason_had_that_trouble_before(world: World, name: str) -> None:
    people = populate(world, 0)
    troubles = live_through(world, 0, people)
    gone = depart(world, 0, people, troubles)
    who = np.flatnonzero((gone.month < STAYS) & (gone.reason == REASONS.index(name)))
    assert len(who) > 10
    age = getattr(troubles, name)
    before = np.stack([age[who, WARMUP + gone.month[who] - lag] for lag in range(1, 5)])
    assert (before > 0).any(axis=0).all()


def test_contract_end_comes_before_leaving_for_it(world: World) -> None:
    people = populate(world, 0)
    gone = depart(world, 0, people, live_through(world, 0, people))
    who = (gone.month < STAYS) & (gone.reason == REASONS.index("contract-end"))
    since = gone.month[who] - people.contract_end[who]
    assert who.sum() > 10
    assert ((since >= 1) & (since <= 4)).all()


def test_nobody_leaves_in_the_month_of_joining(world: World) -> None:
    people = populate(world, 0)
    gone = depart(world, 0, people, live_through(world, 0, people))
    assert (gone.month > people.joined).all()
