"""The life table: hand-worked vectors, lifelines as another implementation, and what must hold for any data."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.survival import conditional_survival, entry_cells, life_table, raw_hazard

CELLS = st.lists(st.tuples(st.integers(0, 500), st.floats(0, 1)), min_size=1, max_size=30)


def cells(drawn):
    at_risk = np.array([risk for risk, _ in drawn], dtype=float)
    return at_risk, np.floor(at_risk * np.array([part for _, part in drawn]))


def test_published_example():
    table = life_table([1000, 980, 955], [20, 25, 25])
    assert table.hazard == pytest.approx([0.02, 0.02551, 0.02618], abs=5e-6)
    assert table.survival == pytest.approx([0.98, 0.955, 0.93], abs=1e-12)
    assert (table.reliable, table.tail_hazard) == (2, pytest.approx(25 / 955))


def test_empty_cells_join_their_neighbours():
    table = life_table([0, 10, 0, 0, 20, 0], [0, 1, 0, 0, 4, 0])
    assert table.hazard == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.2, 0.2])
    assert table.reliable == 4


def test_thin_cells_pool_until_they_hold_enough():
    table = life_table([100, 30, 40, 50, 10], [10, 3, 4, 3, 1], least=100)
    assert table.hazard == pytest.approx([0.1] + [11 / 130] * 4)
    assert table.reliable == 0


def test_the_tail_is_the_longest_tenures_with_a_tenth_of_the_months():
    table = life_table([500, 400, 60, 40], [50, 40, 3, 1], least=0)
    assert table.tail_hazard == pytest.approx(4 / 100)
    assert conditional_survival(table, [3], 2)[0] == pytest.approx([0.96, 0.96**2])


def test_nobody_left_and_everybody_left():
    assert life_table([5, 5], [0, 0]).survival.tolist() == [1.0, 1.0]
    assert life_table([5, 5], [0, 5]).survival.tolist() == [1.0, 0.0]


def test_nobody_at_risk_is_no_hazard():
    assert raw_hazard([0, 4], [0, 1]).tolist() == [0.0, 0.25]
    assert life_table([0.0], [0.0]).tail_hazard == 0.0


@pytest.mark.parametrize(("at_risk", "left"), [([], []), ([1], [2]), ([1], [-1]), ([1, 2], [1]), ([np.nan], [0])])
def test_impossible_cells_are_refused(at_risk, left):
    with pytest.raises(ValueError):
        life_table(at_risk, left)


@pytest.mark.parametrize(("tenure", "left"), [([], []), ([-1], [True]), ([1, 2], [True])])
def test_impossible_stays_are_refused(tenure, left):
    with pytest.raises(ValueError):
        entry_cells(tenure, left)


def test_conditional_survival_is_the_ratio_of_survivals():
    table = life_table([1000, 980, 955, 900], [20, 25, 25, 9])
    ahead = conditional_survival(table, [0, 1], 2)
    assert ahead[0] == pytest.approx(table.survival[1:3] / table.survival[0])
    assert ahead[1] == pytest.approx(table.survival[2:4] / table.survival[1])


@pytest.mark.parametrize("watched", [0, 1, 3])
def test_equals_kaplan_meier_of_lifelines_with_late_entry(watched):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter

        random = np.random.default_rng(7)
        tenure, left = random.integers(1, 40, 3000), random.random(3000) < 0.3
        entry = np.zeros_like(tenure) if watched == 0 else np.maximum(tenure - watched, 0)
        theirs = KaplanMeierFitter().fit(tenure, left, entry=entry)
        expected = theirs.survival_function_at_times(np.arange(1, 40)).to_numpy()
    # lifelines counts those with entry < t <= tenure at risk, which is entering at the start of month entry + 1;
    # nobody is watched at tenure 0 when the window is short, so both are compared from there on
    ours = life_table(*entry_cells(tenure, left, watched)).survival
    assert ours[1:] / ours[0] == pytest.approx(expected, abs=1e-10)


def test_intervals_equal_those_of_lifelines():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter

        random = np.random.default_rng(8)
        tenure, left = random.integers(1, 30, 800), random.random(800) < 0.4
        theirs = KaplanMeierFitter(alpha=0.1).fit(tenure, left)
        expected = theirs.confidence_interval_.to_numpy()[1:]
    low, high = life_table(*entry_cells(tenure, left)).interval(0.9)
    assert np.column_stack([low, high])[1:] == pytest.approx(expected, abs=1e-9)


def test_a_pool_is_as_sure_as_its_one_hazard_told_often():
    # two tenures of one pool: ln S = 2 ln(1 - h), so that its error is twice that of one cell of them both
    both = life_table([60, 40], [6, 4], least=100)
    one = life_table([100], [10])
    low, high = both.interval()
    assert low[0] == pytest.approx(one.interval()[0][0])
    assert low[1] == pytest.approx(low[0] ** 2)
    assert high[1] == pytest.approx(high[0] ** 2)


@given(CELLS, st.floats(0, 300), st.floats(0.5, 0.99))
def test_intervals_hold_the_curve_within_bounds(drawn, least, level):
    table = life_table(*cells(drawn), least=least)
    low, high = table.interval(level)
    assert ((low >= 0) & (low <= table.survival + 1e-12) & (table.survival <= high + 1e-12) & (high <= 1)).all()


@given(CELLS, st.floats(0, 300))
def test_survival_falls_within_bounds(drawn, least):
    table = life_table(*cells(drawn), least=least)
    for shares in (table.hazard, table.survival, np.array([table.tail_hazard])):
        assert ((shares >= 0) & (shares <= 1)).all()
    assert (np.diff(table.survival) <= 1e-12).all()
    ahead = conditional_survival(table, np.arange(len(table.hazard) + 3), 6)
    assert ((ahead >= 0) & (ahead <= 1)).all()
    assert (np.diff(ahead, axis=1) <= 1e-12).all()


@given(CELLS)
def test_pooling_keeps_the_expected_number_of_leavings(drawn):
    at_risk, left = cells(drawn)
    assert (life_table(at_risk, left, 50.0).hazard * at_risk).sum() == pytest.approx(left.sum())


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60), st.integers(0, 5))
def test_cells_do_not_depend_on_the_order_of_customers(stays, watched):
    forward = entry_cells(*zip(*stays, strict=True), watched)
    backward = entry_cells(*zip(*reversed(stays), strict=True), watched)
    assert all((one == other).all() for one, other in zip(forward, backward, strict=True))
    assert forward[1].sum() == sum(left for _, left in stays)
    assert (forward[0] >= forward[1]).all()


def test_until_somebody_leaves_the_low_end_is_the_exact_one():
    low, high = life_table([50, 40, 40], [0, 0, 4]).interval(0.95)
    assert low[:2] == pytest.approx([0.025 ** (1 / 50), 0.025 ** (1 / 40)])
    assert high[:2].tolist() == [1.0, 1.0]
    assert low[2] < low[1]


def test_intervals_hold_as_often_as_they_say_where_few_have_left():
    random, hazard = np.random.default_rng(7), 0.004
    tables = [life_table([300, 300], random.binomial(300, hazard, 2)) for _ in range(600)]
    held = [table.interval(0.95)[0][1] <= (1 - hazard) ** 2 <= table.interval(0.95)[1][1] for table in tables]
    assert np.mean(held) > 0.93
