"""Leaving by what was known before: counting by hand, planted effects that fade, and what must not matter."""

import numpy as np
import pytest
from numpy.typing import NDArray

from telcli.methods.hazard import fit_hazard
from telcli.methods.landmarks import (
    ABSENT,
    BANDS,
    GONE,
    HERE,
    RIDGE,
    UNKNOWN,
    LandmarkHazard,
    Watched,
    counted,
    fit_landmarks,
    outcomes,
)
from telcli.methods.staying import fit_staying

DESIGN = np.array([[0.0], [1.0]])
MONTHS = 20
STAYING = fit_staying([-1, -1], [0, 1], [1000, 1000], [20, 20], least=1)


def planted(seed: int, customers: int = 6000) -> Watched:
    """A sign that comes by chance and triples the chance of leaving in the month after, and in that alone."""
    random = np.random.default_rng(seed)
    sign = random.random((customers, MONTHS)) < 0.2
    state = np.full((customers, MONTHS), ABSENT, dtype=np.int8)
    first = random.integers(0, 4, customers)
    for customer in range(customers):
        for month in range(first[customer], MONTHS):
            state[customer, month] = HERE
            before = month > first[customer] and sign[customer, month - 1]
            if month > first[customer] and random.random() < (0.09 if before else 0.03):
                state[customer, month] = GONE
                break
    return Watched(state, sign.astype(np.int16), first.astype(np.int64) - 5)


@pytest.fixture(scope="module")
def history() -> Watched:
    return planted(1)


@pytest.fixture(scope="module")
def found(history: Watched) -> LandmarkHazard:
    model = fit_landmarks(counted(history, 2, MONTHS - 1), DESIGN)
    assert model is not None
    return model


def test_an_effect_of_one_month_is_found_in_that_month_and_not_after(found: LandmarkHazard) -> None:
    assert [(band.first, band.last) for band in found.bands] == list(BANDS)
    odds = 0.09 / 0.91 / (0.03 / 0.97)
    effects = [(band.model.coefficients[0], band.model.errors[0]) for band in found.bands]
    assert abs(effects[0][0] - np.log(odds)) < 3 * effects[0][1]
    for effect, error in effects[1:]:
        assert abs(effect) < 3 * error


def test_the_first_band_is_the_hazard_of_next_month(history: Watched, found: LandmarkHazard) -> None:
    cells: dict[tuple[int, int], NDArray[np.float64]] = {}
    for customer, month in zip(*np.nonzero(history.state[:, :-1] == HERE), strict=True):
        after = history.state[customer, month + 1]
        key = int(month + 1 - history.joined[customer]), int(history.pattern[customer, month])
        cells[key] = cells.get(key, np.zeros(2)) + np.array([after != ABSENT, after == GONE])
    tenure, pattern = np.array(list(cells)).T
    risk, left = np.array(list(cells.values())).T
    by_hand = fit_hazard(tenure, risk, left, DESIGN[pattern], ridge=RIDGE)
    assert found.bands[0].model.coefficients == pytest.approx(by_hand.coefficients, abs=1e-8)
    assert found.bands[0].at_risk[0] == risk[pattern == 1].sum()
    assert found.bands[0].left[0] == left[pattern == 1].sum()


def test_months_that_may_not_be_looked_at_change_nothing(history: Watched) -> None:
    early = fit_landmarks(counted(history, 2, 12), DESIGN)
    cut = Watched(history.state[:, :13], history.pattern[:, :13], history.joined)
    alone = fit_landmarks(counted(cut, 2, 12), DESIGN)
    assert early is not None
    assert alone is not None
    assert [band.model.coefficients.tolist() for band in early.bands] == [
        band.model.coefficients.tolist() for band in alone.bands
    ]


def test_order_of_customers_does_not_matter(history: Watched, found: LandmarkHazard) -> None:
    order = np.random.default_rng(2).permutation(len(history.joined))
    mixed = Watched(history.state[order], history.pattern[order], history.joined[order])
    turned = fit_landmarks(counted(mixed, 2, MONTHS - 1), DESIGN)
    assert turned is not None
    assert turned.bands[0].model.coefficients.tolist() == found.bands[0].model.coefficients.tolist()


def test_outlooks_follow_the_sign_then_tenure_and_without_tenure_tenure_alone(found: LandmarkHazard) -> None:
    tenure, pattern = np.array([6, 6, -1, 6]), np.array([0, 1, 1, 1])
    base = STAYING.outlook(tenure, np.full(4, -1), 24)
    told = found.outlook(base, tenure, pattern)
    usual, signed, unknown, again = told.survival[told.kind]
    assert (told.survival[told.kind] <= 1.0).all()
    assert (np.diff(told.survival, axis=1) <= 0).all()
    assert signed[0] < usual[0] - 0.03
    assert signed.tolist() == again.tolist()
    assert unknown.tolist() == base.survival[base.kind[2]].tolist()
    last = BANDS[-1][1]
    assert told.hazard()[told.kind[0], last:] == pytest.approx(base.hazard()[base.kind[0], last:])


def test_few_leavings_leave_bands_out_and_none_leave_no_model(history: Watched) -> None:
    few = Watched(history.state[:90], history.pattern[:90], history.joined[:90])
    model = fit_landmarks(counted(few, 2, MONTHS - 1), DESIGN)
    assert model is None or len(model.bands) < len(BANDS)
    nobody = Watched(np.where(few.state == GONE, HERE, few.state), few.pattern, few.joined)
    assert fit_landmarks(counted(nobody, 2, MONTHS - 1), DESIGN) is None


def test_customers_of_unknown_tenure_are_not_looked_at(history: Watched, found: LandmarkHazard) -> None:
    more = Watched(
        np.vstack([history.state, history.state]),
        np.vstack([history.pattern, 1 - history.pattern]),
        np.append(history.joined, np.full(len(history.joined), UNKNOWN)),
    )
    same = fit_landmarks(counted(more, 2, MONTHS - 1), DESIGN)
    assert same is not None
    assert same.bands[0].model.coefficients == pytest.approx(found.bands[0].model.coefficients, abs=1e-10)


def test_who_left_and_how_long_each_was_watched(history: Watched) -> None:
    left, seen = outcomes(history, 5, MONTHS - 1)
    gone = left > 0
    assert (left[gone] == seen[gone]).all()
    assert (history.state[gone, 5 + left[gone]] == GONE).all()
    whole = (history.state[:, 6:] == HERE).all(axis=1)
    assert (seen[whole] == MONTHS - 6).all()
    assert not left[whole].any()
