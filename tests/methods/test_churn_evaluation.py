"""What is said of one held-out set holds together, and is null where it has no meaning."""

import numpy as np
import pytest

from telcli.methods.churn_evaluation import evaluate
from telcli.methods.costs import decisions, example_costs, savings


def people(rows: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.random(rows) ** 3
    return (rng.random(rows) < p) * 1.0, p, rng.gamma(2, 150, rows)


def test_savings_are_those_of_the_cost_table() -> None:
    y, p, value = people()
    found = evaluate(y, p, value, offer=10, contact=1, accept=0.3).metrics
    matrix = dict(zip(("tp", "fp", "tn", "fn"), example_costs(value, 10, 1, 0.3), strict=True))
    assert found["savings"] == savings(y, decisions(p, value, 10, 1, 0.3)["model-bayes"], **matrix)
    least = min(found["total_cost"]["nobody"], found["total_cost"]["everybody"])
    assert found["savings"] == pytest.approx(1 - found["total_cost"]["model-bayes"] / least)


def test_savings_are_null_where_doing_nothing_costs_nothing() -> None:
    y, p, _ = people()
    value = np.where(y == 1, 0.0, 500.0)
    found = evaluate(y, p, value, offer=10, contact=1, accept=0.3).metrics
    assert found["total_cost"]["nobody"] == 0 < found["total_cost"]["model-bayes"]
    assert found["savings"] is found["savings_low"] is found["savings_high"] is None


def test_the_level_comes_with_its_error() -> None:
    y, p, value = people(4000)
    right = evaluate(y, p, value, offer=10, contact=1, accept=0.3).metrics
    high = evaluate(y, np.minimum(1.5 * p, 0.99), value, offer=10, contact=1, accept=0.3).metrics
    assert abs(right["calibration_intercept"]) < 3 * right["calibration_intercept_error"]
    assert high["calibration_intercept"] < -3 * high["calibration_intercept_error"]
    assert right["expected_churners"] == pytest.approx(p.sum())
