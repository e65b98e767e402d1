"""The population stability index against another computation, and what must always hold of it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, entropy

from telcli.methods.drift import BANDS, EPSILON, band, beyond_chance, bin_counts, quantile_edges, stability_index

COUNTS = st.integers(1, 8).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 10**6), min_size=n, max_size=n)] * 2))


@given(COUNTS)
def test_it_is_the_sum_of_both_divergences_where_no_bin_is_empty(counts: tuple[list[int], list[int]]) -> None:
    before, now = (np.array(found, dtype=float) + 1 + 10**4 for found in counts)
    e, a = before / before.sum(), now / now.sum()
    assert stability_index(before, now) == pytest.approx(entropy(a, e) + entropy(e, a), abs=1e-12)


@given(COUNTS)
def test_it_is_never_negative_symmetric_and_nothing_for_the_same(counts: tuple[list[int], list[int]]) -> None:
    before, now = counts
    if sum(before) and sum(now):
        found = stability_index(before, now)
        assert found >= 0
        assert found == pytest.approx(stability_index(now, before), abs=1e-12)
        assert stability_index(before, before) == 0
        assert stability_index(before, [7 * count for count in before]) == pytest.approx(0, abs=1e-12)
    else:
        assert math.isnan(stability_index(before, now))


def test_an_empty_bin_counts_as_the_stated_share() -> None:
    expected = (0.5 - EPSILON) * math.log(0.5 / EPSILON) + (0.5 - 1.0) * math.log(0.5 / 1.0)
    assert stability_index([10, 0], [5, 5]) == pytest.approx(expected)


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=60), st.integers(2, 12))
def test_every_value_is_in_one_bin_and_quantile_bins_are_about_even(values: list[float], bins: int) -> None:
    edges = quantile_edges(values, bins)
    assert len(edges) < bins
    counts = bin_counts(values, edges)
    assert counts.sum() == len(values)
    assert counts[-1] == sum(map(math.isnan, values))
    known = sorted({value for value in values if not math.isnan(value)})
    if known:
        outside = sum(value > known[-1] for value in edges) + sum(value < known[0] for value in edges)
        assert outside == 0


def test_even_values_fill_the_bins_evenly() -> None:
    values = np.arange(1000, dtype=float)
    assert bin_counts(values, quantile_edges(values)).tolist() == [100] * 10 + [0]


@pytest.mark.parametrize(("name", "least"), BANDS.items())
def test_bands_begin_at_their_least_value(name: str, least: float) -> None:
    assert band(least) == name


@given(st.lists(st.integers(40, 400), min_size=2, max_size=8), st.lists(st.integers(40, 400), min_size=2, max_size=8))
def test_chance_is_pearsons(before: list[int], now: list[int]) -> None:
    size = min(len(before), len(now))
    before, now = before[:size], now[:size]
    other = chi2_contingency([before, now], correction=False)
    found = beyond_chance(before, now)
    assert found.p_value == pytest.approx(other.pvalue, rel=1e-6, abs=1e-300)
    assert found.psi == pytest.approx(stability_index(before, now))
    assert found.real == (other.pvalue < 0.01)


@pytest.mark.slow
def test_two_halves_of_one_population_raise_no_alarm() -> None:
    """200 customers, 20 columns: by the index alone most runs would call some column moved."""
    rng = np.random.default_rng(0)
    naive = alarms = 0
    for _ in range(300):
        values = rng.gamma(2, 50, (200, 20))
        values[:, :5] = np.floor(values[:, :5] / 60)
        shifts = []
        for column in values.T:
            edges = quantile_edges(column[:100])
            shifts.append(beyond_chance(bin_counts(column[:100], edges), bin_counts(column[100:], edges), among=20))
        naive += any(band(shift.psi) != "stable" for shift in shifts)
        alarms += any(shift.band != "stable" for shift in shifts)
    assert naive > 250
    assert alarms <= 6


def test_what_has_moved_is_called_so_with_few_rows_too() -> None:
    rng = np.random.default_rng(1)
    before, now = rng.normal(0, 1, 100), rng.normal(1.2, 1, 100)
    edges = quantile_edges(before)
    assert beyond_chance(bin_counts(before, edges), bin_counts(now, edges), among=60).band == "shifted"
    assert beyond_chance([100, 0], [70, 30]).band == "shifted", "a category that is new"


def test_nothing_to_compare_is_no_shift() -> None:
    for before, now in (([0, 0], [1, 2]), ([5, 0], [7, 0]), ([1], [2])):
        assert beyond_chance(before, now) == (0.0, 1.0, False)
