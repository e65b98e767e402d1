"""Whale curve, Lorenz curve, Gini: hand-worked values and what must hold for any money."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.concentration import concentration, gini, gini_gross, lorenz_curve, top_share, whale_curve

MONEY = st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=40)
GAINS = st.lists(st.floats(0.01, 1e5), min_size=1, max_size=40)


def test_the_whale_rises_and_falls():
    shares, money = whale_curve([-30.0, 100.0, 40.0, 0.0], points=5)
    assert (shares.tolist(), money.tolist()) == ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 100.0, 140.0, 140.0, 110.0])


def test_known_concentrations():
    assert gini([1.0, 1.0, 1.0, 1.0]) == pytest.approx(0.0)
    assert gini([1.0, 2.0, 3.0, 4.0]) == pytest.approx(0.25)
    assert top_share([80.0] + [20.0 / 4] * 4, 0.2) == pytest.approx(0.8)
    assert top_share([80.0, 40.0, -20.0], 2 / 3) == pytest.approx(1.2)


@pytest.mark.parametrize("measure", [gini, lambda values: top_share(values, 0.2)])
@pytest.mark.parametrize("values", [[0.0, 0.0], [-1.0], [], [np.nan]])
def test_shares_of_nothing_are_refused(measure, values):
    with pytest.raises(ValueError):
        measure(values)


@given(MONEY)
def test_the_whale_ends_at_the_total_and_is_concave(values):
    _, money = whale_curve(values, points=len(values) + 1)
    assert money[-1] == pytest.approx(sum(values), abs=1e-4)
    assert (np.diff(money, 2) <= 1e-4).all()
    assert np.array_equal(money, whale_curve(values[::-1], points=len(values) + 1)[1])


@given(GAINS)
def test_gini_is_twice_the_area_below_the_diagonal(values):
    held = np.concatenate([[0.0], np.cumsum(np.sort(values))]) / sum(values)
    assert 1 - 2 * np.trapezoid(held, dx=1 / len(values)) == pytest.approx(gini(values), abs=1e-6)


@given(MONEY)
def test_the_gini_of_all_money_that_moves_keeps_its_bounds(values):
    found = gini_gross(values)
    assert -1e-9 <= found <= 1.0
    assert found == pytest.approx(gini_gross(values[::-1]), abs=1e-9)


@given(GAINS)
def test_both_ginis_are_one_where_nobody_loses_money(values):
    assert gini_gross(values) == pytest.approx(gini(values), abs=1e-9)


@given(MONEY)
def test_lorenz_mirrors_the_whale(values):
    worst, best = lorenz_curve(values, points=21)[1], whale_curve(values, points=21)[1]
    assert worst == pytest.approx(sum(values) - best[::-1], abs=1e-3)


def test_losses_and_what_they_eat():
    about = concentration([100.0, 50.0, 0.0, -30.0])
    assert (about.gain, about.loss, about.loss_makers, about.loss_maker_share) == (150.0, -30.0, 1, 0.25)
    assert (about.eaten, about.peak_share, about.peak_at) == (0.2, 1.25, 0.5)
    nothing = concentration([-1.0, -2.0])
    assert (nothing.eaten, nothing.peak_share, nothing.gini, nothing.peak_at) == (None, None, None, 0.0)
