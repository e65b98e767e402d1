"""Rates of events: intervals against published ones, and how often a rise is told where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2

from telcli.methods.event_rates import dispersion, rate_interval, rate_ratio, rise_chance
from telcli.methods.rates import found_among, wilson


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.36, 121.63)]
)
def test_the_interval_of_garwood(events: int, low: float, high: float) -> None:
    """Table of exact limits of a Poisson mean, as in Armitage and Berry (2001), table A6."""
    found = rate_interval(events, 1.0)
    assert [float(end) for end in found] == pytest.approx([low, high], rel=1e-3)


@given(st.integers(0, 500), st.floats(0.1, 1e4))
def test_the_interval_is_that_of_chi_square(events: int, exposure: float) -> None:
    low, high = rate_interval(events, exposure)
    assert low * exposure == pytest.approx(chi2.ppf(0.025, 2 * events) / 2 if events else 0.0, abs=1e-9)
    assert high * exposure == pytest.approx(chi2.ppf(0.975, 2 * events + 2) / 2)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.5, 20.0))
def test_a_rise_is_a_tail_of_the_binomial(x: int, y: int, exposure: float) -> None:
    told = float(rise_chance(x, exposure, y, 10.0))
    assert told == pytest.approx(float(binom.sf(x - 1, x + y, exposure / (exposure + 10.0))), abs=1e-9)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(1.0, 5.0))
def test_the_interval_of_a_ratio_agrees_with_the_test(x: int, y: int, spread: float) -> None:
    ratio, low, high = (float(end) for end in rate_ratio(x, 1.0, y, 2.0, spread))
    assert low <= ratio <= high
    assert (low > 1.0) == (float(rise_chance(x, 1.0, y, 2.0, spread)) < 0.025)


def test_events_in_bunches_seldom_look_like_a_rise() -> None:
    """40 topics, none of which changes, of which counts vary three times as much as chance: few runs tell one."""
    chance = np.random.default_rng(3)
    base, runs, told, plain = np.array([9e3, 9.5e3, 1e4, 1e4, 1.05e4, 1.1e4, 1.1e4]), 300, 0, 0
    for _ in range(runs):
        mean = chance.uniform(0.5, 8.0, 40)[:, None] * base / 1e3
        counts = chance.negative_binomial(mean / 2.0, 1.0 / 3.0)
        before, seen = counts[:, :6], np.broadcast_to(base[:6], (40, 6))
        p = rise_chance(counts[:, 6], base[6], before.sum(axis=1), base[:6].sum(), dispersion(before, seen))
        told += bool((found_among(p) <= 0.05).any())
        alone = rise_chance(counts[:, 6], base[6], before.sum(axis=1), base[:6].sum())
        plain += bool((found_among(alone) <= 0.05).any())
    low, _ = wilson(told, runs)
    assert low <= 0.07  # not surely above what docs/complaints.md tells of
    assert plain / runs > 0.6


def test_plain_counts_are_not_taken_for_bunches() -> None:
    counts = np.random.default_rng(5).poisson(40.0, (200, 6))
    assert np.median(dispersion(counts, np.ones((200, 6)))) < 1.25


def test_unknown_and_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        rate_interval([-1.0], [1.0])
