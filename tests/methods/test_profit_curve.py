"""What a campaign earns by its reach, and the best customers within a budget or so many contacts."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.costs import CostMatrix
from telcli.methods.profit_curve import break_even, profit_curve, within_limits


def people(rows: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, CostMatrix]:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 8, rows)
    return (rng.random(rows) < p) * 1.0, p, CostMatrix.of_value(rng.gamma(2, 150, rows), 10, 1, 0.3)


def test_profit_is_what_contacting_the_best_saves_against_nobody() -> None:
    y, p, costs = people()
    order = np.argsort(-costs.expected_saving(p), kind="stable")
    found = profit_curve(y, p, costs)
    assert [row["percent"] for row in found.rows] == list(range(0, 101, 5))
    for row in found.rows:
        act = np.zeros(y.size)
        act[order[: row["contacted"]]] = 1
        saved = costs.each(y, np.zeros(y.size)).sum() - costs.each(y, act).sum()
        assert row["profit"] == pytest.approx(saved)
        assert row["churners"] == (y * act).sum()
        assert row["expected_profit"] == pytest.approx((costs.expected_saving(p) * act).sum())
        assert row["profit_low"] <= row["profit"] <= row["profit_high"]
    assert found.rows[-1]["profit"] == pytest.approx(found.rows[-1]["random_profit"])
    best = max(found.rows, key=lambda row: row["profit"])
    assert abs(found.best - best["percent"] / 100) <= 0.05 and found.best <= found.even


def test_the_interval_of_profit_is_that_of_resampled_customers() -> None:
    y, p, costs = people(800, seed=2)
    row = profit_curve(y, p, costs).rows[4]
    order = np.argsort(-costs.expected_saving(p), kind="stable")
    each = np.zeros(800)
    chosen = order[: row["contacted"]]
    each[chosen] = (costs.each(y, np.zeros(800)) - costs.each(y, np.ones(800)))[chosen]
    draws = each[np.random.default_rng(0).integers(0, 800, (4000, 800))].sum(axis=1)
    assert row["profit_high"] - row["profit_low"] == pytest.approx(2 * 1.96 * draws.std(), rel=0.05)


def test_expected_profit_is_highest_where_savings_end() -> None:
    _, p, costs = people()
    saving = costs.expected_saving(p)
    assert break_even(saving) >= (saving > 0).sum()
    assert break_even([-1.0, -2.0]) == 0 and break_even([]) == 0
    everything = np.sort(saving)[::-1][: break_even(saving)].sum()
    assert everything >= 0


cases = st.lists(st.tuples(st.floats(-20, 100), st.floats(0.1, 20)), min_size=1, max_size=9)


@given(cases, st.floats(0.1, 60), st.integers(1, 9))
def test_within_limits_there_is_hardly_a_better_choice(
    rows: list[tuple[float, float]], budget: float, capacity: int
) -> None:
    saving, spend = (np.array(part) for part in zip(*rows, strict=True))
    wanted = saving > 0
    kept = within_limits(saving, spend, wanted, budget=budget, capacity=capacity)
    assert spend[kept].sum() <= budget + 1e-9 and kept.sum() <= capacity and not (kept & ~wanted).any()
    asked = np.flatnonzero(wanted)
    best = max(
        saving[list(some)].sum()
        for size in range(min(capacity, asked.size) + 1)
        for some in combinations(asked, size)
        if spend[list(some)].sum() <= budget
    )
    affordable = saving[wanted].max(initial=0.0)
    # With both limits the two that straddle the price may differ, with one the last alone.
    assert saving[kept].sum() >= best - 2 * affordable - 1e-6


@given(cases, st.integers(1, 9))
def test_so_many_contacts_are_those_of_the_highest_saving(rows: list[tuple[float, float]], capacity: int) -> None:
    saving, spend = (np.array(part) for part in zip(*rows, strict=True))
    kept = within_limits(saving, spend, saving > 0, capacity=capacity)
    assert saving[kept].sum() == pytest.approx(np.sort(saving[saving > 0])[::-1][:capacity].sum())


def test_a_budget_buys_what_saves_most_for_its_money() -> None:
    rng = np.random.default_rng(3)
    saving, spend = rng.gamma(2, 20, 2000), rng.gamma(2, 5, 2000)
    kept = within_limits(saving, spend, np.ones(2000, dtype=bool), budget=3000.0)
    by_ratio = np.argsort(-saving / spend)
    greedy = by_ratio[np.cumsum(spend[by_ratio]) <= 3000.0]
    assert saving[kept].sum() >= 0.999 * saving[greedy].sum()
    assert 2900 < spend[kept].sum() <= 3000


def test_equal_customers_fill_the_budget_and_no_limit_changes_nothing() -> None:
    same = np.full(10, 5.0)
    assert within_limits(same, np.full(10, 2.0), same > 0, budget=7.0).sum() == 3
    assert within_limits(same, np.full(10, 2.0), same > 0).all()
    assert within_limits(same, np.zeros(10), same > 0, budget=1.0).all()
    odd = np.array([True, False] * 5)
    assert (within_limits(-same, same, odd) == odd).all(), "what is wanted stays so where no limit binds"
