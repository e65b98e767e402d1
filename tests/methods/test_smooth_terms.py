"""Tables fitted by penalised likelihood: at its maximum, smooth where little is known, pairs where there are any."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from telcli.methods import smooth_terms
from telcli.methods.churn_bins import coarser, cuts, encode, sizes_of
from telcli.methods.churn_choice import Training, choose
from telcli.methods.churn_fit import Grid, Plan, fit_terms, planned
from telcli.methods.churn_folds import Split, stratified_folds
from telcli.methods.churn_model import ChurnModel
from telcli.methods.pair_terms import fit_pairs, groups_of


def test_the_fit_is_the_maximum_of_the_penalised_likelihood() -> None:
    rng = np.random.default_rng(0)
    sizes = np.array([7, 4, 6])
    codes = np.column_stack([rng.integers(0, size - 1, 1500) for size in sizes]).astype(np.uint8)
    y = (rng.random(1500) < expit(0.4 * codes[:, 0] - 2 + (codes[:, 1] == 1))).astype(float)
    fit = smooth_terms._Fit(codes, sizes, (1,), y, None)
    for _ in range(40):
        fit.step()
    whole, ends = fit._whole(), fit.ends

    def loss(w: np.ndarray) -> float:
        tables = np.split(w[1:], ends[1:-1])
        score = smooth_terms.table_sum(codes, tables, w[0])
        pull = sum(t @ p @ t for t, p in zip(tables, whole, strict=True))
        return float(np.logaddexp(0, score).sum() - y @ score + 0.5 * pull)

    best = minimize(loss, np.zeros(18), method="L-BFGS-B", options={"maxfun": 200_000, "maxiter": 5000})
    found = np.append(fit.intercept, fit.beta)
    assert loss(found) == pytest.approx(best.fun, abs=0.01)


def test_collinear_and_separating_columns_settle() -> None:
    rng = np.random.default_rng(1)
    X = np.repeat(rng.normal(size=(3000, 1)), 4, axis=1).astype(np.float32)
    y = X[:, 0] > 0.8
    model = ChurnModel().fit(X, y)
    p = model.predict_proba(X)[:, 1]
    assert np.isfinite(p).all()
    assert ((p > 0.5) == y).mean() > 0.98


def test_pairs_are_found_where_planted_and_not_in_noise() -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(6000, 6)).astype(np.float32)
    y = rng.random(6000) < expit(-1.5 + 0.5 * X[:, 0] + X[:, 2] * X[:, 4])
    edges = cuts(X, (), 16)
    codes, sizes, left = encode(X, edges, ()), sizes_of(edges), y.astype(float)
    alone = smooth_terms.fit_smooth(codes, sizes, (), left)
    score = smooth_terms.table_sum(codes, alone.tables, alone.intercept)
    found = fit_pairs(codes, sizes, (), left, score, groups_of(codes, sizes, ()))
    assert found.pairs[0] == (2, 4)
    kinds = [ChurnModel(seed=seed).fit(X, rng.random(6000) < expit(X[:, 0] - 1)).kind_ for seed in range(3)]
    assert "pairs" not in kinds


def test_what_the_work_allows_bounds_tables_and_columns() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(400, 900)).astype(np.float32)
    y = rng.random(400) < expit(2 * X[:, 7])
    plan = planned(400, 900, 1.0)
    assert plan.columns < 900
    grid, rows = Grid.of(X, (), plan.bins), np.arange(400)
    places = grid.strongest(y.astype(np.int64), rows, plan.columns)
    assert 7 in places
    assert places.size <= plan.columns
    assert planned(10**6, 60, 20.0).bins < planned(10**6, 60, 500.0).bins
    assert planned(10**6, 60, 0.0).columns == 1
    fitted = fit_terms(grid.part(rows, places), y.astype(np.int64), plan, pairs=False)
    assert fitted.pairs is None


@pytest.mark.slow
def test_columns_that_noise_picks_do_not_look_good_on_the_rows_that_check() -> None:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(900, 800)).astype(np.float32)
    y = (rng.random(900) < 0.3).astype(np.int64)
    fold, plan = stratified_folds(y, 3, 0), Plan(4, 20, 0, 0.0)
    parts = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(3)]
    rows = Training(X, y, None, [], [], 0)
    found = choose(rows, [Split(learn, check, check) for learn, check in parts], plan)
    blind = -(y.mean() * np.log(y.mean()) + (1 - y.mean()) * np.log(1 - y.mean()))
    assert found.trials["additive"].log_loss > blind - 0.005
    assert sum(found.weights.values()) < 0.4


def test_starting_from_a_fit_to_other_rows_ends_nearly_where_a_fresh_one_does() -> None:
    rng = np.random.default_rng(4)
    X = rng.normal(size=(20_000, 5)).astype(np.float32)
    y = (rng.random(20_000) < expit(-2 + np.abs(X[:, 0]) + X[:, 1] * X[:, 2])).astype(np.int64)
    plan = planned(20_000, 5, 120.0)
    grid = Grid.of(X, (), plan.bins)
    part = fit_terms(grid.part(np.arange(16_000), np.arange(5)), y[:16_000], plan)
    again, fresh = fit_terms(grid, y, plan, start=part), fit_terms(grid, y, plan)
    gap = grid.score(again, pairs=True) - grid.score(fresh, pairs=True)
    assert np.sqrt(np.square(gap).mean()) < 0.1


@pytest.mark.parametrize(
    "values", [[np.nan] * 5, [1.0] * 5, [np.nan, 2.0, 2.0, 3.0, 3.0], [-np.inf, 0.0, np.inf, 1.0, 2.0]]
)
def test_cuts_take_any_column(values: list[float]) -> None:
    X = np.array(values, dtype=np.float32)[:, None]
    edges = cuts(X, (), 4)
    codes = encode(X, edges, ())[:, 0]
    assert (codes < sizes_of(edges)[0]).all()
    assert ((codes == sizes_of(edges)[0] - 1) == np.isnan(X[:, 0])).all()
    known = ~np.isnan(X[:, 0])
    assert (np.argsort(X[known, 0], kind="stable") == np.argsort(codes[known], kind="stable")).all()


def test_coarse_groups_keep_the_order_and_the_gap_apart() -> None:
    found = coarser(np.array([100, 1, 1, 1, 100, 50, 3]), 3, category=False)
    assert (np.diff(found) >= 0).all()
    assert found[-1] == found[:-1].max() + 1


def test_less_work_means_a_coarser_model_and_the_same_work_the_same_one() -> None:
    rng = np.random.default_rng(6)
    X = rng.normal(size=(2000, 12)).astype(np.float32)
    y = rng.random(2000) < expit(X[:, 0] + X[:, 1] * X[:, 2] - 1)
    models = [ChurnModel(seconds=seconds).fit(X, y) for seconds in (120.0, 0.05, 0.05)]
    assert models[0].plan_["bins"] > models[1].plan_["bins"]
    assert models[1].plan_["pairs"] == 0
    assert "pairs" not in models[1].weights_
    assert (models[1].decision_function(X) == models[2].decision_function(X)).all()
