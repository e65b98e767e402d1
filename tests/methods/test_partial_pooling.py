"""Pooling over periods against the published BCG vaccine figures, by hand, and by its properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.methods.partial_pooling import paule_mandel, random_effects

# Colditz and others (1994): tuberculosis among the vaccinated and the others, 13 trials (metafor's dat.bcg).
TREATED = np.array([[4, 119], [6, 300], [3, 228], [62, 13536], [33, 5036], [180, 1361], [8, 2537]])
TREATED = np.vstack([TREATED, [[505, 87886], [29, 7470], [17, 1699], [186, 50448], [5, 2493], [27, 16886]]])
OTHERS = np.array([[11, 128], [29, 274], [11, 209], [248, 12619], [47, 5761], [372, 1079], [10, 619]])
OTHERS = np.vstack([OTHERS, [[499, 87892], [45, 7232], [65, 1600], [141, 27197], [3, 2338], [29, 17825]]])
LOG_RATIO = np.log(TREATED[:, 0] / TREATED.sum(axis=1)) - np.log(OTHERS[:, 0] / OTHERS.sum(axis=1))
NOISE = 1 / TREATED[:, 0] - 1 / TREATED.sum(axis=1) + 1 / OTHERS[:, 0] - 1 / OTHERS.sum(axis=1)

few = st.lists(st.tuples(st.floats(-1, 1), st.floats(1e-4, 1)), min_size=2, max_size=8)


def test_the_spread_of_the_vaccine_trials_is_the_published_one():
    assert paule_mandel(LOG_RATIO, NOISE) == pytest.approx(0.3181, abs=5e-5)


def test_the_mean_and_its_intervals_are_the_published_ones():
    found = random_effects(LOG_RATIO, NOISE, spread=0.313243)
    # metafor's rma(test = "knha"): -0.7145 [-1.1084, -0.3206]; I^2 by Q alone 92.12%, Q 152.2330
    assert (found.mean, found.low, found.high) == pytest.approx((-0.7145, -1.1084, -0.3206), abs=5e-5)
    assert (found.q, found.share) == pytest.approx((152.2330, 0.9212), abs=5e-5)
    # a new trial by t with k - 2 degrees of freedom: standard error by hand from the weights
    weight = 1 / (NOISE + found.spread)
    assert found.next_high - found.mean == pytest.approx(2.200985 * np.sqrt(found.spread + 1 / weight.sum()), abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(few)
def test_each_period_lies_between_the_mean_and_its_own(pairs):
    own, noise = np.array(pairs).T
    found = random_effects(own, noise)
    assert found.next_low <= found.low <= found.mean <= found.high <= found.next_high
    inside = (found.shrunk - found.mean) * (own - found.shrunk)
    assert (inside >= -1e-12).all()


@settings(max_examples=40, deadline=None)
@given(few)
def test_without_a_spread_all_are_pooled_and_without_noise_none(pairs):
    own, noise = np.array(pairs).T
    assert np.ptp(random_effects(own, noise, spread=0.0).shrunk) == 0
    np.testing.assert_allclose(random_effects(own, noise * 1e-12, spread=0.01).shrunk, own, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(few)
def test_at_the_spread_the_squares_are_as_chance_would_have_them(pairs):
    own, noise = np.array(pairs).T
    spread = paule_mandel(own, noise)
    weight = 1 / (noise + spread)
    squares = weight @ (own - weight @ own / weight.sum()) ** 2
    assert squares == pytest.approx(own.size - 1, rel=1e-6) if spread > 0 else squares <= own.size - 1 + 1e-9


def test_one_period_has_its_own_interval():
    found = random_effects([0.05], [0.01**2])
    assert (found.low, found.high) == pytest.approx((0.05 - 0.019600, 0.05 + 0.019600), abs=1e-6)
    assert (found.spread, found.share) == (0.0, 0.0)


def test_an_estimate_without_a_variance_is_refused():
    with pytest.raises(DataError):
        random_effects([0.1, 0.2], [0.01, 0.0])
    with pytest.raises(DataError):
        random_effects([], [])
