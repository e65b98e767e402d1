"""The index beside its published vectors and another implementation of its weights, and NPS beside drawn answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA

from telcli.methods.net_promoter import net_promoter
from telcli.methods.satisfaction_index import OHIO, design_effect, first_component, index, pls_weights, weighted_mean

ANSWERS = st.lists(st.tuples(*[st.integers(1, 10)] * 3), min_size=1, max_size=20)


def test_published_vectors() -> None:
    assert index([[8, 7, 7]], [1, 1, 1], 1, 10)[0] == pytest.approx((8 + 7 + 7 - 3) / 27 * 100)
    assert round(float(index([[8, 7, 7]], OHIO, 1, 10)[0]), 3) == 70.983


@given(ANSWERS, st.tuples(*[st.floats(0.1, 5.0)] * 3))
def test_the_index_lies_between_the_items_and_does_not_mind_the_scale_of_weights(
    answers: list[tuple[int, ...]], weights: tuple[float, ...]
) -> None:
    found = index(answers, weights, 1, 10)
    points = (np.asarray(answers) - 1.0) / 9.0 * 100.0
    assert (found >= points.min(axis=1) - 1e-9).all() and (found <= points.max(axis=1) + 1e-9).all()
    assert np.allclose(found, index(answers, np.multiply(weights, 7.0), 1, 10))


def test_what_was_not_answered_is_left_out_but_for_the_first_item() -> None:
    found = index([[10, np.nan, 1], [np.nan, 10, 10]], [1, 1, 1], 1, 10)
    assert found[0] == 50.0 and np.isnan(found[1])


def test_weights_are_those_of_scikit_learn() -> None:
    chance = np.random.default_rng(5)
    common = chance.normal(size=(800, 1))
    x = (common + chance.normal(size=(800, 3)) * [0.3, 0.6, 0.9]) * [1.0, 2.0, 3.0]
    y = common[:, 0] + chance.normal(size=800)
    standard = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    theirs = np.abs(PCA(1).fit(standard).components_[0]) / x.std(axis=0, ddof=1)
    ours = first_component(x)
    assert ours is not None and np.allclose(ours, theirs / theirs.sum())
    loads = PLSRegression(1).fit(x, y).x_weights_[:, 0] / x.std(axis=0, ddof=1)
    ours = pls_weights(x, y)
    assert ours is not None and np.allclose(ours, loads / loads.sum())


def test_items_that_do_not_vary_or_go_against_each_other_give_no_weights() -> None:
    chance = np.random.default_rng(2)
    x = chance.normal(size=(300, 1))
    assert first_component(np.hstack([x, -x, x + chance.normal(size=(300, 1))])) is None
    assert first_component(np.hstack([x, x * 0, x])) is None


def test_a_weighted_mean_is_that_of_the_customers_spoken_for_and_its_interval_covers() -> None:
    chance = np.random.default_rng(11)
    covered = 0
    for _ in range(400):
        w = chance.choice([1.0, 3.0], 60)
        x = chance.normal(50, 20, 60)
        mean, low, high, worth = weighted_mean(x, w)
        covered += low <= 50 <= high
        assert mean == pytest.approx(np.average(x, weights=w)) and worth == pytest.approx(60 / design_effect(w))
    assert 0.92 <= covered / 400 <= 0.98


def test_the_error_of_nps_is_the_spread_of_drawn_scores() -> None:
    chance = np.random.default_rng(4)
    drawn = chance.choice([10, 8, 3], size=(4000, 200), p=[0.4, 0.35, 0.25])
    scores = 100 * ((drawn == 10).mean(axis=1) - (drawn == 3).mean(axis=1))
    found = net_promoter([10] * 80 + [8] * 70 + [3] * 50)
    assert found is not None and found.score == pytest.approx(15.0)
    assert found.error == pytest.approx(scores.std(), rel=0.05)
    alike = net_promoter([10] * 20)
    assert alike is not None and (alike.score, alike.high) == (100.0, 100.0) and alike.low < 100.0
    assert net_promoter([np.nan]) is None
