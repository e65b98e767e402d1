"""Correction for sampling and stacking on the log-odds scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from telcli.methods.calibration import correct_sampling, stack_logits


def test_the_published_correction() -> None:
    assert float(correct_sampling(0.5, 0.1)) == pytest.approx(0.090909, abs=1e-6)


@given(st.floats(0.001, 0.999), st.floats(0.001, 1))
def test_correction_is_a_shift_of_the_log_odds(p: float, kept: float) -> None:
    assert float(correct_sampling(p, kept)) == pytest.approx(expit(logit(p) + np.log(kept)), rel=1e-9)


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
