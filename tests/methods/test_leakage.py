"""Leaks by value, by gaps, by marks and by stays; honest columns pass."""

import numpy as np

from telcli.methods.leakage import column_auc, ends_early, marks_churners, scan


def people(rows: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return (rng.random(rows) < 0.2).astype(float), rng


def test_a_number_counts_in_either_direction() -> None:
    y, rng = people()
    noise = rng.normal(size=y.size)
    assert column_auc(10 * y + noise, y) > 0.99
    assert column_auc(-10 * y + noise, y) > 0.99
    assert column_auc(noise, y) < 0.55


def test_a_number_that_tells_neither_high_nor_low_is_found() -> None:
    y, rng = people()
    assert column_auc(np.where(y == 1, 5.0, rng.choice([0.0, 10.0], y.size)), y) == 1.0
    assert (
        column_auc(np.where(y == 1, rng.normal(0, 0.1, y.size), rng.choice([-5, 5], y.size) * (1 + rng.random())), y)
        > 0.99
    )
    busy = rng.normal(size=y.size)
    assert column_auc(np.where(y == 1, 0.25, busy), y) > 0.98, "one common value among many"
    assert column_auc(busy, y) < 0.55
    assert column_auc(rng.integers(0, 200, y.size).astype(float), y) < 0.55


def test_gaps_tell_too() -> None:
    y, rng = people()
    reason = np.where(y == 1, rng.integers(0, 20, y.size), np.nan)
    assert column_auc(reason, y, categorical=True) == 1.0
    assert column_auc(np.where(y == 1, np.nan, 5.0), y) == 1.0


def test_many_categories_earn_nothing_by_chance() -> None:
    y, rng = people()
    assert column_auc(rng.integers(0, 1500, y.size).astype(float), y, categorical=True) < 0.57
    assert column_auc(y * 3 + rng.integers(0, 3, y.size), y, categorical=True) > 0.99


def test_scan_of_a_large_table_reads_a_part_of_it() -> None:
    y, rng = people(120_000)
    X = np.column_stack([rng.normal(size=y.size), y + rng.normal(0, 0.1, y.size), np.full(y.size, 3.0)])
    areas = scan(X, y, most=20_000)
    assert areas[0] < 0.53
    assert areas[1] > 0.99
    assert areas[2] == 0.5


def test_a_mark_of_some_churners_and_no_stayer_is_a_leak_whatever_its_area() -> None:
    y, rng = people()
    reason = (y == 1) & (rng.random(y.size) < 0.3)
    assert column_auc(np.where(reason, 1.0, np.nan), y) < 0.7
    assert marks_churners(reason, y)
    for honest in (rng.random(y.size) < 0.1, np.ones(y.size, bool), np.zeros(y.size, bool), y == 0):
        assert not marks_churners(honest, y)
    assert not marks_churners((y == 1) & (rng.random(y.size) < 0.02), y), "of few churners"


def test_a_mark_is_seldom_one_by_chance() -> None:
    """Columns that know nothing, in tables of few customers: none of 2,000 is refused."""
    rng = np.random.default_rng(5)
    for _ in range(2000):
        y = (rng.random(60) < 0.4).astype(float)
        assert not marks_churners(rng.random(60) < rng.random(), y) or y.sum() == 0


def test_a_stay_counted_to_the_day_of_leaving() -> None:
    y, rng = people(600)
    since = rng.integers(6, 60, y.size).astype(float)
    before = np.where(y == 1, rng.integers(2, 6, y.size), 0)
    assert ends_early(since - before, since, y)
    assert ends_early(np.round(since - before), since + rng.random(y.size), y)
    assert not ends_early(since, since, y)
    assert not ends_early(since - rng.integers(0, 6, y.size), since, y), "an old extract: short for all"
    assert not ends_early(rng.permutation(since), since, y), "another date"
    assert not ends_early(np.full(y.size, np.nan), since, y)
