"""The range of one further value, against scipy's t distribution and by simulation."""

import numpy as np
import pytest
from scipy import stats

from telcli.methods.usual_range import usual_range


def test_it_is_the_prediction_interval_of_students_t() -> None:
    past = [3.1, 4.0, 2.2, 5.5, 4.4, 3.9]
    low, high = usual_range(past, 0.05)
    spread = np.std(past, ddof=1) * np.sqrt(1 + 1 / 6)
    assert (low, high) == pytest.approx(stats.t.interval(0.95, 5, np.mean(past), spread))


def test_as_many_lie_outside_as_was_asked_for() -> None:
    draws = np.random.default_rng(1).normal(10.0, 2.0, (4000, 8))
    outside = 0
    for row in draws.tolist():
        low, high = usual_range(row[:-1], 0.1)
        outside += not low <= row[-1] <= high
    assert outside / 4000 == pytest.approx(0.1, abs=0.015)


def test_counts_vary_by_their_mean_at_least_and_two_values_are_too_few() -> None:
    low, high = usual_range([20.0] * 6, 0.05, counts=True)
    assert low < 12 and high > 28
    assert usual_range([20.0] * 6, 0.05) == (20.0, 20.0)
    with pytest.raises(ValueError, match="three"):
        usual_range([1.0, 2.0], 0.05)
