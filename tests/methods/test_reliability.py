"""Chances beside outcomes: groups of predictions alone, and intervals that hold what is true."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.methods.reliability import reliability, reliability_groups

CHANCES = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=300)


@settings(max_examples=60, deadline=None)
@given(CHANCES)
def test_groups_go_down_with_the_chance_and_equal_chances_share_one(chances: list[float]) -> None:
    p = np.array(chances)
    group = reliability_groups(p)
    assert set(group) == set(range(group.max() + 1))
    assert group.max() < max(1, min(10, p.sum() // 10))
    ranked = np.argsort(-p, kind="stable")
    assert (np.diff(group[ranked]) >= 0).all()
    for chance in np.unique(p):
        assert len(set(group[p == chance])) == 1


@settings(max_examples=60, deadline=None)
@given(CHANCES, st.integers(0, 2**31))
def test_rows_add_up_to_those_tested(chances: list[float], seed: int) -> None:
    p = np.array(chances)
    y = (np.random.default_rng(seed).random(p.size) < p) * 1.0
    rows = reliability(y, p)
    assert sum(row["customers"] for row in rows) == p.size
    assert sum(row["churners"] for row in rows) == y.sum()
    assert abs(sum(row["expected"] for row in rows) - p.sum()) < 1e-6
    assert all(row["rate_low"] <= row["churn_rate"] <= row["rate_high"] for row in rows)


def test_no_order_of_rows_changes_a_digit() -> None:
    random = np.random.default_rng(0)
    p = random.beta(0.6, 12, 5000)
    y = random.random(5000) < p
    mixed = random.permutation(5000)
    assert reliability(y, p) == reliability(y[mixed], p[mixed])


def test_right_chances_lie_in_their_intervals_about_95_times_in_100_and_wrong_ones_do_not() -> None:
    random = np.random.default_rng(5)
    held, wrong = [], []
    for _ in range(150):
        p = random.beta(1, 12, 3000)
        for scale, told in ((1.0, held), (1.8, wrong)):
            rows = reliability(random.random(p.size) < np.minimum(scale * p, 1.0), p)
            told += [row["rate_low"] <= row["mean_probability"] <= row["rate_high"] for row in rows]
    assert 0.93 < np.mean(held) < 0.98
    assert np.mean(wrong) < 0.2
