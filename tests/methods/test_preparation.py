"""Behaviour columns made comparable: fates of columns, freedom of units, gaps, duplicates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from telcli.methods.preparation import BehaviourPreparation


def columns(rows: int = 400, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    skewed = random.lognormal(3, 1, rows)
    even = random.normal(50, 5, rows)
    rare = np.where(random.random(rows) < 0.2, random.lognormal(2, 1, rows), 0.0)
    credits = random.lognormal(1, 1.2, rows) - 1.5
    return np.column_stack([skewed, even, rare, credits])


def kinds(fitted: BehaviourPreparation) -> list[str]:
    return [fate.kind for fate in fitted.fates_]


def test_each_column_gets_the_treatment_its_shape_needs() -> None:
    fitted = BehaviourPreparation().fit(columns())
    assert kinds(fitted) == ["log", "linear", "mostly-one-value", "signed-log"]


def test_result_is_centred_robustly_scaled_float32_without_gaps() -> None:
    data = columns()
    data[::7, 1] = np.nan
    data[0, 0] = np.inf
    result = BehaviourPreparation().fit_transform(data)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    lower, middle, upper = np.quantile(result[:, 0], [0.25, 0.5, 0.75])
    assert middle == pytest.approx(0, abs=1e-6)
    assert upper - lower == pytest.approx(1.349, abs=3e-3)


@settings(max_examples=25, deadline=None)
@given(factors=st.lists(st.floats(1e-6, 1e6), min_size=4, max_size=4), seed=st.integers(0, 50))
def test_units_do_not_matter(factors: list[float], seed: int) -> None:
    data = columns(seed=seed)
    assert BehaviourPreparation().fit_transform(data * factors) == pytest.approx(
        BehaviourPreparation().fit_transform(data), rel=1e-4, abs=1e-4
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000))
def test_row_order_does_not_matter_and_order_of_values_is_kept(seed: int) -> None:
    data = columns(seed=seed)
    shuffle = np.random.default_rng(seed).permutation(len(data))
    fitted, shuffled = BehaviourPreparation().fit(data), BehaviourPreparation().fit(data[shuffle])
    assert fitted.transform(data)[shuffle] == pytest.approx(shuffled.transform(data[shuffle]), abs=1e-6)
    result = fitted.transform(data)
    for place, column in enumerate(fitted.kept_):
        assert (np.diff(result[np.argsort(data[:, column], kind="stable"), place]) >= -1e-6).all()


def test_columns_that_add_nothing_are_dropped_with_their_reason() -> None:
    data = columns()
    twin = data[:, 0] * 3
    empty = np.full(len(data), np.nan)
    mostly_empty = np.where(np.arange(len(data)) % 5 == 0, 1.0 * np.arange(len(data)), np.nan)
    rare = np.zeros(len(data))
    rare[0] = 9.0
    fitted = BehaviourPreparation().fit(np.column_stack([data, twin, empty, mostly_empty, rare, np.ones(len(data))]))
    reasons = [fate.reason for fate in fitted.fates_[4:]]
    assert reasons == ["duplicate", "missing", "missing", "constant", "constant"]
    told = fitted.describe(["money", "b", "c", "d", "twin", "e", "f", "g", "h"])
    assert told["dropped"][0] == {"column": "twin", "reason": "duplicate", "like": "money", "missing_share": 0.0}
    assert [one["column"] for one in told["used"]] == ["money", "b", "c", "d"]


def test_zero_inflated_use_reads_none_typical_heavy() -> None:
    values = np.concatenate([np.zeros(70), np.full(20, 50.0), np.full(10, 150.0)])
    result = BehaviourPreparation().fit_transform(values[:, None])[:, 0]
    assert sorted(set(result.round(4).tolist())) == [0.0, 1.0, 2.0]


def test_one_extreme_value_does_not_squeeze_the_rest() -> None:
    values = np.append(np.random.default_rng(0).normal(100, 10, 999), 1e9)
    result = BehaviourPreparation().fit_transform(values[:, None])
    assert abs(result).max() < 5


@pytest.mark.parametrize("data", [np.ones((5, 2)), np.full((5, 2), np.nan), np.empty((5, 0)), np.array([[1.0]])])
def test_nothing_to_use_gives_no_columns(data: np.ndarray) -> None:
    assert BehaviourPreparation().fit_transform(data).shape == (len(data), 0)


def test_it_keeps_the_conventions_of_scikit_learn() -> None:
    copy = clone(BehaviourPreparation(winsor=0.01))
    assert copy.get_params()["winsor"] == 0.01
    with pytest.raises(ValueError, match="rows x columns"):
        copy.fit([1.0, 2.0])
    with pytest.raises(ValueError, match="fitted on 4 columns"):
        copy.fit(columns()).transform([[1.0]])
