"""Raking beside post-stratification, margins that it has to meet, and what a limit does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.raking import rake


def test_one_margin_is_post_stratification() -> None:
    weights, off = rake([[0, 0, 1, 1, 1]], [[100, 300]])
    assert np.allclose(weights, [50, 50, 100, 100, 100]) and off < 1e-12


def test_the_table_of_deming_and_stephan_kind() -> None:
    """Two by two cells of 40, 30, 35, 50 respondents, fitted to margins 150 and 300, 200 and 250."""
    cells = [(0, 0)] * 40 + [(0, 1)] * 30 + [(1, 0)] * 35 + [(1, 1)] * 50
    rows, columns = (np.array([cell[at] for cell in cells]) for at in (0, 1))
    weights, _ = rake([rows, columns], [[150, 300], [200, 250]])
    table = np.zeros((2, 2))
    np.add.at(table, (rows, columns), weights)
    assert np.allclose(table.sum(axis=1), [150, 300]) and np.allclose(table.sum(axis=0), [200, 250])
    # raking keeps the odds ratio of what was seen
    assert np.isclose(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]), 40 * 50 / (30 * 35))


@given(st.integers(0, 10_000))
def test_margins_are_met_whatever_the_sample(seed: int) -> None:
    chance = np.random.default_rng(seed)
    sizes = chance.integers(2, 5, 2)
    groups = [np.concatenate([np.arange(size), chance.integers(0, size, 60)]) for size in sizes]
    groups = [np.resize(margin, 60) for margin in groups]
    base = [chance.integers(0, size, 2000) for size in sizes]
    totals = [np.bincount(margin, minlength=size).astype(float) for margin, size in zip(base, sizes, strict=True)]
    weights, off = rake(groups, totals)
    assert (weights > 0).all() and off < 1e-6
    held, _ = rake(groups, totals, limit=2.0)
    assert held.max() <= 2.0 * 2000 / 60 * (1 + 1e-6)
