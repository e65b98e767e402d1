"""Attributions: Shapley values by their definition and by another implementation; faithful to the score."""

import warnings
from functools import cache
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from scipy.special import expit

from telcli.methods.churn_model import ChurnModel
from telcli.methods.churn_terms import ChurnTerms


@cache
def fitted(rows: int = 8000) -> tuple[ChurnModel, np.ndarray, np.ndarray]:
    """Five columns: a category, two that act together, one that does alone, and one without any effect."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(rows, 5)).astype(np.float32)
    X[:, 0] = rng.integers(0, 4, rows)
    X[:, 2] += 0.5 * X[:, 1]
    y = rng.random(rows) < expit(-2 + (X[:, 0] == 2) + 2.5 * (X[:, 1] > 0) * (X[:, 2] > 0) + X[:, 3])
    X[:, :4][rng.random((rows, 4)) < 0.05] = np.nan
    X[:, 4] = 1.0
    model = ChurnModel((0,)).fit(X, y)
    assert model.terms_ is not None
    assert model.terms_.pairs
    return model, X, y


def by_definition(model: ChurnModel, row: np.ndarray, background: np.ndarray) -> np.ndarray:
    """The mean over all orders of what a column adds when it becomes the row's own."""
    width = row.size
    found = np.zeros(width)

    @cache
    def worth(known: frozenset[int]) -> float:
        mixed = background.copy()
        mixed[:, sorted(known)] = row[sorted(known)]
        return float(model.decision_function(mixed).mean())

    for order in permutations(range(width)):
        for place, column in enumerate(order):
            before = frozenset(order[:place])
            found[column] += worth(before | {column}) - worth(before)
    return found / factorial(width)


def test_they_are_shapley_values_by_their_definition() -> None:
    model, X, y = fitted()
    found = model.attributions(X[:4])
    for row, parts in zip(X[:4], found, strict=True):
        assert parts == pytest.approx(by_definition(model, row, X[~y]), abs=1e-5)


@pytest.mark.slow
def test_they_are_those_of_shap() -> None:
    shap = pytest.importorskip("shap", reason="NOT COMPARED with shap, which is not installed")
    _, X, y = fitted()
    background = X[~y][:60]
    mine = ChurnModel((0,)).fit(X, y)
    assert mine.terms_ is not None
    _only(mine.terms_, background)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        masker = shap.maskers.Independent(background, max_samples=60)
        theirs = shap.explainers.Exact(mine.decision_function, masker)(X[:20]).values
    assert mine.attributions(X[:20]) == pytest.approx(theirs, abs=1e-5)


def _only(terms: ChurnTerms, background: np.ndarray) -> None:
    """Make some rows all the stayers there are."""
    _, codes = next(terms._chunks(background))
    terms.shares = [np.bincount(codes[:, j], minlength=t.size) / len(codes) for j, t in enumerate(terms.tables)]
    for place, (j, k) in enumerate(terms.pairs):
        share = np.zeros(terms.pair_tables[place].shape)
        np.add.at(share, (terms.groups[j][codes[:, j]], terms.groups[k][codes[:, k]]), 1 / len(codes))
        terms.pair_shares[place] = share


@pytest.mark.parametrize("rows", [150, 700, 8000])
def test_they_add_up_to_the_score_less_that_of_stayers(rows: int) -> None:
    _, X, y = fitted()
    X, y = X[:rows], y[:rows]
    model = ChurnModel((0,)).fit(X, y)
    parts, score = model.attributions(X), model.decision_function(X)
    assert parts.sum(axis=1) == pytest.approx(score - score[~y].mean(), abs=1e-4)
    assert parts[~y].mean(axis=0, dtype=float) == pytest.approx(np.zeros(5), abs=1e-4)
    assert (parts[:, 4] == 0).all(), "a column without effect"


def test_two_columns_that_play_the_same_part_get_the_same() -> None:
    both = np.array([[0.0, 1.0], [1.0, 4.0]])
    terms = ChurnTerms(
        columns=np.arange(2),
        edges=[np.zeros(1, dtype=np.float32)] * 2,
        categorical=(),
        level=0.0,
        tables=[np.array([0.0, 0.5, 0.0])] * 2,
        groups=[np.array([0, 1, 0])] * 2,
        pairs=[(0, 1)],
        pair_tables=[both],
        shares=[np.array([0.5, 0.5, 0.0])] * 2,
        pair_shares=[np.full((2, 2), 0.25)],
    )
    X = np.array([[0, 0], [1, 1], [0, 1], [1, 0]], dtype=np.float32)
    found = terms.attributions(X)
    assert (found[:2, 0] == found[:2, 1]).all()
    assert (found[2] == found[3][::-1]).all()
    assert found.sum(axis=1) == pytest.approx(terms.decision_function(X) - terms.decision_function(X).mean(), abs=1e-6)


def test_taking_the_first_reason_away_moves_the_score_more_than_another_column() -> None:
    model, X, y = fitted()
    rows = np.flatnonzero(model.attributions(X).max(axis=1) > 0.3)[:1000]
    parts, score, stayers = model.attributions(X[rows]), model.decision_function(X[rows]), X[~y]
    rng = np.random.default_rng(0)
    first = np.argmax(parts, axis=1)
    other = (first + rng.integers(1, 5, rows.size)) % 5

    def without(columns: np.ndarray) -> np.ndarray:
        drops = np.zeros(rows.size)
        for _ in range(30):
            changed = X[rows].copy()
            changed[np.arange(rows.size), columns] = stayers[rng.integers(0, len(stayers), rows.size), columns]
            drops += (score - model.decision_function(changed)) / 30
        return drops

    removed = without(first)
    assert removed.mean() > 2 * np.abs(without(other)).mean()
    assert np.corrcoef(removed, parts.max(axis=1))[0, 1] > 0.8
    assert (removed > 0).mean() > 0.97
