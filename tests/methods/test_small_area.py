"""Means of small groups: the equal case by hand, coverage of their errors, and calibration of scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.score_calibration import score_calibration
from telcli.methods.small_area import small_areas


def test_equal_groups_are_drawn_in_by_the_closed_form() -> None:
    rng = np.random.default_rng(1)
    means = rng.normal(60, 5, 12)
    found = small_areas(means, np.full(12, 9), 225.0)
    between = max(means.var(ddof=1) - 25.0, 0.0)
    share = between / (between + 25.0)
    assert found.between == pytest.approx(between)
    drawn = (1.0 - share) * (means.mean() - means)
    assert found.estimate == pytest.approx(means + np.clip(drawn, -5.0, 5.0))


@pytest.mark.parametrize(("most", "groups", "low"), [(6.5, 12, 0.88), (1.7, 6, 0.94), (3.0, 10, 0.92)])
def test_errors_cover_the_truth_and_are_not_wide_for_it(most: float, groups: int, low: float) -> None:
    rng = np.random.default_rng(0)
    for between in (0.0, 3.0, 8.0):
        within = []
        for _ in range(150):
            size, truth = np.exp(rng.uniform(0.7, most, groups)).astype(int), rng.normal(0.0, between, groups)
            parts = [rng.normal(mean, 20.0, n) for mean, n in zip(truth, size, strict=True)]
            spread = sum(float(np.square(part - part.mean()).sum()) for part in parts) / (size.sum() - groups)
            found = small_areas([part.mean() for part in parts], size, spread)
            assert np.sqrt(found.error[size.argmax()]) < 1.5 * np.sqrt(spread / size.max())
            within.append(np.abs(found.estimate - truth) <= 1.96 * np.sqrt(found.error))
        assert low < np.mean(within) < 0.99


def test_a_group_alone_has_its_own_mean_and_one_nobody_answered_in_none() -> None:
    found = small_areas([70.0, 0.0], [4, 0], 100.0)
    assert found.estimate[0] == 70.0 and found.error[0] == 25.0 and np.isnan(found.estimate[1])


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 50)), min_size=2, max_size=12))
def test_estimates_lie_between_the_groups(groups: list[tuple[float, int]]) -> None:
    mean, size = (np.array(each, dtype=float) for each in zip(*groups, strict=True))
    found = small_areas(mean, size, 400.0)
    assert found.estimate.min() >= mean.min() - 1e-6 and found.estimate.max() <= mean.max() + 1e-6
    assert (found.error > 0).all()


def test_right_scores_are_off_by_chance_alone_and_wrong_ones_by_more() -> None:
    rng = np.random.default_rng(2)
    off = []
    for _ in range(60):
        said = rng.uniform(30, 90, 400)
        found = score_calibration(said, said + rng.normal(0, 20, 400))
        off.append(found.error / found.chance)
    assert np.mean(off) == pytest.approx(1.0, abs=0.08)
    squeezed = score_calibration(60 + 0.3 * (said - 60), said + rng.normal(0, 20, 400))
    assert squeezed.error > 2 * squeezed.chance and squeezed.rows.sum() == 400
