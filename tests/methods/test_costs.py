"""Costs, thresholds, savings and decisions against the vectors of the literature."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.methods.costs import decisions, example_costs, expected_saving, savings, total_cost

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
    assert float(expected_saving(11 / 67, 200, 10, 1, 0.3)) == pytest.approx(0.0, abs=1e-12)
    assert float(expected_saving(1.0, 5, 10, 1, 0.3)) < 0, "an offer dearer than the customer never pays"


money = st.floats(0, 5000)


@given(st.floats(0, 1), st.floats(-500, 5000), money, money, st.floats(0, 1))
def test_contact_pays_exactly_above_the_threshold(p: float, value: float, d: float, f: float, gamma: float) -> None:
    slope = d + gamma * (value - d)
    threshold = (d + f) / slope if slope > 1e-9 else np.inf
    gain = float(expected_saving(p, value, d, f, gamma))
    if abs(p - threshold) > 1e-6 and abs(gain) > 1e-6:
        assert (gain > 0) == (p > threshold)


@given(st.floats(0, 1), money, st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))
def test_expected_saving_is_the_difference_of_expected_costs(
    p: float, value: float, d: float, f: float, gamma: float
) -> None:
    tp, fp, tn, fn = (float(cost) for cost in example_costs(value, d, f, gamma))
    contacted, left_alone = p * tp + (1 - p) * fp, p * fn + (1 - p) * tn
    assert float(expected_saving(p, value, d, f, gamma)) == pytest.approx(left_alone - contacted, abs=1e-6)


def test_the_bayes_decision_has_the_least_expected_cost() -> None:
    rng = np.random.default_rng(0)
    p, value = rng.random(200), rng.gamma(2, 200, 200)
    tp, fp, tn, fn = example_costs(value, 10, 1, 0.3)
    cost = {
        name: total_cost(p, act, tp=tp, fp=fp, tn=tn, fn=fn) for name, act in decisions(p, value, 10, 1, 0.3).items()
    }
    assert min(cost, key=cost.__getitem__) == "model-bayes"


def test_the_riskiest_tenth_is_a_tenth_whatever_the_ties() -> None:
    act = decisions(np.full(57, 0.4), np.full(57, 100.0), 10, 1, 0.3, seed=5)["top-decile"]
    assert act.sum() == 6
    again = decisions(np.full(57, 0.4), np.full(57, 100.0), 10, 1, 0.3, seed=5)["top-decile"]
    assert (act == again).all()


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        total_cost([0, 1], [0, 1, 1], tp=0, fp=1, tn=0, fn=1)
    assert caught.value.code == "shape-mismatch"
