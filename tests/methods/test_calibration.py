"""Stacking and the level of risk, on the log-odds scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from telcli.methods.calibration import level_shift, stack_logits


@given(st.lists(st.tuples(st.floats(-8, 8), st.booleans()), min_size=2, max_size=50))
def test_the_level_makes_probabilities_add_up(rows: list) -> None:
    score, y = np.array([score for score, _ in rows]), np.array([left for _, left in rows], dtype=float)
    shift = level_shift(score, y)
    assert expit(score + shift).sum() == pytest.approx(y.sum(), abs=1e-6)
    assert level_shift(score + 1.0, y) == pytest.approx(shift - 1.0, abs=1e-6) or abs(shift) == 50.0


def test_stacking_prefers_what_is_right_and_calibrates_it() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(-1, 1.5, 30_000)
    y = rng.random(truth.size) < expit(truth)
    members = np.column_stack([3 * truth + 1, truth + rng.normal(0, 3, truth.size), rng.normal(size=truth.size)])
    weights, intercept = stack_logits(members, y)
    assert weights[0] == pytest.approx(1 / 3, abs=0.03)
    assert (weights[1:] < 0.05).all()
    p = expit(members @ weights + intercept)
    assert p.mean() == pytest.approx(y.mean(), abs=0.003)


def test_weights_are_never_negative_and_few_churners_change_little() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(size=5000)
    y = rng.random(5000) < expit(truth)
    assert stack_logits(-truth[:, None], y)[0][0] == 0.0
    few, _ = stack_logits(rng.normal(0, 0.2, (30, 2)), np.arange(30) < 3)
    assert few == pytest.approx([0.5, 0.5], abs=0.2)
