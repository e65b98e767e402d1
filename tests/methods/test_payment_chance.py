"""Chances of non-payment: learned from months before, measured on a later one, given up where they are no better."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from telcli.methods.payment_chance import Chances, age_rates, better, foretold, measured


def world(rows: int, months: int, seed: int = 0, strength: float = 2.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows * months, 3))
    late = (rng.random(rows * months) < 1 / (1 + np.exp(1.5 - strength * X[:, 0]))).astype(int)
    age = (X[:, 0] > 1).astype(int)
    return X, age, late, np.repeat(np.arange(months), rows), np.tile(np.arange(rows), months)


def test_the_last_month_is_foretold_by_those_before() -> None:
    X, age, late, month, who = world(300, 3)
    found, model = foretold(X, age, late, month, who, ages=7, seed=0, seconds=5.0)
    assert (found.way, found.late.size) == ("out-of-time", 300)
    assert model is not None
    assert better(found)
    other = foretold(X, age, np.where(month == 2, 1 - late, late), month, who, ages=7, seed=0, seconds=5.0)[0]
    assert np.array_equal(other.found["model"], found.found["model"])  # its labels were not looked at


def test_the_month_measured_chooses_nothing() -> None:
    X, age, late, month, who = world(300, 3)
    noise = np.random.default_rng(3).integers(0, 2, late.size)
    chosen = {"ages": 7, "seed": 0, "seconds": 2.0}
    found = foretold(X, age, np.where(month == 2, noise, late), month, who, **chosen)[0]
    assert found.before is not None and found.before.late.size == 300
    assert better(found)  # though the last month is noise: it shows in what is measured, not in what is chosen
    assert not better(Chances(found.late, found.found, found.way))
    assert (
        foretold(X[month < 2], age[month < 2], late[month < 2], month[month < 2], who[month < 2], **chosen)[0].before
        is None
    )


def test_one_month_is_crossed_over_customers() -> None:
    X, age, late, month, who = world(400, 1)
    found, model = foretold(X, age, late, month, who, ages=7, seed=0, seconds=5.0)
    assert (found.way, found.late.size, model) == ("cross-validation", 400, None)
    assert 0.7 < measured(found.late, found.found["model"]).auc < 0.95


def test_labels_not_known_by_then_are_not_learned_from() -> None:
    X, age, late, month, who = world(300, 3)
    chosen = {"ages": 7, "seed": 0, "seconds": 2.0, "known": np.where(month == 0, 1, 9)}
    found = foretold(X, age, late, month, who, **chosen)[0]
    other = foretold(X, age, np.where(month == 1, 1 - late, late), month, who, **chosen)[0]
    for name in ("model", "bucket", "base"):
        assert np.array_equal(other.found[name], found.found[name])
    chosen["known"] = np.full(month.size, 9)
    assert foretold(X, age, late, month, who, **chosen)[0].way == "cross-validation"


def test_few_rows_leave_the_age_of_the_debt() -> None:
    X, age, late, month, who = world(30, 2)
    found, model = foretold(X, age, late, month, who, ages=7, seed=0, seconds=5.0)
    assert model is None
    assert set(found.found) == {"bucket", "base"}
    assert not better(found)


def test_a_model_of_noise_is_not_taken() -> None:
    rng = np.random.default_rng(1)
    late = np.tile([0, 1], 100)
    p = np.full(200, 0.5)
    assert not better(Chances(late, {"bucket": p, "model": np.clip(p + rng.normal(0, 0.1, 200), 0.1, 0.9)}, ""))


@pytest.mark.parametrize(("told", "taken"), [([0.05, 0.55], True), ([0.10, 0.70], False)])
def test_a_model_that_ranks_well_is_to_be_true_too(told: list[float], taken: bool) -> None:
    # Half of them are late at 5%, half at 55%: both ways of telling have the lower log-loss and Brier score.
    late = np.concatenate([np.arange(1000) < 50, np.arange(1000) < 550]).astype(int)
    found = Chances(late, {"bucket": np.full(2000, 0.3), "model": np.repeat(told, 1000)}, "")
    assert measured(late, found.found["model"]).log_loss < measured(late, found.found["bucket"]).log_loss
    assert better(found) is taken


def test_measures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(500)
    late = (rng.random(500) < p).astype(int)
    found = measured(late, p)
    assert found.auc == pytest.approx(roc_auc_score(late, p))
    assert found.brier == pytest.approx(brier_score_loss(late, p))
    assert found.log_loss == pytest.approx(log_loss(late, p))
    assert found.auc_low < found.auc < found.auc_high
    assert np.isnan(measured([0, 0], [0.1, 0.2]).auc)


def test_rates_of_ages_are_drawn_towards_all() -> None:
    assert age_rates([], [], 2).tolist() == [0.5, 0.5]
    assert age_rates([0] * 99, [1] * 99, 2).tolist() == pytest.approx([1.0, 1.0])
