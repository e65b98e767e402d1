"""Means pulled together: the published estimator, planted groups, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.shrinking import shrunk_means

GROUPS = st.lists(st.lists(st.floats(-100, 100), min_size=0, max_size=12), min_size=1, max_size=8)


def sums(groups):
    return (
        [len(each) for each in groups],
        [float(np.sum(each)) for each in groups],
        [float(np.sum(np.square(each))) for each in groups],
    )


def test_groups_that_differ_by_chance_alone_are_one():
    same = [[1.0, 3.0], [1.5, 2.5], [0.0, 4.0]]
    assert shrunk_means(*sums(same)) == pytest.approx([2.0, 2.0, 2.0])


def test_dersimonian_and_laird_by_hand():
    groups = [[0.0, 2.0] * 10, [5.0, 7.0] * 10, [9.0, 11.0] * 5]
    within = 50 / 47
    weight = np.array([20, 20, 10]) / within
    mean = np.array([1.0, 6.0, 10.0])
    centre = weight @ mean / weight.sum()
    room = weight.sum() - (weight**2).sum() / weight.sum()
    between = (weight @ (mean - centre) ** 2 - 2) / room
    again = 1 / (between + within / np.array([20, 20, 10]))
    middle = again @ mean / again.sum()
    expected = middle + between / (between + within / np.array([20, 20, 10])) * (mean - middle)
    assert shrunk_means(*sums(groups)) == pytest.approx(expected)


def test_planted_groups_are_told_better_than_by_their_own_means():
    random, better = np.random.default_rng(1), 0
    for _ in range(40):
        true = random.normal(0.0, 1.0, 30)
        groups = [random.normal(each, 4.0, int(random.integers(2, 20))) for each in true]
        own = np.array([each.mean() for each in groups])
        better += ((shrunk_means(*sums(groups)) - true) ** 2).sum() < ((own - true) ** 2).sum()
    assert better >= 38


@given(GROUPS)
def test_each_lies_between_its_own_mean_and_those_of_others(groups):
    found = shrunk_means(*sums(groups))
    means = [np.mean(each) for each in groups if each]
    if not means:
        assert (found == 0).all()
        return
    assert (found >= min(means) - 1e-6).all()
    assert (found <= max(means) + 1e-6).all()
