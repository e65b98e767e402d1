"""Churn metrics against scikit-learn, their bounds, and their bootstrap against resampling rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from telcli.errors import DataError
from telcli.methods import churn_metrics as m
from telcli.methods.churn_intervals import Campaign, churn_intervals, savings_interval

people = st.lists(st.tuples(st.booleans(), st.integers(1, 19)), min_size=2, max_size=80).filter(
    lambda rows: 0 < sum(left for left, _ in rows) < len(rows)
)


def arrays(rows: list) -> tuple[np.ndarray, np.ndarray]:
    return np.array([left for left, _ in rows], dtype=float), np.array([p for _, p in rows]) / 20


@given(people)
@settings(max_examples=80, deadline=None)
def test_they_agree_with_scikit_learn(rows: list) -> None:
    y, p = arrays(rows)
    assert m.auc(y, p) == pytest.approx(roc_auc_score(y, p))
    assert m.pr_auc(y, p) == pytest.approx(average_precision_score(y, p))
    assert m.brier(y, p) == pytest.approx(brier_score_loss(y, p))
    assert m.log_loss(y, p) == pytest.approx(sklearn_log_loss(y, p, labels=[0, 1]))


@given(people)
@settings(max_examples=80, deadline=None)
def test_bounds(rows: list) -> None:
    y, p = arrays(rows)
    assert 0 <= m.top_lift(y, p) <= 1 / y.mean() + 1e-9
    assert 0 <= m.expected_calibration_error(y, p) <= 1
    table = m.deciles(y, p)
    assert sum(row["customers"] for row in table) == y.size
    assert sum(row["churners"] for row in table) == y.sum()
    means = [row["mean_probability"] for row in table]
    assert all(a >= b - 1e-12 for a, b in itertools.pairwise(means))


def test_top_lift_with_ties_is_the_mean_over_orders() -> None:
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 45).astype(float), np.round(rng.random(45), 1)
    chosen = []
    for _ in range(4000):
        order = np.lexsort((rng.random(45), -p))[: round(4.5)]
        chosen.append(y[order].mean() / y.mean())
    assert m.top_lift(y, p) == pytest.approx(np.mean(chosen), abs=0.03)


def test_a_perfectly_calibrated_score_has_slope_one_and_no_error() -> None:
    rng = np.random.default_rng(1)
    p = rng.beta(1, 5, 200_000)
    y = (rng.random(p.size) < p).astype(float)
    intercept, slope = m.calibration_line(y, p)
    assert abs(intercept) < 0.03
    assert slope == pytest.approx(1, abs=0.03)
    assert m.expected_calibration_error(y, p) < 0.005
    bold = p**2 / (p**2 + (1 - p) ** 2)
    assert m.calibration_line(y, bold)[1] == pytest.approx(0.5, abs=0.03)
    assert m.expected_calibration_error(y, bold) > 0.05


def test_constant_scores_have_no_slope() -> None:
    assert np.isnan(m.calibration_line([0, 1, 0, 1], [0.5] * 4)[1])
    assert m.auc([0, 1, 0, 1], [0.5] * 4) == 0.5


@pytest.mark.parametrize(("y", "p"), [([1, 1], [0.1, 0.2]), ([0, 1], [0.1, np.nan]), ([0, 1], [0.1])])
def test_nonsense_is_refused(y: list, p: list) -> None:
    with pytest.raises(DataError):
        m.auc(y, p)


def test_intervals_are_those_of_resampled_rows() -> None:
    rng = np.random.default_rng(2)
    p = rng.beta(2, 5, 800)
    y = (rng.random(800) < p).astype(float)
    found = churn_intervals(y, p, Campaign(200, 10, 1, 6, 14), rounds=400)
    drawn = rng.integers(0, 800, (400, 800))
    for name, metric in (("auc", m.auc), ("pr_auc", m.pr_auc), ("brier", m.brier), ("top_decile_lift", m.top_lift)):
        low, high = np.quantile([metric(y[rows], p[rows]) for rows in drawn], [0.025, 0.975])
        width = high - low
        assert found[name] == (pytest.approx(low, abs=0.25 * width), pytest.approx(high, abs=0.25 * width))
    assert found["empc"][0] < found["empc"][1]
    assert found == churn_intervals(y, p, Campaign(200, 10, 1, 6, 14), rounds=400)


def test_intervals_narrow_with_more_customers_and_stay_cheap() -> None:
    rng = np.random.default_rng(3)
    widths = []
    for size in (1_000, 100_000):
        p = rng.beta(2, 5, size)
        low, high = churn_intervals(rng.random(size) < p, p)["auc"]
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_one_churner_among_many_has_an_interval() -> None:
    y = np.zeros(50)
    y[7] = 1
    found = churn_intervals(y, np.linspace(0, 1, 50), Campaign(200, 10, 1, 6, 14))
    assert all(np.isfinite(bound).all() for bound in found.values())


def test_savings_interval_covers_the_savings() -> None:
    rng = np.random.default_rng(4)
    model, nobody, everybody = rng.gamma(2, 3, (3, 4000)) * np.array([[0.6], [1.0], [1.2]])
    low, high = savings_interval(model, nobody, everybody)
    assert low < 1 - model.sum() / nobody.sum() < high
    assert high - low < 0.1
