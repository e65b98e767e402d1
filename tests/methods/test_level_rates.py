"""Rates of levels: shrunk as the law of the data says, blind to a row's own label, neutral where nothing is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from telcli.methods.churn_metrics import auc
from telcli.methods.churn_model import ChurnModel
from telcli.methods.level_rates import LevelRates


def branches(rows: int, spread: float, seed: int = 0, levels: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A code whose levels lean by `spread` log-odds, a number that counts nothing, labels, and the truth."""
    rng = np.random.default_rng(seed)
    code = np.minimum(rng.geometric(0.01, rows) - 1, levels - 1)
    lean = np.random.default_rng(99).normal(0, spread, levels)
    y = (rng.random(rows) < expit(-1.5 + lean[code])).astype(int)
    return np.column_stack([code, rng.normal(size=rows)]).astype(np.float32), y, lean[code]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 199), st.integers(0, 5))
def test_a_row_is_encoded_without_its_own_label(row: int, seed: int) -> None:
    X, y, _ = branches(200, 1.0, seed, levels=20)
    group = np.arange(200) // 2
    other = y.copy()
    other[row] = 1 - y[row]
    # Folds are dealt by class, so they are held: only the labels differ.
    fold = np.random.default_rng(seed).integers(0, 5, 100)[group]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("telcli.methods.level_rates.stratified_folds", lambda *_: fold)
        one, two = (LevelRates([0]).fit_transform(X, label, group) for label in (y, other))
    same = fold == fold[row]
    assert (one[same] == two[same]).all()


def test_rows_of_one_customer_share_a_fold() -> None:
    rng = np.random.default_rng(0)
    customer = np.repeat(np.arange(300), 6)
    X = customer[:, None].astype(np.float32)  # a branch of one customer each: nothing can be known of it from others
    y = (rng.random(300) < 0.3)[customer].astype(int)
    found = LevelRates([0]).fit_transform(X, y, customer)
    assert np.abs(found).max() == 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    X, y, _ = branches(300, 0.8)
    order = np.random.default_rng(seed).permutation(300)
    one, two = LevelRates([0]).fit(X, y), LevelRates([0]).fit(X[order], y[order])
    assert one.alike_ == two.alike_
    assert (one.transform(X) == two.transform(X)).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000) | st.integers(300, 10**6))
def test_unseen_levels_are_neutral(code: int) -> None:
    X, y, _ = branches(400, 1.0)
    seen = set(X[:, 0].astype(int).tolist())
    rate = LevelRates([0]).fit(X, y).transform([[code, 0.0]])[0, 0]
    assert code in seen or rate == 0.0


def test_levels_without_meaning_vanish_and_those_with_one_are_found() -> None:
    X, y, _ = branches(4000, 0.0)
    assert np.abs(LevelRates([0]).fit(X, y).transform(X)[:, 0]).max() < 0.3
    X, y, lean = branches(40_000, 1.0)
    found = LevelRates([0]).fit(X, y).transform(X)[:, 0]
    assert np.corrcoef(found, lean)[0, 1] > 0.9


def test_gaps_are_a_level_and_one_kind_of_label_says_nothing() -> None:
    X, y, _ = branches(2000, 0.5)
    X[:500, 0], y[:500] = np.nan, 1
    rates = LevelRates([0]).fit(X, y)
    assert rates.transform([[np.nan, 0.0]])[0, 0] > 1.0
    assert LevelRates([0]).fit(X, np.zeros(2000)).transform(X)[:, 0].max() == 0.0


def test_the_rate_of_a_level_is_the_shrunk_rate() -> None:
    code = np.repeat([0.0, 1.0, 2.0, 3.0], [10, 20, 30, 40])
    y = np.concatenate([np.arange(n) < k for n, k in ((10, 9), (20, 4), (30, 3), (40, 20))]).astype(int)
    rates = LevelRates([0]).fit(code[:, None], y)
    rho, r = rates.alike_[0], y.mean()
    m = (1 - rho) / rho
    assert rates.tables_[0][0] == pytest.approx(np.log((9 + m * r) / (1 + m * (1 - r))) - logit(r))
    size, gone = np.array([10, 20, 30, 40]), np.array([9, 4, 3, 20])
    spread = np.square(gone - size * r).sum()
    assert spread == pytest.approx((size * r * (1 - r) * (1 + (size - 1) * rho)).sum())


def test_the_model_learns_from_categories_by_the_hundred() -> None:
    X, y, _ = branches(3000, 1.0)
    held, left, lean = branches(5000, 1.0, seed=1)
    model = ChurnModel((0,)).fit(X, y)
    assert model.rates_.columns == [0]
    assert auc(left, model.decision_function(held)) > auc(left, lean) - 0.06
    held[:, 0] = 5000.0
    assert np.isfinite(model.decision_function(held)).all()
