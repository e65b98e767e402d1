"""The genetic search: known optima, never worse than its starts or the published strings, one result per seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from threadpoolctl import threadpool_limits

from telcli.methods.clustering import distances
from telcli.methods.glkm import GLKM, cross, relocate
from tests.methods import genetic_strings

IRIS_OPTIMA = {
    2: 152.34795,
    3: 78.85144,
    4: 57.22847,
    5: 46.44618,
    6: 39.03999,
    7: 34.29823,
    8: 29.98894,
    10: 25.83522,
}


def planted(rows: int, clusters: int, columns: int = 8, spread: float = 2.0, seed: int = 0) -> NDArray[np.float32]:
    """Overlapping groups of unequal sizes, so that K-means has many local optima."""
    random = np.random.default_rng(seed)
    centres = random.normal(scale=spread, size=(clusters, columns))
    sizes = random.dirichlet(np.full(clusters, 3.0))
    return (centres[random.choice(clusters, rows, p=sizes)] + random.normal(size=(rows, columns))).astype(np.float32)


@pytest.mark.parametrize("k", [4, 8])
def test_the_best_known_inertia_on_iris(k: int) -> None:
    for seed in (0, 1):
        found = GLKM(k, random_state=seed).fit(load_iris().data)
        assert found.inertia_ == pytest.approx(IRIS_OPTIMA[k], rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("k", "optimum"), IRIS_OPTIMA.items())
def test_the_best_known_inertia_on_iris_in_each_of_20_seeds(k: int, optimum: float) -> None:
    found = [GLKM(k, random_state=seed).fit(load_iris().data).inertia_ for seed in range(20)]
    assert found == pytest.approx([optimum] * 20, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("k", [20, 35, 50])
def test_no_worse_than_as_many_starts_of_k_means(k: int) -> None:
    """A child starts near its optimum, so a search of so many children takes no longer than so many starts."""
    rows = planted(3_000, k)
    found = GLKM(k).fit(rows)
    assert found.generations_ > 0
    with threadpool_limits(1):
        started = KMeans(k, n_init=found.n_init + 4 * found.generations_, random_state=0).fit(rows)
    assert found.inertia_ <= started.inertia_ * (1 + 2e-6)


def test_a_search_improves_on_its_own_starts() -> None:
    rows = planted(1_500, 15)
    searched, started = GLKM(15, patience=3).fit(rows), GLKM(15, patience=0).fit(rows)
    assert searched.generations_ > 0 == started.generations_
    assert searched.inertia_ < started.inertia_ * 0.999
    assert searched.gain_ > 0.001
    assert started.gain_ == 0


def test_the_published_strings_of_labels_find_nothing_better() -> None:
    rows = load_iris().data
    by_strings = [genetic_strings.search(rows, 3, seed=seed) for seed in range(2)]
    found = GLKM(3).fit(rows).inertia_
    assert found <= min(by_strings) * (1 + 1e-9)
    assert min(by_strings) == pytest.approx(IRIS_OPTIMA[3], rel=1e-4)


def test_the_strings_operators_are_those_published() -> None:
    rows = np.array([[0.0], [1.0], [10.0]])
    labels = np.array([0, 0, 1])
    assert genetic_strings.variation(rows, labels, 2) == pytest.approx(0.5)
    assert genetic_strings.away(rows, labels, 3, empty=0.0)[0].tolist() == [0.5, 10.0, 0.0]
    assert genetic_strings.k_means_step(rows, np.array([0, 1, 1]), 3).tolist() == [0, 0, 1]
    drawn = genetic_strings.select(np.array([2.0, 4.0]), np.array([1.0, 1.0]), np.random.default_rng(0))
    assert len(drawn) == 2


def test_more_workers_change_nothing() -> None:
    rows = planted(1_000, 12)
    alone, together = GLKM(12, patience=2).fit(rows), GLKM(12, patience=2, n_jobs=3).fit(rows)
    assert alone.generations_ == together.generations_ > 0
    assert alone.cluster_centers_.tobytes() == together.cluster_centers_.tobytes()
    assert (alone.labels_ == together.labels_).all()


def test_a_sample_stands_for_all_rows() -> None:
    rows = planted(12_000, 6, spread=5.0)
    part, whole = GLKM(6, sample_rows=2_000, patience=2).fit(rows), GLKM(6, patience=2).fit(rows)
    assert part.inertia_ == pytest.approx(whole.inertia_, rel=1e-3)
    assert (part.predict(rows) == part.labels_).all()


def test_it_is_an_estimator_of_scikit_learn() -> None:
    made = clone(GLKM(3, patience=4, n_jobs=2))
    assert made.get_params()["patience"] == 4
    labels = made.fit_predict(load_iris().data)
    assert labels.tolist() == made.labels_.tolist()
    assert made.n_iter_ >= 1


@pytest.mark.parametrize("rows", [[[1.0], [1.0], [1.0]], [[1.0], [2.0]], [[1.0]]])
def test_fewer_different_rows_than_clusters(rows: list[list[float]]) -> None:
    found = GLKM(3).fit(rows)
    assert found.inertia_ == 0
    assert len(found.cluster_centers_) == len({row[0] for row in rows})


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1_000), power=st.integers(-3, 3), shift=st.integers(-5, 5))
def test_neither_unit_nor_origin_changes_the_groups(seed: int, power: int, shift: int) -> None:
    rows = np.random.default_rng(seed).integers(0, 40, (60, 2)).astype(float)
    unit = 4.0**power
    plain, moved = GLKM(3, patience=1).fit(rows), GLKM(3, patience=1).fit((rows + shift) * unit)
    assert moved.inertia_ == pytest.approx(plain.inertia_ * unit**2, rel=0.02)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 6))
def test_a_child_of_equal_parents_is_its_parents(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    parent = random.normal(size=(k, 3))
    assert cross(parent, random.permutation(parent), random).tolist() == parent.tolist()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(2, 6), moves=st.integers(1, 3))
def test_a_centre_moves_to_a_row(seed: int, k: int, moves: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(50, 3))
    before = random.normal(size=(k, 3))
    after = relocate(rows, before, moves, random)
    changed = np.any(after != before, axis=1)
    assert 1 <= changed.sum() <= moves
    assert np.allclose(distances(after[changed], rows).min(axis=1), 0, atol=1e-12)
