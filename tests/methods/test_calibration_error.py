"""The calibration error beside what chance makes of it, and how often its interval holds the true one."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit, logit

from telcli.methods.calibration_error import calibration_error
from telcli.methods.churn_evaluation import evaluate
from telcli.methods.churn_metrics import calibration_bins, expected_calibration_error

Change = Callable[[np.ndarray], np.ndarray]
CHANGES: dict[str, Change] = {
    "right": lambda score: score,
    "too low": lambda score: score + 0.3,
    "too bold": lambda score: 0.7 * score - 0.4,
    "wrong at the top": lambda score: np.where(score > 0.2, score - 0.6, score),
}


def covered(change: Change, rows: int, level: float, sets: int = 50) -> tuple[float, float]:
    """How often the interval holds the error of a large population, and how often it begins above 0."""
    rng = np.random.default_rng(11)
    score = rng.normal(level, 1, 200_000)
    off = np.bincount(calibration_bins(expit(score)), expit(change(score)) - expit(score))
    true = np.abs(off).sum() / score.size
    held = above = 0
    for seed in range(sets):
        score = rng.normal(level, 1, rows)
        found = calibration_error(rng.random(rows) < expit(change(score)), expit(score), rounds=200, seed=seed)
        held += found.low <= true + 1e-9 and true <= found.high
        above += found.low > 0
    return held / sets, above / sets


@pytest.mark.slow
@pytest.mark.parametrize(("name", "level"), [*((name, -1.3) for name in CHANGES), ("right", -3.3)])
def test_the_interval_holds_the_true_error_about_95_times_in_100(name: str, level: float) -> None:
    held, above = covered(CHANGES[name], 2000, level)
    assert held >= 0.87
    assert above <= 0.1 if name == "right" else True
    assert above > 0.5 if name == "too low" else True


def test_the_error_found_is_the_plain_one_and_chance_is_that_of_right_probabilities() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(1, 6, 1500)
    y = (rng.random(1500) < p) * 1.0
    found = calibration_error(y, p)
    assert found.found == pytest.approx(expected_calibration_error(y, p))
    drawn = [expected_calibration_error(rng.random(1500) < p, p) for _ in range(400)]
    assert found.chance == pytest.approx(np.mean(drawn), rel=0.05)
    assert found == calibration_error(y, p), "the same seed, the same bounds"


def test_odd_sets_have_bounds_too() -> None:
    for y, p in (([0, 1], [0.2, 0.9]), ([0, 1] * 20, [0.5] * 40), ([1, 0, 0, 0], [1.0, 0.0, 0.0, 0.0])):
        found = calibration_error(y, p)
        assert 0 <= found.low <= found.high <= 1 and np.isfinite(found).all()
    assert calibration_error([0, 1] * 20, [logit(0.5) + 0.5] * 40).found == 0


def test_it_is_told_beside_the_other_figures() -> None:
    rng = np.random.default_rng(5)
    p = rng.beta(2, 5, 2000)
    figures = evaluate((rng.random(2000) < p) * 1.0, p, np.full(2000, 200.0), None).metrics
    assert figures["ece_low"] == 0 < figures["ece"] <= figures["ece_high"]
    assert 0.5 < figures["ece"] / figures["ece_chance"] < 2
