"""Usual months, ranks and tiers: hand-worked months, and what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.lifetime_value import (
    HALF_LIVES,
    Usual,
    choose_usual,
    known_mean,
    percentile_rank,
    tier_places,
    usual_margin,
)

NAN = float("nan")
MONEY = st.floats(-1e6, 1e6)
ROWS = st.lists(st.lists(st.one_of(MONEY, st.just(NAN)), min_size=6, max_size=6), min_size=1, max_size=20)


def test_usual_margin_by_hand():
    months = [
        [50.0, 50.0, 50.0, 50.0, 50.0, 950.0],  # limited to 50 + 3 x 50
        [0.0, 0.0, 0.0, 0.0, 0.0, 60.0],  # within the typical size of other customers
        [NAN, NAN, NAN, 40.0, NAN, 44.0],
        [30.0, NAN, NAN, NAN, NAN, NAN],
        [NAN] * 6,
        [-10.0, -10.0, -10.0, -10.0, -10.0, -400.0],  # limited to -10 - 3 x 42, the typical size being larger
    ]
    sizes = sorted([50.0, 0.0, 42.0, 30.0, 10.0])
    typical = sizes[2]
    expected = [100.0, 20.0, 42.0, 30.0, NAN, (-20.0 - 10.0 - 3 * typical) / 3]
    assert usual_margin(months) == pytest.approx(expected, nan_ok=True)


def test_without_a_limit_it_is_the_plain_mean():
    assert usual_margin([[1.0, 2.0, 900.0]], Usual(2, 0.0)).tolist() == [451.0]


def test_later_months_count_more_by_the_half_life():
    # weights 1/4, 1/2 and 1 of the months known, nothing of the one that is not
    assert usual_margin([[8.0, NAN, 4.0, 2.0]], Usual(4, 0.0, 1.0)) == pytest.approx(
        [(1 + 2 + 2) / (1 / 8 + 1 / 2 + 1)]
    )


def test_a_plan_changed_last_month_tells_what_comes():
    months = [[100.0, 110.0, 33.0], [100.0, 110.0, 33.0], [100.0, 110.0, 33.0], [5.0, 4.0, 3.0]]
    fees = [[100.0, 100.0, 30.0], [100.0, 100.0, NAN], [NAN, NAN, 30.0], [90.0, 90.0, 1.0]]
    # 30 + (0 + 10 + 3) / 3; the fee of now not known: the plain mean; only one rest known; not less than nothing
    assert usual_margin(months, Usual(3, 0.0), fees) == pytest.approx([34 + 1 / 3, 81.0, 33.0, 0.0])


def test_fees_that_never_change_change_nothing():
    months = noisy(200, drift=0.1, noise=0.2)
    fees = np.repeat(months[:, :1], 12, axis=1)
    for how in (Usual(), Usual(12, 0.0, 3.0)):
        assert usual_margin(months, how, fees) == pytest.approx(usual_margin(months, how))


def test_a_large_customer_stays_large():
    months = np.full((101, 12), 50.0)
    months[0] = 1e6
    assert usual_margin(months)[0] == 1e6


@given(ROWS)
def test_usual_margin_lies_within_the_known_months_and_ignores_order_of_customers(rows):
    found, turned = usual_margin(rows), usual_margin(rows[::-1])[::-1]
    assert np.array_equal(found, turned, equal_nan=True)
    for row, value in zip(np.array(rows), found, strict=True):
        known = row[~np.isnan(row)]
        assert np.isnan(value) if not known.size else known.min() - 1e-6 <= value <= known.max() + 1e-6


@given(ROWS, st.floats(0.1, 10))
def test_usual_margin_follows_the_unit_of_money(rows, factor):
    scaled = usual_margin(np.array(rows) * factor)
    assert scaled == pytest.approx(usual_margin(rows) * factor, nan_ok=True, rel=1e-6, abs=1e-6)


def noisy(customers, drift, noise):
    random = np.random.default_rng(2)
    steps = np.cumsum(random.normal(0, drift, (customers, 12)), axis=1)
    return 100 * np.exp(random.normal(0, 0.3, (customers, 1)) + steps + random.normal(0, noise, (customers, 12)))


def test_steady_noisy_months_are_averaged_longer_than_drifting_ones():
    steady, drifting = choose_usual(noisy(2000, drift=0.0, noise=0.3)), choose_usual(noisy(2000, drift=0.3, noise=0.0))
    assert steady.half_life == max(HALF_LIVES) > drifting.half_life == min(HALF_LIVES)


def test_months_are_pulled_in_where_odd_ones_do_not_come_again():
    random = np.random.default_rng(3)
    once = noisy(2000, drift=0.0, noise=0.1)
    once[random.random(once.shape) < 0.02] += 2000.0
    often = noisy(2000, drift=0.0, noise=0.1)
    often[:200] *= np.where(random.random((200, 12)) < 0.4, 8.0, 1.0)
    assert choose_usual(once).spike_limit == 3.0
    assert choose_usual(often).spike_limit == choose_usual(once, 0.0).spike_limit == 0.0


@given(ROWS)
def test_a_way_is_always_found(rows):
    assert choose_usual(np.hstack([rows, rows])).half_life in HALF_LIVES
    assert choose_usual(rows) == Usual()


def test_all_ways_foretelling_alike_it_is_the_steadiest():
    assert choose_usual([[5.0] * 12]) == choose_usual([[NAN] * 12] * 2) == Usual(12, 3.0, 12.0)


def test_known_mean():
    assert known_mean([[1.0, NAN, 3.0], [NAN, NAN, NAN]]) == pytest.approx([2.0, NAN], nan_ok=True)


@given(st.lists(MONEY, min_size=1, max_size=50))
def test_percentile_rank_orders_as_values_do(values):
    rank = percentile_rank(values)
    assert ((rank > 0) & (rank < 100)).all()
    assert rank.mean() == pytest.approx(50)
    for one, first in zip(values, rank, strict=True):
        for other, second in zip(values, rank, strict=True):
            assert (one > other) == (first > second)


def test_tiers_hold_the_shares_asked_for():
    places = tier_places(percentile_rank(np.arange(100.0)), [0.05, 0.15, 0.30])
    assert np.bincount(places).tolist() == [5, 15, 30, 50]
    assert len(set(tier_places(percentile_rank([7.0] * 9), [0.05, 0.15, 0.30]).tolist())) == 1
