"""The gap statistic: planted numbers, none where there are no clusters, invariances, and the formula by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.methods.clustering import SampledKMeans
from telcli.methods.gap import gap_choice, gap_statistics


def maker(k: int, seed: int) -> SampledKMeans:
    return SampledKMeans(k, n_init=5, random_state=seed)


@pytest.mark.parametrize("planted", [2, 4])
def test_the_planted_number_has_it_first(planted: int) -> None:
    random = np.random.default_rng(planted)
    rows = np.eye(planted, 4)[random.integers(0, planted, 300)] * 8 + random.normal(size=(300, 4))
    assert gap_choice(gap_statistics(rows, range(1, 7), maker)) == planted


def test_rows_without_clusters_are_one() -> None:
    rows = np.random.default_rng(0).uniform(size=(300, 3))
    assert gap_choice(gap_statistics(rows, range(1, 5), maker)) == 1


def test_the_formula_on_one_cluster_by_hand() -> None:
    rows = np.array([[-2.0], [0.0], [2.0]])  # its box is the same whichever way its axis points
    gap, error = gap_statistics(rows, [1], maker, rounds=4, seed=3)[1]
    random = np.random.default_rng(3)
    drawn = [random.uniform(-2.0, 2.0, (3, 1)) for _ in range(4)]
    logs = np.log([((one - one.mean()) ** 2).sum() for one in drawn])
    assert gap == pytest.approx(logs.mean() - np.log(8.0))
    assert error == pytest.approx(logs.std() * np.sqrt(1.25))


@settings(max_examples=8, deadline=None)
@given(power=st.integers(-8, 8), shift=st.integers(-100, 100))
def test_neither_unit_nor_origin_matters(power: int, shift: int) -> None:
    rows = np.random.default_rng(1).integers(0, 30, (40, 2)).astype(float)
    unit = 2.0**power
    plain, moved = (gap_statistics(one, [2, 3], maker, rounds=3) for one in (rows, (rows + shift) * unit))
    for k in (2, 3):
        assert moved[k] == pytest.approx(plain[k], abs=1e-6)


def test_clusters_without_spread_have_none() -> None:
    assert gap_statistics(np.array([[0.0], [0.0], [1.0], [1.0]]), [2], maker) == {}
    assert gap_choice({}) is None
