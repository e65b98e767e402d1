"""The churn model: strong where signal is, sober where it is not, the same bits for any number of threads."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from telcli.errors import DataError
from telcli.methods import churn_terms
from telcli.methods.churn_choice import Training
from telcli.methods.churn_linear import LinearChurn
from telcli.methods.churn_metrics import calibration_line
from telcli.methods.churn_model import ChurnModel
from telcli.methods.churn_training import later_month_splits, out_of_fold, train


def planted(rows: int, seed: int = 0, base: float = -2.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers, a category, gaps; a line, a bend and an interaction; the true chance."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 6)).astype(np.float32)
    X[:, 0] = rng.integers(0, 5, rows)
    truth = expit(base + X[:, 1] + (X[:, 0] == 2) + 0.8 * np.abs(X[:, 2]) + 1.2 * (X[:, 3] > 0) * (X[:, 4] > 0))
    y = (rng.random(rows) < truth).astype(int)
    X[rng.random(X.shape) < 0.05] = np.nan
    return X, y, truth


def test_it_ranks_nearly_as_well_as_the_truth_and_is_calibrated() -> None:
    X, y, _ = planted(6000)
    held, left, truth = planted(20_000, seed=1)
    model = ChurnModel((0,)).fit(X, y)
    p = model.predict_proba(held)[:, 1]
    assert model.kind_ in ("blend", "pairs")
    assert roc_auc_score(left, p) > roc_auc_score(left, truth) - 0.03
    intercept, slope = calibration_line(left, p)
    assert abs(intercept) < 0.15
    assert slope == pytest.approx(1, abs=0.15)


@pytest.mark.slow
def test_a_sampled_training_set_gives_probabilities_of_the_whole() -> None:
    X, y, _ = planted(40_000, base=-4.0)
    model = train(X, y, categorical=(0,), most=8_000)
    assert model.keep_rate < 0.2
    p = model.predict_proba(X)[:, 1]
    assert p.mean() == pytest.approx(y.mean(), rel=0.1)


def test_threads_do_not_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y, _ = planted(3000)
    alone = ChurnModel((0,)).fit(X, y).decision_function(X)
    monkeypatch.setattr(churn_terms, "_CHUNK", 500)
    with threadpool_limits(2):
        spread = ChurnModel((0,)).fit(X, y).decision_function(X)
    assert (alone == spread).all()


@pytest.mark.parametrize(
    ("rows", "churners", "kind"), [(50, 10, "logistic"), (5000, 12, "logistic"), (30, 0, "constant")]
)
def test_little_to_learn_from_means_a_simple_model(rows: int, churners: int, kind: str) -> None:
    X, _, _ = planted(rows)
    y = (np.arange(rows) < churners).astype(int)
    model = ChurnModel((0,)).fit(X, y)
    p = model.predict_proba(X)[:, 1]
    assert model.kind_ == kind
    assert ((p > 0) & (p < 1)).all()


def test_without_columns_the_rate_is_predicted() -> None:
    model = ChurnModel().fit(np.empty((100, 0)), np.arange(100) < 30)
    assert model.predict_proba(np.empty((2, 0)))[:, 1] == pytest.approx([0.302, 0.302], abs=1e-3)


def test_all_gaps_constant_and_unseen_columns_do_no_harm() -> None:
    X, y, _ = planted(600)
    X[:, 4], X[:, 5] = np.nan, 7.0
    model = ChurnModel((0,)).fit(X, y)
    strange = X[:5].copy()
    strange[:, 0], strange[:, 4] = 99, 3.0
    assert np.isfinite(model.decision_function(strange)).all()


@pytest.mark.slow
def test_out_of_fold_is_honest_on_noise() -> None:
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(1500, 8)).astype(np.float32), rng.random(1500) < 0.3
    p, folds = out_of_fold(X, y)
    assert folds == 5
    assert 0.42 < roc_auc_score(y, p) < 0.58


def test_one_churner_in_fifty_rows_is_no_crash() -> None:
    X, _, _ = planted(50)
    p, folds = out_of_fold(X, np.arange(50) == 3, categorical=(0,))
    assert folds == 2
    assert np.isfinite(p).all()


def test_later_month_splits_part_months_and_customers() -> None:
    month, customer = np.repeat([1, 2, 3], 30), np.tile(np.arange(30), 3)
    y = np.tile(np.arange(30) % 3 == 0, 3)
    for learn, check, level in later_month_splits(month, customer, y, later=3):
        assert (month[learn] < 3).all()
        assert (month[check] == 3).all()
        assert set(month[level]) == {1, 2, 3}
        assert set(check) <= set(level)
        assert not set(customer[learn]) & set(customer[level])


@pytest.mark.parametrize("last", [0.03, 0.06, 0.12])
def test_the_level_of_risk_rests_on_every_month(last: float) -> None:
    rng = np.random.default_rng(0)
    customers, months = 2500, 5
    month, customer = np.repeat(np.arange(months), customers), np.tile(np.arange(customers), months)
    X = rng.normal(size=(month.size, 3)).astype(np.float32)
    base = np.log(np.where(month == months - 1, last, 0.06))
    y = (rng.random(month.size) < np.exp(base + 0.5 * X[:, 0] - 0.125)).astype(int)
    model = ChurnModel().fit(X, y, later_month_splits(month, customer, y, later=months - 1))
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), rel=0.07)


def test_the_linear_part_needs_both_classes() -> None:
    X, _, _ = planted(500)
    with pytest.raises(DataError):
        LinearChurn((0,)).fit(X, np.zeros(500))


@pytest.mark.parametrize(("rows", "kind"), [(150, "logistic"), (6000, "blend")])
def test_a_row_scores_the_same_to_the_bit_in_whatever_batch(rows: int, kind: str) -> None:
    X, y, _ = planted(rows)
    model = ChurnModel((0,)).fit(X, y)
    assert model.kind_ == kind
    whole = model.decision_function(X)
    for size, most in ((1, 60), (7, rows), (64, rows)):
        parts = [model.decision_function(X[start : min(start + size, most)]) for start in range(0, most, size)]
        assert (np.concatenate(parts) == whole[:most]).all()


def test_the_linear_part_is_the_regression_it_learned() -> None:
    X, y, _ = planted(500)
    model = LinearChurn((0,)).fit(X, y)
    X[:3, 0] = (-1, 9, np.nan)  # categories never seen
    encoded = model._encode(X)
    weights = np.linalg.lstsq(np.column_stack([encoded, np.ones(len(X))]), model.decision_function(X), rcond=None)[0]
    assert model.decision_function(X) == pytest.approx(encoded @ weights[:-1] + weights[-1], abs=1e-9)


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        ChurnModel().fit(np.zeros((3, 1)), [0, 1])
    assert caught.value.code == "shape-mismatch"


@pytest.mark.slow
def test_months_of_one_customer_share_a_fold_so_that_the_model_is_not_over_bold() -> None:
    rng = np.random.default_rng(2)
    people, months = 500, 8
    customer = np.repeat(np.arange(people), months)
    own = rng.normal(size=(people, 12))  # what does not change, and tells who the customer is
    y = rng.random(people)[customer] < 0.3
    X = np.column_stack([own[customer], rng.normal(size=(customer.size, 3))]).astype(np.float32)
    grouped, mixed = ChurnModel().fit(X, y, groups=customer), ChurnModel().fit(X, y)
    assert np.std(grouped.decision_function(X)) < 0.5 * np.std(mixed.decision_function(X))
    assert min(trial["log_loss"] for trial in grouped.trials_.values()) > 0.6


def test_rates_of_categories_know_nothing_of_rows_that_check() -> None:
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.integers(0, 900, 3000), rng.normal(size=3000)]).astype(np.float32)
    y = (rng.random(3000) < 0.3).astype(np.int64)
    rows = Training(X, y, None, [], [0], 0)
    learn = np.arange(2000)
    other = Training(X, np.where(np.arange(3000) < 2000, y, 1 - y), None, [], [0], 0)
    assert (rows.read(learn) == other.read(learn)).all()
    assert np.unique(rows.read(learn)[2000:, 0]).size > 10


def test_columns_without_room_are_known() -> None:
    X, y, _ = planted(1000)
    assert ChurnModel((0,)).fit(X, y).columns_used() == list(range(6))
    few = ChurnModel((0,), seconds=1e-9).fit(X, y)
    assert few.columns_used() in ([0], [1], [2], [3])


def test_a_model_like_another_has_its_form_and_a_level_of_its_own() -> None:
    X, y, _ = planted(4000)
    first = ChurnModel((0,)).fit(X[:2000], y[:2000])
    again = ChurnModel((0,)).fit(X[2000:], y[2000:], like=first)
    assert again.weights_ == first.weights_
    assert not again.trials_
    p = again.predict_proba(X[2000:])[:, 1]
    assert p.mean() == pytest.approx(y[2000:].mean(), abs=1e-6)
    held, left, _ = planted(10_000, seed=1)
    whole = ChurnModel((0,)).fit(X[2000:], y[2000:])
    areas = [roc_auc_score(left, model.predict_proba(held)[:, 1]) for model in (again, whole)]
    assert areas[0] > areas[1] - 0.01
