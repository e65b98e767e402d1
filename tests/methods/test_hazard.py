"""The discrete-time hazard: the life table without covariates, another implementation with them, what must hold."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from telcli.methods.hazard import fit_hazard
from telcli.methods.survival import life_table

CELLS = st.lists(st.tuples(st.integers(0, 500), st.floats(0, 1)), min_size=1, max_size=20)
TENURES = 12


def planted(seed: int, covariates: int = 2, size: float = 4000.0) -> tuple[np.ndarray, ...]:
    """Cells of two-valued covariates with known effects, as a logit says."""
    random = np.random.default_rng(seed)
    patterns = np.array(np.meshgrid(*[[0.0, 1.0]] * covariates)).reshape(covariates, -1).T
    tenure = np.repeat(np.arange(TENURES), len(patterns))
    known = np.tile(patterns, (TENURES, 1))
    at_risk = random.poisson(size * 0.9**tenure).astype(float)
    chance = 1 / (1 + np.exp(3.0 + 0.05 * tenure - known @ np.array([0.8, -0.5][:covariates])))
    return tenure, at_risk, random.binomial(at_risk.astype(int), chance).astype(float), known


@given(CELLS, st.floats(0, 300), st.sampled_from(["logit", "cloglog"]))
def test_without_covariates_it_is_the_life_table(drawn: list[tuple[int, float]], least: float, link: str) -> None:
    at_risk = np.array([risk for risk, _ in drawn], dtype=float)
    left = np.floor(at_risk * np.array([part for _, part in drawn]))
    table = life_table(at_risk, left, least)
    model = fit_hazard(np.arange(len(at_risk)), at_risk, left, least=least, link=link)
    assert model.hazard(np.arange(len(at_risk))) == pytest.approx(table.hazard, abs=1e-9)
    assert model.hazard([len(at_risk) + 5])[0] == pytest.approx(table.tail_hazard, abs=1e-9)


def test_effects_that_tell_nothing_leave_the_life_table() -> None:
    tenure, at_risk, left, known = planted(3)
    table = life_table(np.bincount(tenure, at_risk), np.bincount(tenure, left))
    model = fit_hazard(tenure, at_risk, left, np.zeros_like(known))
    assert model.hazard(np.arange(TENURES), np.zeros((TENURES, 2))) == pytest.approx(table.hazard, abs=1e-9)


@pytest.mark.parametrize("ridge", [0.0, 1.0, 50.0])
def test_equals_logistic_regression_on_customer_months(ridge: float) -> None:
    tenure, at_risk, left, known = planted(1)
    model = fit_hazard(tenure, at_risk, left, known, ridge=ridge)
    # One row for those who left and one for those who stayed, a column for each tenure; only effects are penalised,
    # which scikit-learn does when tenures are so large that their own weights may stay small.
    large = 1e4
    design = np.hstack([np.eye(TENURES)[tenure] * large, known])
    rows, label = np.vstack([design, design]), np.repeat([1, 0], len(tenure))
    theirs = LogisticRegression(
        C=1 / ridge if ridge else np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-10, max_iter=1000
    )
    theirs.fit(rows, label, sample_weight=np.concatenate([left, at_risk - left]))
    assert model.coefficients == pytest.approx(theirs.coef_[0, TENURES:], abs=1e-4)
    assert model.baseline == pytest.approx(theirs.coef_[0, :TENURES] * large, abs=1e-3)


def test_cloglog_equals_cox_with_grouped_months() -> None:
    random = np.random.default_rng(5)
    known = random.integers(0, 2, 6000).astype(float)
    months = np.ceil(random.exponential(20 / np.exp(0.7 * known))).astype(int)
    left, tenure = months <= 24, np.minimum(months, 24) - 1
    cells = [
        (month, value, float(((tenure >= month) & (known == value)).sum()),
         float(((tenure == month) & left & (known == value)).sum()))
        for month in range(24) for value in (0.0, 1.0)
    ]  # fmt: skip
    when, values, at_risk, gone = map(np.array, zip(*cells, strict=True))
    model = fit_hazard(when, at_risk, gone, values[:, None], link="cloglog", ridge=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas as pd
        from lifelines import CoxPHFitter

        theirs = CoxPHFitter().fit(pd.DataFrame({"t": tenure + 1, "e": left, "x": known}), "t", "e")
    assert model.coefficients[0] == pytest.approx(theirs.params_["x"], abs=0.01)
    assert model.errors[0] == pytest.approx(theirs.standard_errors_["x"], rel=0.03)
    assert model.coefficients[0] == pytest.approx(0.7, abs=3 * model.errors[0])


def test_planted_effects_lie_within_their_errors() -> None:
    inside = [
        np.abs(model.coefficients - [0.8, -0.5]) < 1.96 * model.errors
        for model in (fit_hazard(*planted(seed), ridge=0.0) for seed in range(60))
    ]
    # 120 intervals of 95%: fewer than 105 inside has a chance below 1 in 1,000.
    assert np.sum(inside) >= 105


def test_late_entry_changes_nothing_but_the_tenures_seen() -> None:
    tenure, at_risk, left, known = planted(2, size=2e6)
    late = tenure >= 4
    whole, seen = fit_hazard(tenure, at_risk, left, known), fit_hazard(*(each[late] for each in planted(2, size=2e6)))
    assert seen.coefficients == pytest.approx(whole.coefficients, abs=0.01)
    assert seen.hazard([8], [[1, 0]]) == pytest.approx(whole.hazard([8], [[1, 0]]), rel=0.01)


@given(st.permutations(range(TENURES * 4)))
def test_the_order_of_cells_does_not_matter(order: list[int]) -> None:
    cells = planted(4)
    model, turned = fit_hazard(*cells), fit_hazard(*(each[order] for each in cells))
    assert turned.coefficients == pytest.approx(model.coefficients, abs=1e-8)
    assert turned.baseline == pytest.approx(model.baseline, abs=1e-8)


def test_tenures_nobody_left_at_are_pooled_and_perfect_covariates_stay_finite() -> None:
    model = fit_hazard([0, 0, 1, 1, 2, 2], [50, 50, 40, 40, 30, 30], [0, 5, 0, 0, 0, 3], [[0], [1]] * 3)
    assert np.isfinite(model.baseline).all()
    assert np.isfinite(model.coefficients).all()
    assert model.coefficients[0] > 1


@pytest.mark.parametrize(
    "cells",
    [
        ([], [], []),
        ([0], [1], [2]),
        ([-1], [2], [1]),
        ([0, 1], [2], [1]),
        ([0], [5], [1], [[np.nan]]),
        ([0], [5], [0], [[1]]),
        ([0], [5], [5], [[1]]),
        ([0], [5], [1], [1]),
    ],
)
def test_cells_that_cannot_be_fitted_are_refused(cells: tuple[list[float], ...]) -> None:
    with pytest.raises(ValueError):
        fit_hazard(*cells)
