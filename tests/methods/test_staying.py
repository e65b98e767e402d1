"""Months still to be expected: which curve serves whom."""

import numpy as np
import pytest

from telcli.methods.annuity import Terms, discounted_months
from telcli.methods.sbg import ShiftedBetaGeometric
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


def test_a_fading_tail_is_that_of_the_model_the_cells_were_made_by():
    model, rate = ShiftedBetaGeometric(0.668, 3.806, 0.0), 0.01
    at_risk = 1e6 * model.survival(np.arange(60))
    left = at_risk * model.hazard(np.arange(1, 61))
    staying = fit_staying(np.full(60, -1), np.arange(60), at_risk, left, least=1)
    terms = Terms(12, rate, tail=True)
    found = discounted_months(staying.outlook([3], [-1], 12, fading=rate), terms)[0]
    # Customers of tenure 3 have been through 4 periods; the first payment to come is discounted by one.
    assert found == pytest.approx(model.residual_lifetime(rate, [4])[0] / (1 + rate), rel=1e-4)
    even, fading = (staying.outlook([3, 59], [-1, -1], 12, rate_) for rate_ in (None, rate))
    sooner, later = (discounted_months(fading, terms) - discounted_months(even, terms)).tolist()
    assert sooner < 0 < later


def test_where_nobody_left_a_fading_tail_is_as_any():
    staying = fit_staying([-1], [0], [100], [0], least=1)
    assert staying.outlook([0], [-1], 3, fading=0.01).tail.tolist() == staying.outlook([0], [-1], 3).tail.tolist()
