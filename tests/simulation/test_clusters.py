"""Clusters planted on demand: far apart, none tiny, and seen again in what customers do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from telcli.errors import UsageError
from telcli.settings import SimulateSettings
from telcli.simulation.archetypes import ARCHETYPES
from telcli.simulation.block import Block
from telcli.simulation.clusters import APART, ENDS, archetypes
from telcli.simulation.population import populate
from telcli.simulation.world import World, month_index
from telcli.stages.simulate import simulate


def _place(cluster: object) -> list[float]:
    """Where a cluster stands between the ends of each quantity, the main fee within its rounding."""
    found = []
    for name, (low, high) in ENDS.items():
        level = cluster.fees[1] if name == "fee" else getattr(cluster, name)  # type: ignore[attr-defined]
        log = np.log(level / low) / np.log(high / low)
        found.append((level - low) / (high - low) if name == "active_days" else log)
    return found


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.integers(2, 30), st.integers(0, 2**32 - 1))
def test_clusters_stand_apart_and_none_is_tiny(clusters: int, seed: int) -> None:
    drawn = archetypes(clusters, seed)
    where = np.array([_place(one) for one in drawn])
    assert len({one.name for one in drawn}) == len({one.plan for one in drawn}) == clusters
    assert where.min() > -0.02
    assert where.max() < 1.02
    assert pdist(where).min() > APART - 0.02
    assert min(one.share for one in drawn) >= 0.4 / clusters
    assert sum(one.share for one in drawn) == pytest.approx(1.0)
    assert len({round(one.share, 6) for one in drawn}) > 1


def test_another_seed_draws_others_and_none_are_the_five() -> None:
    assert archetypes(4, 1) != archetypes(4, 2)
    assert archetypes(0, 1) == archetypes(0, 2) == ARCHETYPES


def test_customers_lie_around_the_cluster_they_were_drawn_from() -> None:
    world = World(customers=5_000, months=12, last=month_index("2024-06"), seed=3, clusters=6)
    people = populate(world, 0)
    stay = world.months - 1 - people.joined
    assert not (people.customer_class == 2).any()
    for number, kind in enumerate(world.kinds):
        own = people.kind == number
        assert own.mean() == pytest.approx(kind.share, abs=0.03)
        assert np.median(people.data_mb[own]) == pytest.approx(kind.data_mb, rel=0.1)
        assert np.median(stay[own]) == pytest.approx(kind.tenure, rel=0.12, abs=1)
        assert set(people.fee[own]) == set(kind.fees)


def test_the_key_names_the_clusters_and_one_alone_is_refused() -> None:
    def first(**wanted: int) -> Block:
        return next(simulate(replace(SimulateSettings(customers=60, months=2), **wanted), 5))

    one, same = first(clusters=4), first(clusters=4)
    names = one.frames["answer_key/planted.csv"]["planted_segment"]
    assert set(names) == {f"cluster-{number:02d}" for number in range(1, 5)}
    assert all(frame.equals(same.frames[name]) for name, frame in one.frames.items())
    with pytest.raises(UsageError) as refused:
        first(clusters=1)
    assert refused.value.code == "simulate-one-cluster"
