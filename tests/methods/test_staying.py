"""Months still to be expected: which curve serves whom."""

import numpy as np
import pytest

from telcli.methods.annuity import Terms, discounted_months
from telcli.methods.staying import LEAVERS_NEEDED, fit_staying


def test_one_curve_while_a_group_has_few_leavers():
    few = LEAVERS_NEEDED - 1
    assert not fit_staying([0, 1], [0, 0], [1000, 1000], [500, few], least=1).groups
    assert sorted(fit_staying([0, 1], [0, 0], [1000, 1000], [500, LEAVERS_NEEDED], least=1).groups) == [0, 1]


def test_each_group_takes_its_own_curve_and_others_the_overall_one():
    staying = fit_staying([0, 1], [0, 0], [1000, 1000], [100, 300], least=1)
    found = discounted_months(staying.outlook([0, 0, 0], [0, 1, -1], 1), Terms(1))
    assert found == pytest.approx([0.9, 0.7, 0.8])


def test_unknown_tenure_takes_the_average_and_long_tenure_the_tail():
    staying = fit_staying([-1] * 3, [0, 1, -1], [100, 100, 100], [30, 10, 20], least=1)
    found = discounted_months(staying.outlook([-1, 0, 500], [-1, -1, -1], 1), Terms(1))
    assert found == pytest.approx([0.8, 0.9, 0.9])
    assert staying.overall.left.sum() == 40


def test_no_tenure_at_all_is_one_constant_hazard():
    staying = fit_staying([-1], [-1], [100], [10], least=1)
    assert discounted_months(staying.outlook([-1], [0], 2), Terms(2)) == pytest.approx([0.9 + 0.81])
    assert len(staying.overall.hazard) == 1


def test_order_of_cells_does_not_matter():
    random = np.random.default_rng(3)
    tenure, at_risk = np.arange(50), random.integers(100, 900, 50)
    left, order = random.integers(0, 50, 50), random.permutation(50)
    one = fit_staying(np.zeros(50), tenure, at_risk, left, 200)
    other = fit_staying(np.zeros(50), tenure[order], at_risk[order], left[order], 200)
    assert np.array_equal(one.overall.hazard, other.overall.hazard)
