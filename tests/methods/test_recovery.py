"""Shares of debts paid within a month: by money as they came, shrunk, and chosen on months that measure nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.recovery import Ways, best_way, share_ends, shrunk_shares, tried
from telcli.methods.roll_rates import ratio_of_sums

DEBT = st.tuples(st.integers(0, 3), st.integers(0, 2), st.floats(1.0, 500.0), st.floats(0.0, 1.0))


@given(st.lists(DEBT, min_size=1, max_size=30))
def test_one_key_is_the_ratio_of_sums_and_keys_keep_the_money(debts: list[tuple[int, int, float, float]]) -> None:
    age, key, owed, share = (np.array(part) for part in zip(*debts, strict=True))
    plain = shrunk_shares(age, key * 0, owed, share, (4, 1))
    keyed = shrunk_shares(age, key, owed, share, (4, 3))
    for place in range(4):
        rows = age == place
        if not rows.any():
            assert np.isnan(plain[place]).all() and np.isnan(keyed[place]).all()
            continue
        assert plain[place, 0] == pytest.approx(ratio_of_sums(owed[rows] * share[rows], owed[rows])[0], abs=1e-9)
        told = float((owed[rows] * keyed[place, key[rows]]).sum())
        came = float((owed[rows] * share[rows]).sum())
        assert told <= came * (1 + 1e-9) + 1e-9  # less only where a share would be above 1
        assert told == pytest.approx(came) or keyed[place].max() == 1.0


def world(tells: bool, seed: int = 0) -> tuple[np.ndarray, ...]:
    """300 debts in each of six months; of those with the key 1 most is paid, or as much as of all others."""
    rng = np.random.default_rng(seed)
    month, key = np.repeat(np.arange(6), 300), rng.integers(0, 2, 1800)
    share = (rng.random(1800) < (np.where(key == 1, 0.8, 0.2) if tells else 0.5)).astype(float)
    return month, key, share, rng.gamma(2.0, 50.0, 1800), np.tile(np.arange(300), 6)


@pytest.mark.parametrize("tells", [True, False])
def test_what_tells_nothing_is_not_taken(tells: bool) -> None:
    month, key, share, owed, who = world(tells)
    ways = tried(month, month * 0, {"age": (key * 0, 1), "paid": (key, 2)}, owed, share, who, 1)
    assert ways.month.min() == 2
    assert best_way(ways, "age") == ("paid" if tells else "age")
    last = ways.month == 5
    assert (ways.error("paid", last) < ways.error("age", last) - 0.03) is tells
    # The last month chooses nothing: whatever came in it, the way is the same.
    other = Ways(ways.month, ways.who, ways.owed, np.where(last, 1.0 - ways.share, ways.share), ways.found)
    assert best_way(other, "age") == best_way(ways, "age")


def test_a_key_of_few_debts_is_drawn_towards_its_age() -> None:
    age, key = np.zeros(101, dtype=int), np.r_[np.zeros(100, dtype=int), 1]
    share = np.r_[np.tile([0.0, 1.0], 50), 1.0]
    rates = shrunk_shares(age, key, np.ones(101), share, (1, 2))[0]
    assert 0.45 < rates[0] <= rates[1] < 0.8
    low, high = share_ends(age, key, np.ones(101), share, np.arange(101), (1, 2), 0)
    assert (low[0] <= rates).all() and (rates <= high[0]).all()


def test_no_debt_at_all() -> None:
    none = np.zeros(0)
    ways = tried(none, none, {"age": (none.astype(int), 1)}, none, none, none, 7)
    assert best_way(ways, "age") == "age"


def test_all_or_nothing_paid_by_a_few_is_not_certain() -> None:
    for share, point in ((1.0, 1.0), (0.0, 0.0)):
        low, high = share_ends([0] * 5, [0] * 5, [10.0] * 5, [share] * 5, range(5), (1, 1), 0)
        assert low[0, 0] <= point <= high[0, 0]
        assert 0.1 < high[0, 0] - low[0, 0] < 0.7
