"""Chances against another implementation and by what must hold of them."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from telcli.methods.chance import chance_of_as_many, chances_of_as_many, holm


@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 30), st.integers(1, 30))
def test_it_is_the_one_sided_exact_test_of_fisher(both: int, drawn: int, marked: int, neither: int) -> None:
    found = chance_of_as_many(both, both + drawn, both + marked, both + drawn + marked + neither)
    assert found == pytest.approx(fisher_exact([[both, drawn], [marked, neither]], "greater").pvalue, rel=1e-6)


def test_the_lady_tasting_tea() -> None:
    """Fisher, The Design of Experiments (1935), chapter 2: all four cups right by chance once in 70."""
    assert chance_of_as_many(4, 4, 4, 8) == pytest.approx(1 / 70)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), st.randoms())
def test_holm_keeps_order_and_bounds_and_knows_no_places(chances: list[float], random: Random) -> None:
    found = holm(chances)
    assert (found >= np.array(chances) - 1e-12).all() and (found <= 1.0).all()
    assert (np.diff(found[np.argsort(chances, kind="stable")]) >= 0).all()
    order = list(range(len(chances)))
    random.shuffle(order)
    assert holm([chances[place] for place in order]) == pytest.approx(found[order])


def test_holm_of_one_is_its_own_chance() -> None:
    assert holm([0.03]).tolist() == [0.03]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_chances_of_several_draws_are_those_of_each(both: int, drawn: int, marked: int, neither: int) -> None:
    asked = both, both + drawn, both + marked, both + drawn + marked + neither
    assert chances_of_as_many([both], [both + drawn], *asked[2:])[0] == pytest.approx(
        chance_of_as_many(*asked), rel=1e-8
    )


def test_chances_hold_for_a_million_customers() -> None:
    assert chances_of_as_many([600], [10_000], 50_000, 1_000_000)[0] == pytest.approx(
        chance_of_as_many(600, 10_000, 50_000, 1_000_000), rel=1e-6
    )
