"""The total-cost table: its sums, its intervals, and when another method than the model's is used."""

import numpy as np
import pytest

from telcli.methods.costs import CostMatrix, decisions, savings
from telcli.methods.total_cost import REFERENCE, TotalCost, total_cost_table


def people(rows: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray, CostMatrix]:
    rng = np.random.default_rng(seed)
    p = rng.random(rows) ** 3
    return (rng.random(rows) < p) * 1.0, p, CostMatrix.of_value(rng.gamma(2, 150, rows), 10, 1, 0.3)


def table(y: np.ndarray, p: np.ndarray, costs: CostMatrix, **more: np.ndarray) -> TotalCost:
    return total_cost_table(y, costs, {**decisions(p, costs), **more})


def test_savings_are_those_of_the_cost_table() -> None:
    y, p, costs = people()
    found = table(y, p, costs).metrics
    matrix = {"tp": costs.tp, "fp": costs.fp, "tn": costs.tn, "fn": costs.fn}
    assert found["savings"] == pytest.approx(savings(y, decisions(p, costs)["model-bayes"], **matrix))
    least = min(found["total_cost"]["nobody"], found["total_cost"]["everybody"])
    assert found["savings"] == pytest.approx(1 - found["total_cost"]["model-bayes"] / least)


def test_savings_are_null_where_doing_nothing_costs_nothing() -> None:
    y, p, _ = people()
    found = table(y, p, CostMatrix.of_value(np.where(y == 1, 0.0, 500.0), 10, 1, 0.3)).metrics
    assert found["total_cost"]["nobody"] == 0 < found["total_cost"]["model-bayes"]
    assert found["savings"] is found["savings_low"] is found["savings_high"] is None


def test_intervals_hold_what_was_found_and_paired_ones_are_narrower() -> None:
    y, p, costs = people(2000)
    noisy = decisions(np.clip(p + 0.02 * np.sin(np.arange(2000)), 0, 1), costs)["model-bayes"]
    rows = {row["method"]: row for row in table(y, p, costs, noisy=noisy).rows}
    for row in rows.values():
        for name in ("cost", "diff", "savings"):
            assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
    assert rows[REFERENCE]["diff_low"] == rows[REFERENCE]["diff_high"] == 0
    assert rows["noisy"]["diff_high"] - rows["noisy"]["diff_low"] < 0.3 * (
        rows["noisy"]["cost_high"] - rows["noisy"]["cost_low"]
    )


def test_the_interval_of_a_total_is_that_of_the_normal_law() -> None:
    y, p, costs = people(4000, seed=3)
    row = table(y, p, costs).rows[0]
    each = costs.each(y, np.zeros(4000))
    wide = 2 * 1.96 * each.std() * np.sqrt(4000)
    assert row["cost_high"] - row["cost_low"] == pytest.approx(wide, rel=0.12)


def test_the_model_is_used_unless_another_is_cheaper_beyond_chance() -> None:
    y, p, costs = people(2000)
    few = decisions(p, costs)["model-bayes"].copy()
    wrong = np.flatnonzero(few & (y == 0))
    few[wrong[:3]] = False
    luckier = table(y, p, costs, luckier=few)
    assert luckier.metrics["total_cost"]["luckier"] == min(luckier.metrics["total_cost"].values())
    assert luckier.chosen == REFERENCE
    oracle = table(y, p, costs, oracle=(y == 1) & (costs.gain > 0))
    assert oracle.chosen == "oracle" == oracle.metrics["chosen_method"]
    assert [row["method"] for row in oracle.rows if row["chosen"]] == ["oracle"]
    assert all(row["diff"] >= 0 for row in oracle.rows)
