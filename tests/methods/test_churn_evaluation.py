"""What is said of one held-out set holds together, and is null where it has no meaning."""

import numpy as np
import pytest

from telcli.methods.campaign import Campaign
from telcli.methods.churn_evaluation import evaluate


def people(rows: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.random(rows) ** 3
    return (rng.random(rows) < p) * 1.0, p, rng.gamma(2, 150, rows)


@pytest.mark.slow
def test_the_level_comes_with_its_error() -> None:
    y, p, value = people(4000)
    campaign = Campaign.of(float(value.mean()), 10, 1, 0.3)
    right = evaluate(y, p, value, campaign).metrics
    high = evaluate(y, np.minimum(1.5 * p, 0.99), value, campaign).metrics
    assert abs(right["calibration_intercept"]) < 3 * right["calibration_intercept_error"]
    assert high["calibration_intercept"] < -3 * high["calibration_intercept_error"]
    assert right["expected_churners"] == pytest.approx(p.sum())
