"""Predicted scores: used only where they beat the mean, calibrated, and with intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.methods.score_model import ScoreModel
from telcli.methods.score_prediction import cv_plus, dealt, predict_scores


def _drawn(rows: int, seed: int, signal: float = 12.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=rows), rng.exponential(size=rows), rng.integers(0, 3, rows)])
    truth = 65 + signal * (0.7 * X[:, 0] - 0.5 * np.log1p(X[:, 1]) + 0.4 * (X[:, 2] == 1))
    X[rng.random((rows, 3)) < 0.05] = np.nan
    return X, np.clip(truth + 12 * rng.normal(size=rows), 0, 100)


def test_what_can_be_predicted_is_and_is_calibrated() -> None:
    X, y = _drawn(800, 0)
    found = predict_scores(X, y, [2])
    assert found.kind != "mean"
    assert 0.2 < found.gain_low < found.gain < 0.5
    assert found.slope == pytest.approx(1.0, abs=0.1)
    fresh, answers = _drawn(2000, 99)
    said, low, high = found.predict(fresh)
    assert np.mean(np.square(said - answers)) < 0.75 * np.var(answers)
    assert np.polyfit(said, answers, 1)[0] == pytest.approx(1.0, abs=0.15)
    assert np.mean((low <= answers) & (answers <= high)) == pytest.approx(0.9, abs=0.03)
    assert (low <= said).all()
    assert (said <= high).all()


def test_noise_is_left_to_the_mean() -> None:
    kinds = [predict_scores(*_drawn(150, seed, 0.0), folds=3, seed=seed).kind for seed in range(6)]
    assert kinds == ["mean"] * 6


def test_rows_of_one_customer_share_a_fold() -> None:
    """Answers copied ten times would look predictable by who they are, were they parted."""
    rng = np.random.default_rng(4)
    X, y = np.repeat(rng.normal(size=(40, 4)), 10, axis=0), np.repeat(rng.uniform(0, 100, 40), 10)
    assert predict_scores(X, y, groups=np.repeat(np.arange(40), 10)).gain_low <= 0
    assert predict_scores(X, y).gain_low > 0.2


def test_intervals_cover_as_they_say_whatever_the_error() -> None:
    """CV+ over many small draws with skewed errors: 80% of new customers are within, give or take its own chance."""
    covered = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        y = rng.exponential(10.0, 41)
        fold = dealt(np.arange(40), 4, seed)
        said = np.array([y[:40][fold != k].mean() for k in range(4)])
        low, high = cv_plus(said[:, None], np.abs(y[:40] - said[fold]), fold, 0.8)
        more = rng.exponential(10.0, 200)
        covered.append(np.mean((low[0] <= more) & (more <= high[0])))
    assert np.mean(covered) == pytest.approx(0.8, abs=0.03)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 40), st.sampled_from([0.5, 0.8, 0.9]))
def test_cv_plus_is_the_quantile_of_all_sums(seed: int, rows: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    fold, left, said = np.arange(rows) % 3, rng.exponential(size=rows), rng.normal(size=(3, 5))
    low, high = cv_plus(said, left, fold, level)
    wanted = int(np.ceil(round(level * (rows + 1), 9)))
    for place in range(5):
        plus, minus = np.sort(said[fold, place] + left), np.sort(said[fold, place] - left)[::-1]
        if wanted > rows:
            assert (low[place], high[place]) == (-np.inf, np.inf)
        else:
            assert high[place] == pytest.approx(plus[wanted - 1], abs=1e-5)
            assert low[place] == pytest.approx(minus[wanted - 1], abs=1e-5)


def test_the_same_customers_have_the_same_scores() -> None:
    X, y = _drawn(200, 3)
    first, second = (predict_scores(X, y, [2], folds=3).predict(X[:20]) for _ in range(2))
    assert all((one == other).all() for one, other in zip(first, second, strict=True))


def test_columns_that_say_nothing_leave_the_mean() -> None:
    X = np.column_stack([np.full(60, np.nan), np.ones(60)])
    found = ScoreModel().fit(X, np.arange(60.0)).predict(X)
    assert found["blend"] == pytest.approx(np.full(60, 29.5))
