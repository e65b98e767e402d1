"""Chances against another implementation and by what must hold of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from telcli.methods.chance import chance_of_as_many


@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 30), st.integers(1, 30))
def test_it_is_the_one_sided_exact_test_of_fisher(both: int, drawn: int, marked: int, neither: int) -> None:
    found = chance_of_as_many(both, both + drawn, both + marked, both + drawn + marked + neither)
    assert found == pytest.approx(fisher_exact([[both, drawn], [marked, neither]], "greater").pvalue, rel=1e-6)


def test_the_lady_tasting_tea() -> None:
    """Fisher, The Design of Experiments (1935), chapter 2: all four cups right by chance once in 70."""
    assert chance_of_as_many(4, 4, 4, 8) == pytest.approx(1 / 70)
