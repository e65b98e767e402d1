"""Churn metrics against scikit-learn, their bounds, and their bootstrap against resampling rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from telcli.errors import DataError
from telcli.methods import churn_metrics as m
from telcli.methods.campaign import Campaign
from telcli.methods.churn_evaluation import evaluate
from telcli.methods.churn_intervals import churn_intervals, lift_intervals
from telcli.methods.profit import empc, empc_perfect

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


@pytest.mark.slow
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


def rows_drawn(size: int = 800, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities that are too bold, and resampled rows."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(2, 5, size)
    y = (rng.random(size) < truth).astype(float)
    bold = truth**1.5 / (truth**1.5 + (1 - truth) ** 1.5)
    return y, bold, rng.integers(0, size, (400, size))


def test_calibration_line_is_the_logistic_regression_of_the_outcome_on_the_log_odds() -> None:
    y, p, _ = rows_drawn()
    score = np.log(p / (1 - p))
    other = LogisticRegression(C=np.inf, tol=1e-10).fit(score[:, None], y)
    intercept, slope = m.calibration_line(y, p)
    assert slope == pytest.approx(other.coef_[0, 0], abs=1e-4)
    # Held at slope 1, the likelihood is at its best where as many are expected as left.
    assert (1 / (1 + np.exp(-(score + intercept)))).sum() == pytest.approx(y.sum(), abs=1e-3)


def test_intervals_of_calibration_and_of_the_share_of_profit_are_those_of_resampled_rows() -> None:
    y, p, drawn = rows_drawn()
    found = churn_intervals(y, p, Campaign(200, 10, 1, 6, 14), rounds=400)

    def share(y: np.ndarray, p: np.ndarray) -> float:
        return empc(y, p).profit / empc_perfect(y.mean())

    others = {
        "calibration_intercept": lambda y, p: m.calibration_line(y, p)[0],
        "calibration_slope": lambda y, p: m.calibration_line(y, p)[1],
        "log_loss": m.log_loss,
        "empc_share": share,
    }
    for name, metric in others.items():
        low, high = np.quantile([metric(y[rows], p[rows]) for rows in drawn], [0.025, 0.975])
        near = 0.25 * (high - low)
        assert found[name] == (pytest.approx(low, abs=near), pytest.approx(high, abs=near)), name


def test_intervals_of_each_tenth_are_those_of_resampled_rows() -> None:
    y, p, drawn = rows_drawn()
    found = lift_intervals(y, p, rounds=400)
    table = m.deciles(y, p)
    each = np.array([[row["lift"] for row in m.deciles(y[rows], p[rows])] for rows in drawn])
    for (low, high), (lower, upper), row in zip(found, np.quantile(each, [0.025, 0.975], axis=0).T, table, strict=True):
        near = 0.25 * (upper - lower) + 0.02
        assert (low, high) == (pytest.approx(lower, abs=near), pytest.approx(upper, abs=near))
        assert low <= row["lift"] <= high


@given(people)
@settings(max_examples=60, deadline=None)
def test_no_tenth_has_more_than_its_bound(rows: list) -> None:
    y, p = arrays(rows)
    for row in m.deciles(y, p):
        assert row["lift"] <= row["lift_bound"] + 1e-9
        assert row["lift_bound"] == pytest.approx(min(y.size / row["customers"], 1 / y.mean()))
    assert all(low <= high for low, high in lift_intervals(y, p, rounds=20))


def test_every_figure_lies_in_its_interval_or_has_none() -> None:
    y, p, _ = rows_drawn()
    full = evaluate(y, p, np.full(y.size, 200.0), Campaign.of(200, 10, 1, 0.3)).metrics
    flat = evaluate(y, np.full(y.size, 0.3), np.full(y.size, 5.0), Campaign.of(5, 10, 1, 0.3)).metrics
    for name in ("auc", "calibration_intercept", "calibration_slope", "ece", "empc", "empc_share"):
        assert full[f"{name}_low"] <= full[name] <= full[f"{name}_high"], name
    assert 0 < full["empc_share"] <= 1
    assert full["calibration_slope_high"] < 1, "too bold"
    assert flat["calibration_slope"] is flat["empc_share"] is None
    assert flat["calibration_intercept"] is not None
