"""Measures of clusters against published vectors and scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.contingency import association
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, mutual_info_score, silhouette_score

from telcli.methods.cluster_quality import about_label, bootstrap_jaccard, sampled_silhouette, separation
from telcli.methods.clustering import SampledKMeans

IRIS = {
    2: (0.6810, 0.4043, 513.925),
    3: (0.5528, 0.6620, 561.628),
    4: (0.4981, 0.7803, 530.766),
    5: (0.4887, 0.8060, 495.541),
}


@pytest.mark.parametrize(("k", "expected"), IRIS.items())
def test_iris_vectors(k: int, expected: tuple[float, float, float]) -> None:
    rows = load_iris().data
    labels = SampledKMeans(k).fit(rows).labels_
    apart = separation(rows, labels)
    assert sampled_silhouette(rows, labels) == pytest.approx(expected[0], abs=5e-5)
    assert apart.davies_bouldin == pytest.approx(expected[1], abs=5e-5)
    assert apart.calinski_harabasz == pytest.approx(expected[2], abs=5e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(2, 6))
def test_agrees_with_scikit_learn(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(80, 3)) + random.integers(0, 3, (80, 1)) * 4
    labels = np.append(np.arange(k), random.integers(0, k, 80 - k)).astype(np.int32)
    apart = separation(rows, labels)
    assert apart.davies_bouldin == pytest.approx(davies_bouldin_score(rows, labels))
    assert apart.calinski_harabasz == pytest.approx(calinski_harabasz_score(rows, labels))
    assert sampled_silhouette(rows, labels) == pytest.approx(silhouette_score(rows, labels))


def test_a_sampled_silhouette_is_near_the_whole_and_sees_small_clusters() -> None:
    random = np.random.default_rng(0)
    sizes = (3_500, 450, 30)
    rows = np.vstack([random.normal(centre, 1.0, (size, 4)) for centre, size in zip((0, 5, 9), sizes, strict=True)])
    labels = np.repeat(np.arange(3), sizes).astype(np.int32)
    sampled = sampled_silhouette(rows, labels, rows=1_000)
    assert sampled == pytest.approx(silhouette_score(rows, labels), abs=0.01)


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_one_cluster_or_one_row_each_has_no_ratio(labels: list[int]) -> None:
    apart = separation(np.array([[0.0], [1.0], [5.0]]), np.array(labels, dtype=np.int32))
    assert apart.calinski_harabasz is None


def test_centres_that_coincide_have_no_davies_bouldin() -> None:
    rows = np.array([[0.0], [2.0], [0.0], [2.0]])
    assert separation(rows, np.array([0, 0, 1, 1], dtype=np.int32)).davies_bouldin is None


def test_true_clusters_come_back_and_split_ones_do_not() -> None:
    random = np.random.default_rng(1)
    rows = np.vstack([random.normal(centre, 1.0, (300, 3)) for centre in (0, 8, 16)])
    stable = {}
    for k in (3, 5):
        labels = SampledKMeans(k).fit(rows).labels_
        stable[k] = bootstrap_jaccard(rows, labels, lambda seed, k=k: SampledKMeans(k, n_init=3, random_state=seed))
    assert stable[3].min() > 0.98
    assert stable[5].min() < 0.75
    assert ((stable[5] >= 0) & (stable[5] <= 1)).all()


def test_supervised_vector_of_iris() -> None:
    about = about_label([[0, 48, 14], [50, 0, 0], [0, 2, 36]])
    assert about.purity == pytest.approx(0.893333, abs=5e-7)
    assert about.conditional_entropy == pytest.approx(0.393886, abs=5e-7)
    assert about.information_gain == pytest.approx(1.191076, abs=5e-7)
    assert about.gain_ratio == pytest.approx(0.764986, abs=5e-7)
    assert about.p_value == pytest.approx(0.001)
    table = np.array([[0, 48, 14], [50, 0, 0], [0, 2, 36]])
    assert about.cramers_v == pytest.approx(association(table, method="cramer"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=2), min_size=2, max_size=6), st.integers(0, 9))
def test_bounds_and_mutual_information(table: list[list[int]], seed: int) -> None:
    counts = np.array(table)
    if not counts.sum():
        return
    about = about_label(counts, shuffles=19, seed=seed)
    clusters = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    classes = np.concatenate([np.repeat([0, 1], row) for row in counts])
    assert about.information_gain == pytest.approx(mutual_info_score(clusters, classes) / np.log(2), abs=1e-9)
    assert 0 <= about.information_gain <= 1 + 1e-9
    assert 0.5 <= about.purity <= 1
    assert 0 < about.p_value <= 1
    assert 0 <= about.cramers_v <= 1 + 1e-12


def test_chance_gains_nothing_that_counts() -> None:
    random = np.random.default_rng(0)
    labels, classes = random.integers(0, 8, 2_000), random.integers(0, 2, 2_000)
    table = np.zeros((8, 2), dtype=int)
    np.add.at(table, (labels, classes), 1)
    about = about_label(table)
    assert about.information_gain > 0
    assert about.p_value > 0.01
    # the bias of mutual information, (clusters - 1) (classes - 1) / 2n nats: Miller (1955), Panzeri and Treves (1996)
    assert about.chance_gain == pytest.approx(7 / (2 * 2_000 * np.log(2)), rel=0.1)


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(ValueError, match="table of counts"):
        about_label([[0, 0], [0, 0]])


def test_inertia_is_that_of_k_means() -> None:
    rows = load_iris().data
    fitted = KMeans(3, n_init=10, random_state=0).fit(rows)
    assert separation(rows, fitted.labels_).inertia == pytest.approx(fitted.inertia_)
