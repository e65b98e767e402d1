"""The population stability index against another computation, and what must always hold of it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from telcli.methods.drift import BANDS, EPSILON, band, bin_counts, quantile_edges, stability_index

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
