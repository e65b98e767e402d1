"""Who the customers are: shares, ranges, and the same people at any size."""

from __future__ import annotations

import numpy as np
import pytest

from telcli.simulation.archetypes import ARCHETYPES
from telcli.simulation.departures import STAYS, depart
from telcli.simulation.lines import monthly_fees, open_lines
from telcli.simulation.population import populate
from telcli.simulation.troubles import live_through
from telcli.simulation.world import BLOCK, World


def test_segments_have_their_planted_shares(world: World) -> None:
    kind = np.concatenate([populate(world, block).kind for block in (0, 1)])
    for index, archetype in enumerate(ARCHETYPES):
        assert (kind == index).mean() == pytest.approx(archetype.share, abs=0.02)
    assert sum(archetype.share for archetype in ARCHETYPES) == pytest.approx(1.0)


def test_key_accounts_hold_several_lines_and_pay_afterwards(world: World) -> None:
    people = populate(world, 0)
    gone = depart(world, 0, people, live_through(world, 0, people))
    lines = open_lines(world, 0, people, gone)
    key = people.customer_class == 2
    held = np.bincount(lines.owner, minlength=BLOCK)
    assert 10 <= key.sum() <= 60
    assert held[key].min() >= 3
    assert not people.prepaid[key].any()


def test_joiners_join_after_the_first_month_and_everybody_else_before(world: World) -> None:
    joined = populate(world, 0).joined
    assert ((joined < 0) | ((joined >= 1) & (joined < world.months))).all()
    assert (joined >= 0).mean() == pytest.approx(0.18, abs=0.03)


def test_every_leaver_ends_all_lines_and_nobody_else_does(world: World) -> None:
    people = populate(world, 0)
    gone = depart(world, 0, people, live_through(world, 0, people))
    lines = open_lines(world, 0, people, gone)
    last = np.full(BLOCK, -(10**6))
    np.maximum.at(last, lines.owner, lines.end)
    assert (last == np.where(gone.silent, STAYS, gone.month)).all()
    assert gone.silent.any()
    assert (gone.month[~gone.silent] < STAYS).any()
    ended = lines.end < STAYS
    assert (lines.start[ended] * 31 + lines.start_day[ended] <= lines.end[ended] * 31 + lines.end_day[ended]).all()


def test_a_move_starts_the_new_line_the_day_after_and_charges_the_month_once(world: World) -> None:
    people = populate(world, 0)
    gone = depart(world, 0, people, live_through(world, 0, people))
    lines = open_lines(world, 0, people, gone)
    old = np.flatnonzero(np.isin(lines.ended_by, (4, 5)))
    assert len(old) > 100
    assert (lines.owner[old] == lines.owner[old + 1]).all()
    assert (lines.start[old + 1] == lines.end[old]).all()
    assert (lines.start_day[old + 1] == lines.end_day[old] + 1).all()
    fees = monthly_fees(lines, BLOCK, world.months)
    single = np.bincount(lines.owner, minlength=BLOCK)[lines.owner[old]] == 2
    month = lines.end[old][single]
    assert (fees[lines.owner[old][single], month] == lines.fee[old + 1][single]).all()
