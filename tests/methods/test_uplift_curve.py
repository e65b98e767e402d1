"""Uplift curves against published vectors, and what must hold for any trial."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.methods.uplift_bands import banded, better
from telcli.methods.uplift_curve import perfect_score, qini, uplift_curve

Y, T = [1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0, 0, 1]


def test_the_curves_of_the_worked_example() -> None:
    curve = uplift_curve(Y, T, range(8, 0, -1))
    assert curve.qini.tolist() == [0, 1, 2, 2, 1, 0.5, 1, 0.5, 0]
    assert curve.gain == pytest.approx([0, 1, 2, 3, 2, 0.8333, 2, 1.1667, 0], abs=5e-5)
    assert np.isnan(curve.lift[:3]).all() and curve.lift[3:].tolist() == pytest.approx([1, 0.5, 1 / 6, 1 / 3, 1 / 6, 0])
    found = qini(Y, T, range(8, 0, -1))
    assert (found.area, found.random_area) == (8.0, 0.0)
    assert found.to_random == 8 / (8 * 4)


@pytest.mark.parametrize(
    ("y", "score", "t", "uplift", "qini_ratio"),
    [
        ([1, 1], [0.1, 0.3], [0, 1], 1.0, 1.0),
        ([1, 1], [0.1, 0.3], [1, 0], -1.0, 0.0),
        ([0, 1], [0.1, 0.3], [1, 0], 0.0, 1.0),
        ([1, 0], [0.1, 0.3], [0, 1], 1.0, 1.0),
        ([0, 1, 2], [0.1, 0.3, 0.9], [0, 1, 0], -4 / 3, -0.5),
        ([0, 1, 2], [0.1, 0.3, 0.9], [1, 0, 1], 4 / 3, 0.75),
    ],
)
def test_ratios_are_those_of_scikit_uplift(
    y: list[float], score: list[float], t: list[int], uplift: float, qini_ratio: float
) -> None:
    # tests/test_metrics.py of scikit-uplift: uplift_auc_score and qini_auc_score
    found = qini(y, t, score)
    assert found.auuc_to_perfect == pytest.approx(uplift)
    assert found.to_perfect == pytest.approx(qini_ratio)


def test_perfect_curves_are_those_of_scikit_uplift() -> None:
    ones, none, t = [1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, 1.0, 1.0]
    assert uplift_curve(ones, t, perfect_score(ones, t)).gain.tolist() == [0, 2, 0]
    assert uplift_curve(none, t, perfect_score(none, t)).customers.tolist() == [0, 1, 3]
    assert uplift_curve([0.0, 1.0, 0.0], t, perfect_score([0.0, 1.0, 0.0], t)).gain.tolist() == [0, 1, 2, 1.5]


def trial(rng: Any, size: int) -> tuple[Any, Any, Any]:
    t = rng.random(size) < 0.5
    t[:2] = True, False
    return (rng.random(size) < 0.7).astype(float), t, rng.integers(0, 6, size).astype(float)


@given(st.integers(0, 10_000), st.integers(4, 60))
def test_order_of_tied_customers_and_monotone_scores_change_nothing(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    y, t, score = trial(rng, size)
    w = rng.choice([0.5, 1.0, 2.0], size)
    mixed = rng.permutation(size)
    first = uplift_curve(y, t, score, w)
    for again in (
        uplift_curve(y[mixed], t[mixed], score[mixed], w[mixed]),
        uplift_curve(y, t, np.exp(score), w),
        uplift_curve(y, t, 3 * score - 7, w),
    ):
        assert again.qini.tolist() == first.qini.tolist() and again.gain.tolist() == first.gain.tolist()
    assert qini(y, t, np.zeros(size), w).to_random == pytest.approx(0, abs=1e-12)


@given(st.integers(0, 10_000), st.integers(4, 60))
def test_the_ends_of_the_curves_are_the_whole_trial(seed: int, size: int) -> None:
    y, t, score = trial(np.random.default_rng(seed), size)
    curve = uplift_curve(y, t, score)
    gap = y[t].mean() - y[~t].mean()
    assert curve.qini[-1] == pytest.approx(gap * t.sum())
    assert curve.gain[-1] == pytest.approx(gap * size)
    assert curve.lift[-1] == pytest.approx(gap)


def planted(size: int, seed: int) -> tuple[Any, Any, Any]:
    """A trial in which the uplift is known: 0 to 0.4 by a score."""
    rng = np.random.default_rng(seed)
    score, t = rng.random(size), rng.random(size) < 0.5
    return (rng.random(size) < 0.4 + 0.4 * score * t).astype(float), t, score


def test_a_planted_score_beats_chance_its_reversal_loses_and_noise_does_neither() -> None:
    y, t, score = planted(4000, 1)
    noise = np.random.default_rng(2).random(score.size)
    found = banded(y, t, {"score": score, "reversed": -score, "noise": noise, "all": score * 0}, draws=200)
    # treated by a uniform uplift from 0 to 0.4: the curve lies 0.4 x (1 - x) / 2 above its line, an area of 1 / 30
    assert found["score"].low < 1 / 30 < found["score"].high and found["score"].low > 0 > found["reversed"].high
    assert found["noise"].low < 0 < found["noise"].high
    assert found["score"].found.to_random == pytest.approx(-found["reversed"].found.to_random, abs=0.01)
    assert abs(found["all"].draws).max() < 1e-12
    gap, low, high = better(found["score"], found["noise"])
    assert 0 < low < gap < high
    band = found["score"]
    assert (band.qini_low <= band.qini).all() and (band.qini <= band.qini_high).all()
    assert (band.gain_low <= band.gain).all() and (band.gain <= band.gain_high).all()


def test_a_score_that_knows_nothing_is_zero_on_average() -> None:
    rng = np.random.default_rng(3)
    y, t, _ = planted(400, 4)
    found = [qini(y, t, rng.random(400)).to_random for _ in range(200)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(200)


@pytest.mark.slow
def test_bands_hold_what_they_claim() -> None:
    inside = 0
    for seed in range(60):
        y, t, score = planted(500, 100 + seed)
        found = banded(y, t, {"score": score}, draws=120, seed=seed)["score"]
        inside += found.low <= 1 / 30 <= found.high
    assert inside >= 50, inside  # 57 of 60 are expected of a 95% interval


def test_customers_with_other_chances_stand_for_the_rest() -> None:
    rng = np.random.default_rng(5)
    size = 40_000
    risky = rng.random(size) < 0.5
    held = rng.random(size) < np.where(risky, 0.5, 0.1)
    y = (rng.random(size) < np.where(risky, 0.5, 0.9)).astype(float)
    plain = uplift_curve(y, ~held, np.zeros(size))
    chance = np.where(risky, 0.5, 0.1)
    even = uplift_curve(y, ~held, np.zeros(size), 1 / np.where(held, chance, 1 - chance))
    assert plain.lift[-1] > 0.1 and abs(even.lift[-1]) < 0.02


def test_what_cannot_be_ranked_is_refused() -> None:
    for t in ([1, 1], [0, 0]):
        with pytest.raises(DataError) as caught:
            uplift_curve([1, 0], t, [1, 2])
        assert caught.value.code == "one-arm"
    with pytest.raises(DataError, match="finite"):
        uplift_curve([1, 0], [1, 0], [1, np.nan])
    with pytest.raises(DataError, match="rows"):
        uplift_curve([1, 0], [1, 0], [1, 2, 3])
    with pytest.raises(DataError, match="rows"):
        uplift_curve([1, 0], [1, 0, 1], [1, 2])
