"""EMPC and MPC against published vectors, against a plain integral, and their bounds."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from telcli.errors import DataError
from telcli.methods.profit import Profit, empc, empc_perfect, mpc, roc_hull

MIXED = ([0, 1, 0, 1, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9])
HALF = [0, 1] * 10


@pytest.mark.parametrize(
    ("y", "score", "expected", "most"),
    [
        (*MIXED, (23.875593418348124, 0.8743700763487141), (23.874999999999996, 0.875)),
        (HALF, HALF, (28.0000000000391, 0.499999999728095), (28.0, 0.5)),
        (HALF, [1 - y for y in HALF], (22.5007912244511, 0.9991601018889205), (22.5, 1.0)),
        (HALF, [0.3] * 20, (22.5007912244511, 0.9991601018889205), (22.5, 1.0)),
    ],
)
def test_the_published_vectors_come_back(y: list, score: list, expected: tuple, most: tuple) -> None:
    assert empc(y, score) == Profit(pytest.approx(expected[0], abs=1e-12), pytest.approx(expected[1], abs=1e-12))
    assert mpc(y, score) == Profit(pytest.approx(most[0], abs=1e-12), pytest.approx(most[1], abs=1e-12))


def by_integral(y: np.ndarray, score: np.ndarray) -> float:
    """EMPC as defined: the best profit at each acceptance rate, averaged over Beta(6, 14)."""
    cuts = np.concatenate([[np.inf], np.unique(score)[::-1]])
    f0 = np.array([(score[y == 1] >= cut).mean() for cut in cuts])
    f1 = np.array([(score[y == 0] >= cut).mean() for cut in cuts])
    pi0 = y.mean()

    def best(gamma: float) -> float:
        return float(np.max((gamma * 190 - 1) * pi0 * f0 - 11 * (1 - pi0) * f1))

    edges = np.linspace(0, 1, 201)
    return sum(quad(lambda g: best(g) * beta.pdf(g, 6, 14), a, b, limit=200)[0] for a, b in itertools.pairwise(edges))


@pytest.mark.parametrize("seed", range(3))
def test_the_closed_form_is_the_integral(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.append(rng.integers(0, 2, 60), [0, 1])
    score = np.round(rng.random(62) + 0.4 * y, 1)
    assert empc(y, score).profit == pytest.approx(by_integral(y, score), abs=1e-5)


people = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=60).filter(
    lambda rows: 0 < sum(left for left, _ in rows) < len(rows)
)


@given(people)
@settings(max_examples=60, deadline=None)
def test_profit_lies_between_blanket_decisions_and_the_perfect_model(rows: list) -> None:
    y, score = np.array([left for left, _ in rows]), np.array([s for _, s in rows], dtype=float)
    everybody = (0.3 * 190 - 1) * y.mean() - 11 * (1 - y.mean())
    found, most = empc(y, score), mpc(y, score)
    assert max(0.0, everybody) - 1e-9 <= most.profit <= 56 * y.mean() + 1e-9
    assert max(0.0, everybody) - 1e-9 <= found.profit <= empc_perfect(y.mean()) + 1e-9
    assert found.profit >= most.profit - 1e-9, "choosing after seeing the rate cannot be worse"
    assert 0 <= found.fraction <= 1
    assert 0 <= most.fraction <= 1


@given(people)
@settings(max_examples=40, deadline=None)
def test_only_the_order_counts(rows: list) -> None:
    y, score = np.array([left for left, _ in rows]), np.array([s for _, s in rows], dtype=float)
    assert empc(y, score).profit == pytest.approx(empc(y, np.exp(score / 7) - 3).profit, abs=1e-12)
    again = np.random.default_rng(0).permutation(len(y))
    assert empc(y, score).profit == pytest.approx(empc(y[again], score[again]).profit, abs=1e-12)


@given(people)
@settings(max_examples=40, deadline=None)
def test_weights_stand_for_repeated_customers(rows: list) -> None:
    y, score = np.array([left for left, _ in rows]), np.array([s for _, s in rows], dtype=float)
    times = 1 + np.arange(len(y)) % 3
    whole = empc(np.repeat(y, times), np.repeat(score, times))
    assert empc(y, score, weight=times).profit == pytest.approx(whole.profit, abs=1e-9)


@given(people)
def test_a_campaign_that_costs_nothing_earns_every_churner_who_accepts(rows: list) -> None:
    y, score = np.array([left for left, _ in rows], float), np.array([rank for _, rank in rows], float)
    assert empc(y, score, offer=0.0, contact=0.0).profit == pytest.approx(0.3 * 200 * y.mean())
    assert mpc(y, score, offer=0.0, contact=0.0).profit == pytest.approx(0.3 * 200 * y.mean())


def test_the_hull_is_concave_and_ends_at_the_corners() -> None:
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, 500)
    f0, f1, pi0 = roc_hull(y, rng.random(500) + 0.3 * y)
    slopes = np.diff(f0) / np.maximum(np.diff(f1), 1e-300)
    assert (f0[0], f1[0]) == (0, 0)
    assert (f0[-1], f1[-1]) == pytest.approx((1, 1))
    assert (np.diff(slopes) <= 1e-9).all()
    assert pi0 == y.mean()


@pytest.mark.parametrize(
    ("y", "score", "more", "code"),
    [
        ([0, 1], [0.1, 0.9], {"value": 10.0}, "profit-value"),
        ([0, 1], [0.1, 0.9], {"contact": -1.0}, "profit-costs"),
        ([1, 1], [0.1, 0.9], {}, "one-class"),
        ([0, 1], [0.1, np.nan], {}, "score-invalid"),
        ([0, 1, 1], [0.1, 0.2], {}, "score-invalid"),
    ],
)
def test_nonsense_is_refused(y: list, score: list, more: dict, code: str) -> None:
    for method in (empc, mpc):
        with pytest.raises(DataError) as caught:
            method(y, score, **more)
        assert caught.value.code == code
