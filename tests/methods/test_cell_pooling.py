"""Pooling over crossed factors: one factor by hand, its limits, and many cells nearer to the truth than their own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.methods.cell_pooling import NO_PART, NOT_SEEN, pool_cells
from telcli.methods.partial_pooling import paule_mandel, random_effects

cells = st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(1e-4, 0.1)), min_size=2, max_size=7)


def one_factor(own):
    return np.arange(len(own))[:, None]


@settings(max_examples=40, deadline=None)
@given(cells, st.floats(0.01, 0.4))
def test_one_factor_is_the_usual_pooling_of_groups(pairs, spread):
    own, noise = np.array(pairs).T
    usual = random_effects(own, noise, spread=spread**2)
    pool = pool_cells(own, noise, one_factor(own), [0.1], spreads=[spread])
    found = pool.expected([*one_factor(own).tolist(), [NO_PART], [NOT_SEEN]])
    np.testing.assert_allclose(found.effect[:-2], usual.shrunk, atol=1e-9)
    error = 1 / np.sqrt((1 / (noise + spread**2)).sum())
    assert found.effect[-2] == pytest.approx(usual.mean, abs=1e-9) == found.effect[-1]
    assert found.error[-2] == pytest.approx(error, rel=1e-6)
    assert found.error[-1] == pytest.approx(np.hypot(error, spread), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(cells)
def test_limits_many_customers_are_the_own_and_no_spread_the_pooled(pairs):
    own, noise = np.array(pairs).T
    sure = pool_cells(own, noise * 1e-9, one_factor(own), [0.1], spreads=[0.1]).expected(one_factor(own))
    np.testing.assert_allclose(sure.effect, own, atol=1e-5)
    alike = pool_cells(own, noise, one_factor(own), [0.1], spreads=[1e-9]).expected(one_factor(own))
    np.testing.assert_allclose(alike.effect, (own / noise).sum() / (1 / noise).sum(), atol=1e-7)


def test_a_wide_prior_gives_the_restricted_likelihood_of_many_groups():
    rng = np.random.default_rng(3)
    own, noise = rng.normal(0.03, 0.05, 200) + rng.normal(0, 0.02, 200), np.full(200, 0.02**2)
    pool = pool_cells(own, noise, one_factor(own), [0.05])
    assert pool.spreads[0] ** 2 == pytest.approx(paule_mandel(own, noise), rel=0.03)


def test_the_prior_stands_where_one_level_tells_nothing():
    assert pool_cells([0.1], [0.01], [[0]], [0.03]).spreads[0] == pytest.approx(0.03, rel=1e-3)


def test_crossed_cells_come_nearer_to_the_truth_than_their_own_and_intervals_cover():
    rng = np.random.default_rng(11)
    segment, theme = (part.ravel() for part in np.meshgrid(np.arange(6), np.arange(8)))
    squares, own_squares, inside = 0.0, 0.0, []
    for _ in range(10):
        truth = 0.03 + rng.normal(0, 0.02, 6)[segment] + rng.normal(0, 0.04, 8)[theme]
        noise = rng.uniform(0.02, 0.12, truth.size) ** 2
        own = truth + rng.normal(size=truth.size) * np.sqrt(noise)
        groups = np.column_stack([segment, theme, np.arange(truth.size)])
        found = pool_cells(own, noise, groups, [0.03, 0.03, 0.02]).expected(groups)
        squares += ((found.effect - truth) ** 2).sum()
        own_squares += ((own - truth) ** 2).sum()
        inside += (np.abs(found.effect - truth) <= 1.96 * found.error).tolist()
    assert squares < 0.3 * own_squares
    assert 0.9 < np.mean(inside) < 0.99


def test_a_level_not_seen_in_one_factor_still_knows_the_other():
    pool = pool_cells([0.2, 0.0], [1e-4, 1e-4], [[0, 0], [1, 0]], [0.1, 0.1], spreads=[0.1, 0.1])
    seen, unseen, none = pool.expected([[0, 0], [0, NOT_SEEN], [NOT_SEEN, NOT_SEEN]]).effect
    assert seen > unseen > none
    errors = pool.expected([[0, 0], [0, NOT_SEEN], [NOT_SEEN, NOT_SEEN]]).error
    assert errors[0] < errors[1] < errors[2]


def test_nothing_and_estimates_without_variance_are_refused():
    with pytest.raises(DataError):
        pool_cells([], [], np.empty((0, 1)), [0.1])
    with pytest.raises(DataError):
        pool_cells([0.1], [0.0], [[0]], [0.1])
