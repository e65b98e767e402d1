"""K-means on a sample, finished on all rows: known optima, scale, order and threads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from telcli.methods.clustering import SampledKMeans, assign, cluster_sums, draw_rows

IRIS_OPTIMA = {2: 152.34795, 3: 78.85144, 4: 57.22847, 5: 46.44618}


def planted(rows: int, clusters: int = 5, columns: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    centres = random.normal(scale=6, size=(clusters, columns))
    truth = random.integers(0, clusters, rows)
    return (centres[truth] + random.normal(size=(rows, columns))).astype(np.float32), truth


@pytest.mark.parametrize(("k", "optimum"), IRIS_OPTIMA.items())
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_best_known_inertia_on_iris(k: int, optimum: float, seed: int) -> None:
    assert SampledKMeans(k, n_init=30, random_state=seed).fit(load_iris().data).inertia_ == pytest.approx(
        optimum, rel=1e-4
    )


def test_a_sample_finds_what_all_rows_hold() -> None:
    rows, truth = planted(20_000)
    found = SampledKMeans(5, sample_rows=2_000).fit(rows)
    assert adjusted_rand_score(truth, found.labels_) > 0.99
    best = KMeans(5, n_init=10, random_state=0).fit(rows)
    assert found.inertia_ == pytest.approx(best.inertia_, rel=1e-4)
    assert (found.predict(rows) == found.labels_).all()


def test_threads_do_not_change_a_bit() -> None:
    rows, _ = planted(8_000)
    with threadpool_limits(1):
        alone = SampledKMeans(4, sample_rows=3_000).fit(rows)
    together = SampledKMeans(4, sample_rows=3_000).fit(rows)
    assert alone.cluster_centers_.tobytes() == together.cluster_centers_.tobytes()
    assert alone.labels_.tobytes() == together.labels_.tobytes()


def test_fewer_distinct_rows_than_clusters() -> None:
    found = SampledKMeans(5).fit(np.array([[1.0], [1.0], [2.0], [2.0]]))
    assert sorted(found.cluster_centers_.ravel().tolist()) == [1.0, 2.0]
    assert found.inertia_ == 0


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 6))
def test_every_row_is_with_its_nearest_centre_and_centres_are_means(seed: int, k: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(60, 3))
    found = SampledKMeans(k, n_init=2).fit(rows)
    distances = np.square(rows[:, None] - found.cluster_centers_[None]).sum(axis=2)
    assert np.take_along_axis(distances, found.labels_[:, None], 1)[:, 0] == pytest.approx(distances.min(axis=1))
    assert found.inertia_ == pytest.approx(distances.min(axis=1).sum())
    counts, sums = cluster_sums(rows, found.labels_, k)
    assert counts.sum() == 60
    assert sums.sum(axis=0) == pytest.approx(rows.sum(axis=0))


def test_more_clusters_never_fit_worse() -> None:
    rows, _ = planted(500)
    inertias = [SampledKMeans(k, random_state=1).fit(rows).inertia_ for k in range(1, 8)]
    assert inertias == sorted(inertias, reverse=True)


def test_chunks_do_not_change_assignment() -> None:
    rows, _ = planted(70_000, columns=2)
    centres = rows[:3].astype(np.float64)
    labels, inertia = assign(rows, centres)
    again = np.square(rows[:, None].astype(np.float64) - centres[None]).sum(axis=2)
    assert (labels == again.argmin(axis=1)).mean() > 0.9999
    assert inertia == pytest.approx(again.min(axis=1).sum(), rel=1e-4)


def test_samples_repeat_and_do_not_repeat_rows() -> None:
    drawn = draw_rows(100, 30, seed=3)
    assert (drawn == draw_rows(100, 30, seed=3)).all()
    assert len(set(drawn.tolist())) == 30
    assert (np.diff(drawn) > 0).all()


def test_it_keeps_the_conventions_of_scikit_learn() -> None:
    assert clone(SampledKMeans(3, n_init=2)).get_params()["n_init"] == 2
    assert len(set(SampledKMeans(2).fit_predict([[0.0], [1.0], [9.0]]).tolist())) == 2
    with pytest.raises(ValueError, match="minimum of 1"):
        SampledKMeans(2).fit(np.empty((0, 2)))
