"""Standardised ratios against published vectors, another implementation, and by properties."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson_binom

from telcli.methods.case_mix import case_mix, expected_chances, ratio_interval, shrunk_ratios, tail_chance
from telcli.methods.rates import wilson


@pytest.mark.parametrize(
    ("observed", "of", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3 (score)
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_with_one_chance_for_all_the_interval_is_the_published_one(
    observed: int, of: int, low: float, high: float
) -> None:
    chance = 0.3
    found = ratio_interval(np.full(of, chance), observed)
    assert [end * chance for end in found] == pytest.approx([low, high], abs=6e-5)
    assert [end * chance for end in found] == pytest.approx([float(end) for end in wilson(observed, of)], abs=1e-9)


def test_of_rare_cases_it_is_the_score_interval_of_a_count() -> None:
    # O + z^2/2 -+ z sqrt(O + z^2/4), Barker, The American Statistician 56 (2002), 85-89, here 10 of 5 expected
    low, high = ratio_interval(np.full(50_000, 1e-4), 10)
    z = 1.959964
    reach = z * np.sqrt(10 + z * z / 4)
    assert (low * 5, high * 5) == pytest.approx((10 + z * z / 2 - reach, 10 + z * z / 2 + reach), rel=1e-3)


@given(chances=st.lists(st.floats(0.02, 0.98), min_size=1, max_size=9), data=st.data())
def test_the_tail_is_that_of_all_outcomes_counted_out(chances: list[float], data: st.DataObject) -> None:
    observed = data.draw(st.integers(0, len(chances)))
    share = np.array(chances)
    weight: dict[int, float] = {}
    for each in product((0, 1), repeat=len(chances)):
        weight[sum(each)] = weight.get(sum(each), 0.0) + float(np.where(each, share, 1 - share).prod())
    few = sum(chance for count, chance in weight.items() if count <= observed)
    many = sum(chance for count, chance in weight.items() if count >= observed)
    assert tail_chance(chances, observed) == pytest.approx(min(2 * min(few, many), 1.0), abs=1e-9)
    assert few == pytest.approx(poisson_binom.cdf(observed, share), abs=1e-9)


@given(chances=st.lists(st.floats(0.02, 0.98), min_size=1, max_size=40), data=st.data())
def test_an_interval_holds_its_ratio_and_stays_within_what_can_be(chances: list[float], data: st.DataObject) -> None:
    observed = data.draw(st.integers(0, len(chances)))
    low, high = ratio_interval(chances, observed)
    expected = sum(chances)
    assert 0 <= low <= observed / expected + 1e-9
    assert observed / expected - 1e-9 <= high <= len(chances) / expected + 1e-9


@given(seed=st.integers(0, 50), between=st.sampled_from([0.0, 0.2]))
def test_shrinking_goes_towards_one_and_keeps_the_order(seed: int, between: float) -> None:
    rng = np.random.default_rng(seed)
    ratio = 1 + rng.normal(0, np.sqrt(between + 0.04), 30)
    found, spread = shrunk_ratios(ratio, np.full(30, 0.04))
    assert (np.abs(found - 1) <= np.abs(ratio - 1)).all()
    assert (np.diff(found[np.argsort(ratio)]) >= -1e-12).all()
    assert spread >= 0
    assert (spread > 0.03) == (between > 0) or spread < 0.1


def test_who_has_the_harder_cases_is_not_taken_for_worse() -> None:
    rng = np.random.default_rng(7)
    risk, people = rng.normal(0, 1, 6000), np.repeat([f"M{at:02}" for at in range(40)], 150)
    risk[:3000] += 2.0  # the first half have the harder cases, and nobody does better than another
    offer = rng.integers(0, 3, 6000)
    y = (rng.random(6000) < 1 / (1 + np.exp(0.8 * risk - 0.5 * offer))).astype(int)
    chances = expected_chances(risk[:, None], [offer.astype(str)], y)
    assert chances.sum() == pytest.approx(y.sum(), rel=1e-4)
    found = case_mix(people, chances, y, least=20)
    plain = case_mix(people, np.full(6000, y.mean()), y, least=20)
    assert (plain.chance < 0.05).sum() > 30
    assert (found.chance < 0.05).sum() <= 2
    assert ((found.low <= 1) & (found.high >= 1)).mean() > 0.85
    # one who does better in truth is found, and pulled to 1 by less than her interval
    y[people == "M00"] = rng.random(150) < np.minimum(chances[people == "M00"] * 2.2, 1)
    better = case_mix(people, expected_chances(risk[:, None], [offer.astype(str)], y), y, least=20)
    assert better.people[int(np.argmin(better.chance))] == "M00"
    assert 1 < better.shrunk[0] < better.ratio[0]
    assert better.limits[0, 3] < better.ratio[0]


def test_nothing_achieved_nobody_and_too_few_cannot_tell() -> None:
    none = case_mix(["a"] * 30, expected_chances(np.zeros((30, 1)), [["x"] * 30], [0] * 30), [0] * 30, least=20)
    assert np.isnan(none.ratio).all()
    assert np.isnan(none.chance).all()
    assert case_mix([], [], [], least=20).people == ()
    few = case_mix(["a"] * 5, [0.5] * 5, [1] * 5, least=20)
    assert np.isnan(few.chance[0])
    assert few.ratio[0] == 2.0
