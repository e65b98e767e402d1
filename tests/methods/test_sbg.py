"""The shifted beta-geometric model: the published fits, its sums worked out term by term, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.sbg import ShiftedBetaGeometric, cohort_cells, fit_sbg

HIGH = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
SHAPES = st.tuples(st.floats(0.05, 20), st.floats(0.05, 50))


@pytest.mark.parametrize(
    ("here", "alpha", "beta", "likelihood"), [(HIGH, 0.6681, 3.8061, -1611.158), (REGULAR, 0.7041, 1.1820, -1680.265)]
)
def test_published_cohorts_give_the_published_shapes(
    here: list[int], alpha: float, beta: float, likelihood: float
) -> None:
    model = fit_sbg(*cohort_cells([here]))
    assert (model.alpha, model.beta) == (pytest.approx(alpha, abs=1e-4), pytest.approx(beta, abs=1e-4))
    assert model.log_likelihood == pytest.approx(likelihood, abs=1e-3)


def test_survival_beyond_the_data_is_as_published() -> None:
    high, regular = fit_sbg(*cohort_cells([HIGH])), fit_sbg(*cohort_cells([REGULAR]))
    assert high.survival(range(8, 13)) == pytest.approx([0.460, 0.436, 0.414, 0.395, 0.378], abs=5e-4)
    expected = [0.6267, 0.4738, 0.3880, 0.3321, 0.2924, 0.2625, 0.2391, 0.2201, 0.2044, 0.1912, 0.1799, 0.1701]
    assert regular.survival(range(1, 13)) == pytest.approx(expected, abs=1e-4)


def test_discounted_lifetimes_are_as_published() -> None:
    high, regular = fit_sbg(*cohort_cells([HIGH])), fit_sbg(*cohort_cells([REGULAR]))
    assert [each.lifetime(0.10) for each in (high, regular)] == pytest.approx([5.9226, 3.6951], abs=5e-4)
    left = [each.residual_lifetime(0.10, range(5)) for each in (high, regular)]
    assert left[0] == pytest.approx([5.4149, 5.9018, 6.2943, 6.6203, 6.8971], abs=5e-4)
    assert left[1] == pytest.approx([2.9647, 4.1035, 4.8701, 5.4424, 5.8944], abs=5e-4)
    assert float(high.residual_lifetime(0.10, 7)) == pytest.approx(7.530, abs=5e-4)


@given(SHAPES, st.integers(0, 20), st.floats(0.05, 0.5))
def test_the_closed_form_is_the_sum_of_its_terms(shape: tuple[float, float], renewals: int, discount: float) -> None:
    model = ShiftedBetaGeometric(*shape, 0.0)
    ahead = np.arange(0, 2000)
    new = (model.survival(ahead) * (1 + discount) ** -ahead.astype(float)).sum()
    still = model.survival(renewals + 1 + ahead) / model.survival(renewals)
    assert model.lifetime(discount) == pytest.approx(new, rel=1e-6)
    told = float(model.residual_lifetime(discount, renewals))
    assert told == pytest.approx((still * (1 + discount) ** -ahead.astype(float)).sum(), rel=1e-6)


@given(SHAPES)
def test_hazards_fall_and_multiply_to_survival(shape: tuple[float, float]) -> None:
    model = ShiftedBetaGeometric(*shape, 0.0)
    hazard = model.hazard(np.arange(1, 25))
    assert (np.diff(hazard) < 0).all()
    assert np.cumprod(1 - hazard) == pytest.approx(model.survival(np.arange(1, 25)), rel=1e-9)


@given(SHAPES)
def test_expected_cells_give_back_their_shape(shape: tuple[float, float]) -> None:
    true = ShiftedBetaGeometric(*shape, 0.0)
    here = 1e6 * true.survival(np.arange(0, 13))
    model = fit_sbg(here[:-1], -np.diff(here))
    assert model.survival(np.arange(1, 13)) == pytest.approx(true.survival(np.arange(1, 13)), abs=2e-4)


def test_several_cohorts_are_the_sum_of_their_likelihoods() -> None:
    cohorts = [HIGH, REGULAR[:5], REGULAR[:3]]
    both = fit_sbg(*cohort_cells(cohorts))

    def likelihood(alpha: float, beta: float) -> float:
        model = ShiftedBetaGeometric(alpha, beta, 0.0)
        total = 0.0
        for here in cohorts:
            kept = model.survival(np.arange(len(here)))
            total += (-np.diff(here) * np.log(-np.diff(kept))).sum() + here[-1] * np.log(kept[-1])
        return float(total)

    assert both.log_likelihood == pytest.approx(likelihood(both.alpha, both.beta), rel=1e-9)
    for alpha, beta in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98)):
        assert likelihood(both.alpha * alpha, both.beta * beta) < both.log_likelihood


def test_customers_first_seen_late_tell_of_late_periods_only() -> None:
    true = ShiftedBetaGeometric(0.8, 6.0, 0.0)
    at_risk = np.array([0, 0, 0, 5e6, 4e6, 3e6, 2e6, 1e6])
    model = fit_sbg(at_risk, at_risk * true.hazard(np.arange(1, 9)))
    assert (model.alpha, model.beta) == (pytest.approx(0.8, rel=0.01), pytest.approx(6.0, rel=0.01))


@pytest.mark.parametrize(
    ("at_risk", "left"), [([10.0], [0.0]), ([10.0], [10.0]), ([10.0], [11.0]), ([10.0, 5.0], [1.0]), ([5.0], [-1.0])]
)
def test_cells_that_tell_nothing_are_refused(at_risk: list[float], left: list[float]) -> None:
    with pytest.raises(ValueError):
        fit_sbg(at_risk, left)


def test_growing_cohorts_and_endless_sums_are_refused() -> None:
    with pytest.raises(ValueError, match="none above"):
        cohort_cells([[10, 11]])
    with pytest.raises(ValueError, match="discount"):
        ShiftedBetaGeometric(1.0, 1.0, 0.0).lifetime(0.0)


@pytest.mark.parametrize("beta", [0.5, 3.8, 50.0, 500.0])
@pytest.mark.parametrize("discount", [0.0005, 0.005, 0.1])
def test_stays_to_come_are_the_plain_sum_whatever_the_discount_and_the_tenure(beta: float, discount: float) -> None:
    model, done = ShiftedBetaGeometric(0.668, beta, 0.0), np.array([0, 60, 120, 400])
    periods = np.arange(1, int(40 / discount))
    by_hand = [
        float((model.survival(periods + n) / model.survival(n) * (1 + discount) ** -(periods - 1.0)).sum())
        for n in done
    ]
    assert model.residual_lifetime(discount, done) == pytest.approx(by_hand, rel=1e-6)
    hazard = model.even_hazard(discount, done)
    assert ((hazard > 0) & (hazard < 1)).all()
