"""Contributions: exact for additive scores, centred on stayers, faithful to the score."""

import numpy as np
import pytest

from telcli.methods.churn_model import ChurnModel
from telcli.methods.reasons import contributions, drivers, leading


def additive(X: np.ndarray) -> np.ndarray:
    return np.sin(X[:, 0]) + 2.0 * np.nan_to_num(X[:, 1], nan=0.5) ** 2 - X[:, 2]


def test_additive_terms_come_back_exactly_whatever_the_reference() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3)).astype(np.float32)
    X[::7, 1] = np.nan
    stayed = rng.random(300) < 0.7
    found = []
    for reference in ([0.0, 0.0, 0.0], [2.0, np.nan, -1.0]):
        parts = contributions(additive, X, reference, [0, 1, 2])
        found.append(parts - drivers(parts, stayed)[0])
    assert found[0] == pytest.approx(found[1], abs=1e-5)
    whole = found[0].sum(axis=1)
    assert whole - whole.mean() == pytest.approx(additive(X) - additive(X).mean(), abs=1e-4)
    assert np.abs(found[0][stayed].mean(axis=0)).max() < 1e-5


def test_removing_the_first_reason_lowers_the_score() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(3000, 5)).astype(np.float32)
    y = rng.random(3000) < 1 / (1 + np.exp(2 - X[:, 1] - 1.5 * (X[:, 3] > 1)))
    model = ChurnModel().fit(X, y)
    reference = np.median(X[~y], axis=0)
    parts = contributions(model.decision_function, X, reference, range(5))
    first = leading(parts, np.arange(5), most=1, least=0.3)[:, 0]
    rows = np.flatnonzero(first >= 0)
    safer = X[rows].copy()
    safer[np.arange(rows.size), first[rows]] = reference[first[rows]]
    drop = model.decision_function(X[rows]) - model.decision_function(safer)
    assert drop == pytest.approx(parts[rows, first[rows]], abs=1e-5)
    assert (drop >= 0.3).all()
    assert set(np.unique(first[rows])) <= {1, 3}


def test_one_reason_per_theme_and_none_where_nothing_stands_out() -> None:
    parts = [[0.9, 0.8, 0.2, 0.01], [0.01, 0.0, -1.0, 0.02]]
    assert leading(parts, [0, 0, 1, 2]).tolist() == [[0, 2, -1], [-1, -1, -1]]
    assert leading(np.empty((2, 0)), []).tolist() == [[-1] * 3] * 2
