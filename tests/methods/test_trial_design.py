"""Sizes of trials beside published ones and beside simulation; draws that are fair, exact and the same again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.trial_design import detectable, draw, power, sample_size

shares = st.floats(0.02, 0.98)


def test_sizes_are_those_of_published_examples() -> None:
    # R's power.prop.test: p1 = .50, p2 = .75, power = .90 gives n = 76.7; n = 50 gives power = 0.740; n = 50 and
    # power = .90 give p2 = 0.8026141, which R solves for to 1e-4.
    assert sample_size(0.5, 0.75, power=0.9) == (77, 77)
    assert power(0.5, 0.75, 50, 50) == pytest.approx(0.740, abs=5e-4)
    assert 0.5 + detectable(0.5, 50, 50, power=0.9) == pytest.approx(0.8026141, abs=1e-4)
    # Fleiss, Levin and Paik (2003), table A.4 without the correction: .60 against .70 takes 356 of each at 80% power.
    assert sample_size(0.6, 0.7) == (356, 356)


@given(shares, shares, st.floats(0.2, 20.0), st.floats(0.1, 0.99))
def test_a_size_has_its_power_and_one_customer_less_has_not(p1: float, p2: float, ratio: float, wanted: float) -> None:
    if abs(p1 - p2) < 0.01:
        return
    n1, n2 = sample_size(p1, p2, power=wanted, ratio=ratio)
    assert power(p1, p2, n1, ratio * n1) >= wanted - 1e-6 and abs(n2 - ratio * n1) < max(ratio, 1.0) + 1e-6
    if n1 > 1:
        assert power(p1, p2, n1 - 1, ratio * (n1 - 1)) <= wanted + 1e-6


@given(shares, st.integers(5, 5000), st.integers(5, 50000))
def test_what_is_detectable_is_just_detected(p: float, n1: int, n2: int) -> None:
    rise = detectable(p, n1, n2)
    if np.isnan(rise):
        assert power(p, 1.0, n1, n2) < 0.8
    else:
        assert power(p, p + rise, n1, n2) == pytest.approx(0.8, abs=1e-6)


def test_power_is_how_often_the_test_finds_the_difference() -> None:
    chance = np.random.default_rng(5)
    n1, n2 = sample_size(0.7, 0.8, ratio=4.0)
    first, second = chance.binomial(n1, 0.7, 20_000) / n1, chance.binomial(n2, 0.8, 20_000) / n2
    pooled = (first * n1 + second * n2) / (n1 + n2)
    found = (second - first) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2)) > 1.959964
    assert found.mean() == pytest.approx(0.8, abs=0.02)


def test_what_makes_no_sense_is_refused() -> None:
    for bad in ((0.5, 0.5, 1.0), (-0.1, 0.5, 1.0), (0.5, 0.6, 0.0)):
        with pytest.raises(ValueError, match="share"):
            sample_size(bad[0], bad[1], ratio=bad[2])
    with pytest.raises(ValueError, match="key"):
        draw(["a", "a"], ["1", "1"], 0.1, seed=0)
    with pytest.raises(ValueError, match="one share"):
        draw(["a", "a"], ["1", "2"], [0.1, 0.2], seed=0)
    with pytest.raises(ValueError, match="between"):
        draw(["a"], ["1"], 1.5, seed=0)


@given(st.lists(st.sampled_from("abcde"), max_size=60), st.floats(0.0, 1.0), st.integers(0, 99))
def test_each_stratum_gives_its_share_to_less_than_one_customer(strata: list[str], share: float, seed: int) -> None:
    keys = [f"K{at}" for at in range(len(strata))]
    found = draw(strata, keys, share, seed=seed)
    for name in set(strata):
        member = np.array([stratum == name for stratum in strata])
        assert abs(found.held[member].sum() - share * member.sum()) < 1.0
    back = draw(strata[::-1], keys[::-1], share, seed=seed)
    assert (back.held[::-1] == found.held).all() and (found.chance == share).all()


def test_a_member_of_a_small_stratum_has_the_chance_of_the_share() -> None:
    often = np.zeros(7)
    runs = 3000
    for seed in range(runs):
        often += draw(["one", *"pppppp"], list("ABCDEFG"), 0.1, seed=seed).held
    assert np.abs(often / runs - 0.1).max() < 4 * np.sqrt(0.09 / runs)


def test_other_salts_draw_others() -> None:
    keys = [f"K{at}" for at in range(2000)]
    first, second = (draw(["a"] * 2000, keys, 0.5, seed=1, salt=salt).held for salt in ("2024-06", "2024-07"))
    assert 0.45 < (first == second).mean() < 0.55
