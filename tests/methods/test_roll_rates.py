"""What of a debt is never paid: by products worked by hand, in worlds whose loss is known, and at the ends."""

import numpy as np
import pytest

from telcli.methods.roll_rates import loss_rates, ratio_of_sums

ONE = [1, 1, 0]


def test_product_by_hand() -> None:
    # Of 100 not yet due 20 roll, of 40 past due 30 roll, of the oldest 0.9 is lost: 0.2 * 0.75 * 0.9.
    found = loss_rates([[20.0, 30.0, 0.0]], [[80.0, 10.0, 0.0]], [[100.0, 40.0, 0.0]], ONE, last=0.9)
    assert found.loss == pytest.approx([0.135, 0.675, 0.9])
    total, low, high = found.provided([1000.0, 100.0, 10.0])
    assert low <= total <= high
    assert total == pytest.approx(135 + 67.5 + 9)


def test_the_provision_matrix_of_a_worked_example() -> None:
    """IFRS 9, IE74-IE77, Example 12 (the simplified approach): 30 million of receivables, 0.3% to 10.6% by age.

    The standard gives the rates and the balances of each age, and a loss allowance of 580,000. Debts that roll as below
    are lost at those rates: each is the product of what grows older from its age on.
    """
    balance = [15_000_000.0, 7_500_000.0, 4_000_000.0, 2_500_000.0, 1_000_000.0]
    rates = [0.003, 0.016, 0.036, 0.066, 0.106]
    rolls = [rates[age] / rates[age + 1] for age in range(4)]
    there = np.array([*[1000.0] * 4, 0.0])
    moved = np.array([*[1000.0 * roll for roll in rolls], 0.0])
    found = loss_rates(moved[None, :], (there - moved)[None, :], there[None, :], [1, 1, 1, 1, 0], last=rates[-1])
    assert found.loss == pytest.approx(rates)
    assert found.provided(balance)[0] == pytest.approx(580_000, rel=1e-9)


def test_an_age_of_three_months_is_survived_three_times() -> None:
    found = loss_rates([[0.0, 0.0]], [[10.0, 0.0]], [[100.0, 0.0]], [3, 0])
    assert found.loss == pytest.approx([0.9**3, 1.0])


@pytest.mark.parametrize("paid", [0.0, 100.0])
def test_ends_are_wide_where_all_or_nothing_was_paid(paid: float) -> None:
    found = loss_rates([[100.0 - paid, 0.0]] * 9, [[paid, 0.0]] * 9, [[100.0, 0.0]] * 9, [1, 0])
    assert found.high[0] - found.low[0] > 0.2
    assert found.low[0] <= found.loss[0] <= found.high[0]


def test_an_age_that_was_never_seen_is_lost_and_says_nothing() -> None:
    found = loss_rates(np.zeros((4, 3)), np.zeros((4, 3)), np.zeros((4, 3)), ONE)
    assert np.isnan(found.reach).all()
    assert found.loss.tolist() == [1.0, 1.0, 1.0]
    assert found.low[:2].tolist() == [0.0, 0.0]


def test_intervals_hold_what_they_promise() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        size = rng.lognormal(3, 1, (400, 1))
        rolls = rng.random((400, 2)) < [0.2, 0.5]
        there = np.hstack([size, size, 0 * size])
        moved = there * np.hstack([rolls, np.zeros((400, 1))])
        found = loss_rates(moved, there - moved, there, ONE)
        held += found.low[0] <= 0.1 <= found.high[0]
    assert 0.90 <= held / 300 <= 0.99


def test_a_share_of_nothing_is_none() -> None:
    assert np.isnan(ratio_of_sums([0.0], [0.0])).all()
    assert ratio_of_sums([5.0] * 8, [5.0] * 8)[1] < 0.8
