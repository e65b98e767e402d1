"""The sBG model against the published fits, its own recursion, and sums taken term by term."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.cohort_retention import (
    discounted_lifetime,
    discounted_residual_lifetime,
    fit,
    log_likelihood,
    survival,
)

HIGH = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
PRINTED_HIGH, PRINTED_REGULAR = (0.668, 3.806), (0.704, 1.182)
SHAPE = st.floats(0.05, 20.0)


@pytest.mark.parametrize(
    ("cohort", "alpha", "beta", "likelihood"),
    [(HIGH, 0.6681, 3.8061, -1611.158), (REGULAR, 0.7041, 1.1820, -1680.265)],
)
def test_published_fits(cohort, alpha, beta, likelihood):
    found = fit([cohort])
    assert (found.alpha, found.beta) == (pytest.approx(alpha, abs=5e-5), pytest.approx(beta, abs=5e-5))
    assert found.log_likelihood == pytest.approx(likelihood, abs=5e-4)


def test_published_forecasts():
    later = survival(*PRINTED_HIGH, range(8, 13))
    assert later == pytest.approx([0.460, 0.436, 0.414, 0.395, 0.378], abs=5e-4)
    years = [0.6267, 0.4738, 0.3880, 0.3321, 0.2924, 0.2625, 0.2391, 0.2201, 0.2044, 0.1912, 0.1799, 0.1701]
    assert survival(*PRINTED_REGULAR, range(1, 13)) == pytest.approx(years, abs=5e-5)


@pytest.mark.parametrize(
    ("shape", "new", "residual"),
    [
        (PRINTED_HIGH, 5.9226, [5.4149, 5.9018, 6.2943, 6.6203, 6.8971]),
        (PRINTED_REGULAR, 3.6951, [2.9647, 4.1035, 4.8701, 5.4424, 5.8944]),
    ],
)
def test_published_lifetimes(shape, new, residual):
    assert discounted_lifetime(*shape, 0.10) == pytest.approx(new, abs=5e-5)
    assert [discounted_residual_lifetime(*shape, 0.10, n) for n in range(1, 6)] == pytest.approx(residual, abs=5e-5)


def test_published_check_at_the_eighth_renewal():
    assert discounted_residual_lifetime(*PRINTED_HIGH, 0.10, 8) == pytest.approx(7.530, abs=5e-4)


def test_several_cohorts_are_one_sum():
    both = log_likelihood(0.7, 2.0, [HIGH, REGULAR[:4]])
    assert both == pytest.approx(log_likelihood(0.7, 2.0, [HIGH]) + log_likelihood(0.7, 2.0, [REGULAR[:4]]))
    twice = fit([HIGH, HIGH])
    assert (twice.alpha, twice.beta) == (pytest.approx(0.6681, abs=1e-4), pytest.approx(3.8061, abs=1e-3))


@pytest.mark.parametrize("cohorts", [[[1000]], [[10, 11]], [[10, 10, 10]], []])
def test_what_cannot_be_fitted_is_refused(cohorts):
    with pytest.raises(ValueError):
        fit(cohorts)


@given(SHAPE, SHAPE)
def test_survival_follows_the_recursion_of_retention(alpha, beta):
    when = np.arange(1, 30)
    here = survival(alpha, beta, np.arange(0, 30))
    assert here[0] == pytest.approx(1.0)
    assert here[1:] / here[:-1] == pytest.approx((beta + when - 1) / (alpha + beta + when - 1))


@given(SHAPE, SHAPE, st.floats(0.05, 0.5), st.integers(1, 10))
def test_lifetimes_are_the_sums_they_stand_for(alpha, beta, rate, payments):
    when = np.arange(0, 2000)
    here = survival(alpha, beta, when)
    assert discounted_lifetime(alpha, beta, rate) == pytest.approx((here * (1 + rate) ** -when).sum(), rel=1e-6)
    ahead = survival(alpha, beta, payments + when) / survival(alpha, beta, payments - 1)
    residual = discounted_residual_lifetime(alpha, beta, rate, payments)
    assert residual == pytest.approx((ahead * (1 + rate) ** -when).sum(), rel=1e-6)
