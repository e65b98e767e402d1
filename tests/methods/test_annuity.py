"""Staying made into money: closed forms, simulated customers, and what must hold for any hazard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.annuity import Terms, discounted_months, growing_months, leaving_chance, monthly_rate, months_range
from telcli.methods.outlook import Outlook, by_tenure
from telcli.methods.survival import life_table

HAZARD = st.floats(0.0, 1.0)


LONG = 6000


def table(hazard):
    """Customers who leave at one rate: a long outlook, of which terms take as much as they count."""
    at = min(max(hazard, 0.0), 1.0)
    return Outlook(((1.0 - at) ** np.arange(1.0, LONG + 1.0))[None, :], np.array([at]), np.array([0]))


def test_monthly_rate_compounds_to_the_yearly_one():
    assert monthly_rate(0.10) == pytest.approx(0.00797414, abs=5e-9)
    assert (1 + monthly_rate(0.37)) ** 12 == pytest.approx(1.37)
    assert monthly_rate(0.0) == 0.0


@pytest.mark.parametrize(("retention", "rate"), [(0.8, 0.1), (0.98, 0.00797414), (0.5, 0.02)])
def test_constant_retention_has_the_closed_form(retention, rate):
    ahead = discounted_months(table(1 - retention), Terms(5000, rate))[0]
    assert 1 + ahead == pytest.approx((1 + rate) / (1 + rate - retention))


def test_two_months_by_hand():
    found = discounted_months(by_tenure(life_table([100, 100, 100], [0, 10, 20]), 2), Terms(2, 0.01))
    assert found[0] == pytest.approx(0.9 / 1.01 + 0.9 * 0.8 / 1.01**2)


@given(HAZARD, st.integers(1, 60), st.floats(0, 0.1))
def test_expected_months_lie_between_none_and_an_annuity(hazard, horizon, rate):
    ahead = discounted_months(table(hazard), Terms(horizon, rate))[0]
    assert 0 <= ahead <= sum((1 + rate) ** -t for t in range(1, horizon + 1)) + 1e-9


@given(
    st.tuples(HAZARD, HAZARD), st.tuples(st.integers(1, 60), st.integers(1, 60)), st.tuples(*[st.floats(0, 0.1)] * 2)
)
def test_more_months_with_retention_and_horizon_fewer_with_discount(hazards, horizons, rates):
    low, high = sorted(hazards)
    short, long = sorted(horizons)
    cheap, dear = sorted(rates)
    best = discounted_months(table(low), Terms(long, cheap))[0]
    for other in ((high, long, cheap), (low, short, cheap), (low, long, dear)):
        assert discounted_months(table(other[0]), Terms(*other[1:]))[0] <= best + 1e-9


@pytest.mark.parametrize(("timing", "earlier"), [("end", 0.0), ("middle", 0.5), ("start", 1.0)])
def test_money_that_comes_earlier_counts_for_more(timing, earlier):
    ahead = discounted_months(table(0.1), Terms(12, 0.02, timing))[0]
    assert ahead == pytest.approx(discounted_months(table(0.1), Terms(12, 0.02))[0] * 1.02**earlier)


@pytest.mark.parametrize("timing", ["end", "middle", "start"])
@pytest.mark.parametrize(("hazard", "rate"), [(0.03, 0.0), (0.0, 0.01), (0.05, 0.02)])
def test_a_tail_is_what_a_horizon_without_end_adds(timing, hazard, rate):
    endless = discounted_months(table(hazard), Terms(6000, rate, timing))[0]
    for horizon in (1, 12, 36):
        assert discounted_months(table(hazard), Terms(horizon, rate, timing, tail=True))[0] == pytest.approx(endless)


def test_a_tail_without_end_is_refused():
    with pytest.raises(ValueError, match="no end"):
        discounted_months(table(0.0), Terms(12, tail=True))


def test_ranges_hold_as_many_simulated_customers_as_they_say():
    random, hazard, noise = np.random.default_rng(4), 0.03, np.random.default_rng(5).normal(1.0, 0.2, 101)
    terms = Terms(24, 0.01, "middle")
    low, high = months_range(table(hazard), terms, 0.8, noise)
    months = np.minimum(random.geometric(hazard, 200_000) - 1, 24)
    money = np.concatenate([[0.0], np.cumsum(terms.weights())])[months] * random.choice(noise, 200_000)
    below, above = (money < low[0]).mean(), (money > high[0]).mean()
    assert (below, above) == (pytest.approx(0.1, abs=0.005), pytest.approx(0.1, abs=0.005))


@given(st.lists(HAZARD, min_size=1, max_size=6), st.integers(1, 30), st.floats(0, 0.05), st.floats(0.05, 0.98))
def test_ranges_lie_within_bounds_and_widen_with_their_level(hazards, horizon, rate, level):
    made = by_tenure(life_table([1000.0] * len(hazards), [1000.0 * hazard for hazard in hazards]), horizon)
    terms = Terms(horizon, rate)
    low, high = months_range(made, terms, level)
    wide_low, wide_high = months_range(made, terms, (1 + level) / 2)
    assert ((low >= 0) & (low <= high) & (high <= terms.weights().sum() + 1e-9)).all()
    assert ((wide_low <= low) & (wide_high >= high)).all()


def test_the_month_of_leaving_counts_in_part():
    # a tenth leaves each month: 0.9 + 0.4 x 0.1 in the first, 0.81 + 0.4 x 0.09 in the second, ... without an end
    outlook = by_tenure(life_table([100.0], [10.0]), 2)
    assert discounted_months(outlook, Terms(2, leaving=0.4)) == pytest.approx([0.94 + 0.846])
    assert growing_months(outlook, Terms(2, leaving=0.4)) == pytest.approx([0.94 + 2 * 0.846])
    near, far = (Terms(months, 0.01, tail=True, leaving=0.4) for months in (2, 400))
    long = discounted_months(by_tenure(life_table([100.0], [10.0]), 400), far)
    assert discounted_months(outlook, near) == pytest.approx(long)


def test_who_leaves_at_once_brings_the_month_of_leaving():
    low, high = months_range(by_tenure(life_table([100.0], [30.0]), 3), Terms(3, leaving=0.5), 0.8)
    assert (low.tolist(), high.tolist()) == ([0.5], [3.0])


def test_what_is_lost_on_leaving_is_discounted_as_the_month_of_leaving_is():
    outlook = by_tenure(life_table([100.0], [20.0]), 3)
    # a fifth leaves, then a fifth of 0.8, then of 0.64
    assert leaving_chance(outlook, Terms(3, 0.25)) == pytest.approx([0.2 * 0.8 + 0.16 * 0.64 + 0.128 * 0.512])
    whole, none = (discounted_months(outlook, Terms(3, 0.25, leaving=share)) for share in (1.0, 0.0))
    assert leaving_chance(outlook, Terms(3, 0.25, tail=True)) == pytest.approx(whole - none)
