"""When customers leave by score: planted effects found again, the outcome window matched, what must not matter."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from telcli.methods.landmarks import GONE, HERE
from telcli.methods.outlook import Outlook
from telcli.methods.score_hazard import fit_score_hazard, matched

Array = NDArray[np.float64]


def followed(slopes: tuple[float, ...], customers: int = 20_000, seed: int = 0) -> tuple[NDArray[np.int8], Array]:
    """Customers scored once, who then leave by the score with another slope each month."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=customers)
    state = np.full((customers, len(slopes) + 1), HERE, dtype=np.int8)
    here = np.ones(customers, dtype=bool)
    for month, slope in enumerate(slopes, start=1):
        gone = here & (rng.random(customers) < expit(-3.0 + slope * z))
        state[gone, month] = GONE
        state[~here, month] = 0
        here &= ~gone
    chance = np.full(state.shape, np.nan)
    chance[:, 0] = expit(z)
    return state, chance


def test_the_slope_is_that_of_a_regression_on_the_score() -> None:
    state, chance = followed((1.2,))
    model = fit_score_hazard(state, np.zeros(len(state), dtype=np.int64), chance, last=1)
    z = logit(chance[:, 0])
    plain = LogisticRegression(C=1e6).fit(z[:, None], state[:, 1] == GONE)
    assert model.landmarks is not None
    found = model.landmarks.bands[0].model.coefficients[0] / model.spread
    assert abs(found - plain.coef_[0, 0]) < 0.03


def test_effects_fade_as_planted() -> None:
    state, chance = followed((1.5, 0.5, 0.5, 0.0, 0.0, 0.0))
    model = fit_score_hazard(state, np.zeros(len(state), dtype=np.int64), chance, last=6)
    assert model.landmarks is not None
    slopes = [float(band.model.coefficients[0]) for band in model.landmarks.bands]
    assert [round(slope, 1) for slope in slopes[:2]] == [1.5, 0.5]
    assert abs(slopes[2]) < 0.08


def test_what_is_expected_of_all_is_what_came() -> None:
    state, chance = followed((1.0, 0.6, 0.6))
    joined = np.zeros(len(state), dtype=np.int64)
    model = fit_score_hazard(state, joined, chance, last=3)
    base = Outlook(np.full((1, 3), 0.5), np.array([0.1]), np.zeros(len(state), dtype=np.int64))
    hazard = model.hazards(base, joined, chance[:, 0])
    stays = np.cumprod(1.0 - hazard, axis=1)
    came = [(state[:, month] == GONE).sum() for month in (1, 2, 3)]
    expected = -np.diff(np.column_stack([np.ones(len(state)), stays]), axis=1).sum(axis=0)
    assert np.allclose(expected, came, rtol=0.05)


def test_life_tables_serve_without_leavers_enough_and_without_tenure() -> None:
    state, chance = followed((1.0,), customers=200)
    base = Outlook(np.array([[0.9, 0.81]]), np.array([0.1]), np.zeros(200, dtype=np.int64))
    few = fit_score_hazard(state, np.zeros(200, dtype=np.int64), chance, last=1)
    assert few.landmarks is None
    assert np.allclose(few.hazards(base, np.zeros(200, dtype=np.int64), chance[:, 0]), 0.1)
    state, chance = followed((1.0,))
    model = fit_score_hazard(state, np.zeros(len(state), dtype=np.int64), chance, last=1)
    assert np.allclose(model.hazards(base, np.full(200, -1), chance[:200, 0]), 0.1)


def test_nobody_scored_is_no_model() -> None:
    state, chance = followed((1.0,), customers=50)
    assert fit_score_hazard(state, np.zeros(50, dtype=np.int64), chance * np.nan, last=1).landmarks is None


def test_later_landmarks_and_unscored_months_do_not_matter() -> None:
    state, chance = followed((1.0, 0.5))
    joined = np.zeros(len(state), dtype=np.int64)
    wide = np.column_stack([state, np.full(len(state), HERE, dtype=np.int8)])
    more = np.column_stack([chance, np.full(len(state), np.nan)])
    first, second = (fit_score_hazard(s, joined, c, last=2) for s, c in ((state, chance), (wide, more)))
    assert first.landmarks is not None
    assert second.landmarks is not None
    for one, other in zip(first.landmarks.bands, second.landmarks.bands, strict=True):
        assert np.array_equal(one.model.coefficients, other.model.coefficients)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.0, 0.9), min_size=6, max_size=6),
    st.floats(0.0, 0.999),
    st.integers(0, 2),
    st.integers(1, 3),
    st.booleans(),
)
def test_the_window_comes_to_the_chance(hazard: list[float], chance: float, gap: int, outcome: int, lead: bool) -> None:
    before = np.array([hazard])
    found = matched(before, [chance], gap, outcome, lead=lead)
    window = found[0, gap : gap + outcome]
    assert abs(1.0 - np.prod(1.0 - window) - chance) < 1e-9
    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert np.array_equal(found[0, gap + outcome :], before[0, gap + outcome :])
    if not lead:
        assert np.array_equal(found[0, :gap], before[0, :gap])
