"""Agreement of two groupings: their names and numbers do not matter, chance is nought, and splitting costs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.methods.agreement import agreement

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


@settings(max_examples=60, deadline=None)
@given(LABELS, st.permutations(range(5)))
def test_names_do_not_matter_and_pairs_are_counted(pairs: list[tuple[int, int]], names: list[int]) -> None:
    found, given_ = zip(*pairs, strict=True)
    told = agreement(found, given_)
    again = agreement([names[label] for label in found], given_)
    assert (again.ari, again.ami) == pytest.approx((told.ari, told.ami))
    assert again.purity == told.purity
    assert told.ari == pytest.approx(_by_pairs(found, given_))
    assert agreement(found, found).ari == pytest.approx(1)
    assert 0 < told.purity <= 1


def _by_pairs(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The adjusted Rand index from its definition: pairs together in both, less those of chance, over the most."""
    every = list(combinations(range(len(one)), 2))
    together = [{pair for pair in every if labels[pair[0]] == labels[pair[1]]} for labels in (one, other)]
    both, (a, b) = len(together[0] & together[1]), (len(pairs) for pairs in together)
    chance = a * b / len(every)
    most = (a + b) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def test_shuffled_members_agree_by_chance_alone_but_are_not_impure() -> None:
    random = np.random.default_rng(0)
    told = agreement(random.integers(0, 4, 4_000), random.integers(0, 4, 4_000))
    assert abs(told.ari) < 0.01
    assert abs(told.ami) < 0.01
    assert told.purity > 0.25
