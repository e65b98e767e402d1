"""What a campaign earns by its reach."""

import numpy as np
import pytest

from telcli.methods.costs import CostMatrix
from telcli.methods.profit_curve import break_even, profit_curve


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
