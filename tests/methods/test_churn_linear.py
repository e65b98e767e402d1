"""The linear member: bent lines, a ridge that suits the data, one term per column, no surprise from strange rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from telcli.methods.churn_linear import LinearChurn
from telcli.methods.churn_metrics import auc, log_loss
from telcli.methods.ridge_strength import STRENGTHS, STRONGER, _left_out, ridge_strength


def bent(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A code, a bend, a skewed number whose logarithm counts, noise, gaps that say something."""
    rng = np.random.default_rng(seed)
    X = np.column_stack(
        [rng.integers(0, 6, rows), rng.normal(size=rows), rng.lognormal(0, 2, rows), rng.normal(size=rows)]
    ).astype(np.float32)
    gap = rng.random(rows) < 0.2
    truth = expit(-1.5 + 1.2 * np.abs(X[:, 1]) + 0.4 * np.log(X[:, 2]) + (X[:, 0] == 2) + gap)
    y = (rng.random(rows) < truth).astype(int)
    X[gap, 3] = np.nan
    return X, y, truth


def test_it_follows_bends_skew_and_gaps() -> None:
    X, y, _ = bent(3000)
    held, left, truth = bent(20_000, seed=1)
    p = LinearChurn((0,)).fit(X, y).predict_proba(held)[:, 1]
    assert auc(left, p) > auc(left, truth) - 0.01
    assert log_loss(left, p) < log_loss(left, truth) + 0.01


def test_terms_are_the_regression_that_scikit_learn_fits() -> None:
    X, y, _ = bent(400)
    model = LinearChurn((0,), strength=0.3).fit(X, y)
    encoded = model._encode(X)
    oracle = LogisticRegression(C=0.3, tol=1e-10, max_iter=5000).fit(encoded, y)
    assert model.decision_function(X) == pytest.approx(oracle.decision_function(encoded), abs=1e-3)


def test_leaving_one_out_is_what_refitting_gives() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 8))
    X -= X.mean(axis=0)
    y = (rng.random(60) < expit(X[:, 0])).astype(int)
    _, loss = _left_out(np.column_stack([X, np.ones(60)]), y, np.append(np.full(8, 1 / 0.3), 1e-6), np.zeros(9))
    refitted = []
    for row in range(60):
        rest = np.arange(60) != row
        model = LogisticRegression(C=0.3, tol=1e-8, max_iter=2000).fit(X[rest], y[rest])
        refitted.append(log_loss(y[[row]], model.predict_proba(X[[row]])[:, 1]))
    assert loss == pytest.approx(np.mean(refitted), rel=0.01)


def test_the_ridge_chosen_is_about_the_best_of_cross_validation() -> None:
    rng = np.random.default_rng(0)
    for spread in (0.02, 2.0):
        X = rng.normal(size=(400, 30))
        y = (rng.random(400) < expit(X @ rng.normal(0, spread / 3, 30))).astype(int)
        scores = [
            cross_val_score(LogisticRegression(C=c), X, y, cv=10, scoring="neg_log_loss").mean() for c in STRENGTHS
        ]
        assert scores[STRENGTHS.index(ridge_strength(X - X.mean(axis=0), y))] > max(scores) - 0.005


def test_wide_tables_are_bounded() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 700)).astype(np.float32)
    y = (rng.random(300) < expit(2.0 * X[:, 0])).astype(int)
    model = LinearChurn().fit(X, y)
    assert model.strength_ in (*STRENGTHS, *STRONGER)
    assert max(table.size for table in model.tables_) < 30


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    X, y, _ = bent(120, seed=7)
    order = np.random.default_rng(seed).permutation(120)
    one, other = LinearChurn((0,)).fit(X, y), LinearChurn((0,)).fit(X[order], y[order])
    assert one.strength_ == other.strength_
    assert one.decision_function(X) == pytest.approx(other.decision_function(X), abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e30, 1e30, allow_subnormal=False) | st.just(float("nan")), min_size=3, max_size=3))
def test_strange_values_stay_within_what_was_seen(values: list[float]) -> None:
    model, X = FITTED
    row = np.array([[99.0, *values]], dtype=np.float32)
    terms = [max(np.abs(table).max(), abs(gap)) for table, gap in zip(model.tables_, model.gaps_, strict=True)]
    assert abs(model.decision_function(row)[0] - model.intercept_) <= sum(terms) + 1e-9
    assert model.decision_function(X[:1]).shape == (1,)


def test_a_code_never_seen_is_neutral() -> None:
    model, X = FITTED
    rows = np.repeat(X[:1], 3, axis=0)
    rows[:, 0] = (-1, 50, np.nan)
    scores = model.decision_function(rows)
    assert scores[0] == scores[1] == scores[2]


FITTED = (LinearChurn((0,)).fit(*bent(500)[:2]), bent(500)[0])
