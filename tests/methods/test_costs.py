"""Costs, thresholds, savings and decisions against the vectors of the literature."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.methods.costs import CostMatrix, decisions, savings, total_cost

COSTS = {"tp": 0, "fp": [4, 1, 2, 2], "tn": 0, "fn": [1, 3, 3, 1]}


def test_total_cost_and_savings_of_the_published_example() -> None:
    assert total_cost([0, 1, 1, 0], [0, 1, 0, 0], **COSTS) == 3.0
    assert savings([0, 1, 1, 0], [0, 1, 0, 0], **COSTS) == 0.5
    assert total_cost([0, 1, 1, 0], [0.2, 0.9, 0.1, 0.2], **COSTS) == pytest.approx(4.2)
    assert total_cost([1, 0, 0, 1], [1, 1, 0, 0], tp=1, fp=2, tn=3, fn=4) == 10


def test_savings_where_a_blanket_decision_costs_nothing() -> None:
    free = {"tp": 0, "fp": 0, "tn": 0, "fn": 5}
    assert savings([0, 1], [0, 1], **free) == 0.0
    assert savings([0, 1], [0, 0], **free) == -np.inf


def test_the_threshold_of_verbraken() -> None:
    kept = CostMatrix.of_value([200.0], 10, 1, 0.3)
    assert kept.threshold().item() == pytest.approx(11 / 67) and round(kept.threshold().item(), 6) == 0.164179
    assert kept.expected_saving([11 / 67]).item() == pytest.approx(0.0, abs=1e-12)
    cheap = CostMatrix.of_value([5.0], 10, 1, 0.3)
    assert cheap.expected_saving([1.0]).item() < 0, "an offer dearer than the customer never pays"
    assert cheap.threshold().item() == 1.0


def test_the_threshold_of_correa_bahnsen() -> None:
    value, d, c, gamma = 200.0, 10.0, 1.0, 0.3
    costs = CostMatrix.of(1, tp=gamma * d + (1 - gamma) * (value + c), fp=d + c, fn=value)
    assert round(costs.threshold().item(), 6) == 0.163447


money = st.floats(0, 5000)


@st.composite
def matrices(draw: st.DrawFn) -> tuple[CostMatrix, np.ndarray]:
    """Costs of some customers with what a wrong decision costs not below 0, and chances of leaving."""
    rows = draw(st.integers(1, 8))
    tp, tn, gain, waste = (np.array(draw(st.lists(money, min_size=rows, max_size=rows))) for _ in range(4))
    p = np.array(draw(st.lists(st.floats(0, 1), min_size=rows, max_size=rows)))
    return CostMatrix.of(rows, tp=tp, fp=tn + waste, tn=tn, fn=tp + gain), p


@given(matrices())
def test_contact_pays_exactly_above_the_threshold(case: tuple[CostMatrix, np.ndarray]) -> None:
    costs, p = case
    t, saving = costs.threshold(), costs.expected_saving(p)
    assert ((t >= 0) & (t <= 1)).all()
    clear = (np.abs(p - t) > 1e-6) & (np.abs(saving) > 1e-6)
    assert ((saving > 0) == (p > t))[clear].all()


@given(matrices())
def test_expected_saving_is_the_difference_of_expected_costs(case: tuple[CostMatrix, np.ndarray]) -> None:
    costs, p = case
    nobody, everybody = costs.each(p, np.zeros_like(p)), costs.each(p, np.ones_like(p))
    assert costs.expected_saving(p) == pytest.approx(nobody - everybody, abs=1e-6)


@given(matrices(), st.floats(-8, 8))
def test_the_currency_changes_no_decision(case: tuple[CostMatrix, np.ndarray], power: float) -> None:
    costs, p = case
    rate = 2.0 ** round(power)  # exact in binary, so ties stay ties
    other = CostMatrix.of(p.size, tp=costs.tp * rate, fp=costs.fp * rate, tn=costs.tn * rate, fn=costs.fn * rate)
    assert all((decisions(p, other)[name] == act).all() for name, act in decisions(p, costs).items())


@given(matrices())
def test_no_expected_cost_is_below_bayes_and_bayes_is_below_both_blankets(case: tuple[CostMatrix, np.ndarray]) -> None:
    costs, p = case
    expected = {name: costs.each(p, act).sum() for name, act in decisions(p, costs).items()}
    assert expected["model-bayes"] <= min(expected.values()) + 1e-6


def test_the_bayes_decision_has_the_least_expected_cost() -> None:
    rng = np.random.default_rng(0)
    p, value = rng.random(200), rng.gamma(2, 200, 200)
    costs = CostMatrix.of_value(value, 10, 1, 0.3)
    cost = {name: costs.each(p, act).sum() for name, act in decisions(p, costs).items()}
    assert min(cost, key=cost.__getitem__) == "model-bayes"


def test_the_riskiest_tenth_is_a_tenth_whatever_the_ties() -> None:
    costs = CostMatrix.of_value(np.full(57, 100.0), 10, 1, 0.3)
    act = decisions(np.full(57, 0.4), costs, seed=5)["top-decile"]
    assert act.sum() == 6
    again = decisions(np.full(57, 0.4), costs, seed=5)["top-decile"]
    assert (act == again).all()


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        total_cost([0, 1], [0, 1, 1], tp=0, fp=1, tn=0, fn=1)
    assert caught.value.code == "shape-mismatch"


@pytest.mark.parametrize(("fp", "code"), [([1.0, np.nan], "costs-invalid"), ([1.0, 2.0, 3.0], "shape-mismatch")])
def test_costs_that_are_no_costs_are_refused(fp: list[float], code: str) -> None:
    with pytest.raises(DataError) as caught:
        CostMatrix.of(2, fp=fp, fn=1.0)
    assert caught.value.code == code
