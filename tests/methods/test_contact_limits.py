"""The best customers within a budget and so many contacts, beside the linear programme and plain rules."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from telcli.methods.contact_limits import within_limits

Arrays = tuple[np.ndarray, np.ndarray]
money = st.one_of(st.floats(0.1, 20), st.floats(20, 200), st.integers(0, 5).map(float))
cases = st.lists(st.tuples(st.one_of(st.floats(-20, 100), st.sampled_from([5.0, 1000.0])), money), min_size=1)


def arrays(rows: list[tuple[float, float]]) -> Arrays:
    saving, spend = (np.array(part) for part in zip(*rows, strict=True))
    return saving, spend


def past_those_who_do_not_fit(order: Sequence[int], spend: np.ndarray, budget: float, capacity: int) -> np.ndarray:
    """The plain rule: down the list, whoever fits."""
    found, left = np.zeros(spend.size, dtype=bool), budget
    for row in order:
        if spend[row] <= left and found.sum() < capacity:
            found[row], left = True, left - spend[row]
    return found


@given(cases, st.floats(0.1, 200), st.integers(1, 60))
def test_limits_hold_and_hardly_any_choice_is_better(
    rows: list[tuple[float, float]], budget: float, capacity: int
) -> None:
    saving, spend = arrays(rows)
    wanted = saving > 0
    kept = within_limits(saving, spend, wanted, budget=budget, capacity=capacity)
    assert spend[kept].sum() <= budget + 1e-9 and kept.sum() <= capacity and not (kept & ~wanted).any()
    ratio = np.divide(saving, spend, out=np.full(saving.size, np.inf), where=spend > 0)
    for order in (-ratio, -saving):
        ranked = [row for row in np.argsort(order, kind="stable") if wanted[row]]
        plain = past_those_who_do_not_fit(ranked, spend, budget, capacity)
        assert saving[kept].sum() >= saving[plain].sum() - 1e-9
    asked = np.flatnonzero(wanted & (spend <= budget))
    if asked.size:
        both = [spend[asked], np.ones(asked.size)]
        bound = linprog(-saving[asked], A_ub=both, b_ub=[budget, capacity], bounds=(0, 1))
        assert saving[kept].sum() >= -bound.fun - saving[asked].max() - 1e-6


@given(cases, st.integers(1, 9))
def test_so_many_contacts_are_those_of_the_highest_saving(rows: list[tuple[float, float]], capacity: int) -> None:
    saving, spend = arrays(rows)
    kept = within_limits(saving, spend, saving > 0, capacity=capacity)
    assert saving[kept].sum() == pytest.approx(np.sort(saving[saving > 0])[::-1][:capacity].sum())


def test_who_takes_more_than_the_whole_budget_keeps_nobody_else_out() -> None:
    saving, spend = np.repeat([100_000.0, 10.0], [5, 1000]), np.repeat([5000.0, 1.0], [5, 1000])
    kept = within_limits(saving, spend, saving > 0, budget=3000.0)
    assert kept.tolist() == [False] * 5 + [True] * 1000


def test_who_does_not_fit_any_more_is_passed_over() -> None:
    assert within_limits([90.0, 80.0, 1.0], [6.0, 6.0, 4.0], [True] * 3, budget=10.0).tolist() == [True, False, True]
    # One who takes it all saves more than many small ones of a better ratio.
    assert within_limits([100.0, 2.0], [10.0, 0.1], [True] * 2, budget=10.0).tolist() == [True, False]


def test_both_limits_are_used_up_by_two_kinds_of_customers() -> None:
    saving, spend = np.repeat([10.0, 6.0], 200), np.repeat([5.0, 1.0], 200)
    kept = within_limits(saving, spend, saving > 0, budget=300.0, capacity=100)
    assert saving[kept].sum() == 800 and spend[kept].sum() == 300


def test_a_budget_buys_what_saves_most_for_its_money() -> None:
    rng = np.random.default_rng(3)
    saving, spend = rng.gamma(2, 20, 2000), rng.gamma(2, 5, 2000)
    kept = within_limits(saving, spend, np.ones(2000, dtype=bool), budget=3000.0)
    greedy = past_those_who_do_not_fit(np.argsort(-saving / spend).tolist(), spend, 3000.0, 2000)
    assert saving[kept].sum() >= saving[greedy].sum()
    assert 2999 < spend[kept].sum() <= 3000


def test_equal_customers_fill_the_budget_and_no_limit_changes_nothing() -> None:
    same = np.full(10, 5.0)
    assert within_limits(same, np.full(10, 2.0), same > 0, budget=7.0).sum() == 3
    assert within_limits(same, np.full(10, 2.0), same > 0).all()
    assert within_limits(same, np.zeros(10), same > 0, budget=1.0).all()
    assert not within_limits(same, np.full(10, 2.0), same > 0, budget=1.0).any()
    odd = np.array([True, False] * 5)
    assert (within_limits(-same, same, odd) == odd).all(), "what is wanted stays so where no limit binds"
