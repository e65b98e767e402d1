"""Folds keep the churn rate and the customers together; samples keep the churners."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.churn_folds import bounded_sample, stratified_folds, usable_folds

labels = st.lists(st.booleans(), min_size=4, max_size=200)


@given(labels, st.integers(2, 7), st.integers(0, 5))
def test_folds_are_even_within_each_class(y: list, folds: int, seed: int) -> None:
    fold = stratified_folds(y, folds, seed)
    for kind in (True, False):
        sizes = np.bincount(fold[np.array(y) == kind], minlength=folds)
        assert sizes.max() - sizes.min() <= 1
    assert np.ptp(np.bincount(fold, minlength=folds)) <= 1
    assert (fold == stratified_folds(y, folds, seed)).all()


@given(labels, st.integers(2, 5))
def test_a_group_is_never_parted(y: list, folds: int) -> None:
    groups = np.array([f"c{i % 7}" for i in range(len(y))])
    fold = stratified_folds(y, folds, 0, groups)
    assert all(np.unique(fold[groups == group]).size == 1 for group in np.unique(groups))


def test_usable_folds() -> None:
    assert usable_folds([1] + [0] * 49, 5) == 2
    assert usable_folds([1] * 3 + [0] * 49, 5) == 3
    assert usable_folds([1] * 30 + [0] * 49, 5) == 5


@given(labels, st.integers(2, 250), st.integers(0, 3))
def test_samples_are_bounded_and_correctable(y: list, most: int, seed: int) -> None:
    left = np.array(y)
    rows, kept = bounded_sample(y, most, seed)
    assert rows.size == min(most, left.size)
    assert (np.diff(rows) > 0).all()
    assert 0 < kept <= 1
    if kept < 1:
        assert left[rows].sum() == left.sum()
        assert (~left[rows]).sum() == pytest.approx(kept * (~left).sum())
