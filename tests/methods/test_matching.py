"""Matching groups of two months: the same groups whatever they are called, none continued twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from telcli.methods.matching import UNMATCHED, crossed, jaccard, match

LABELS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=80)


def matched(now: list[int], before: list[int], least: float) -> np.ndarray:
    return match(jaccard(crossed(now, before, (6, 6))), least)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_groups_that_did_not_change_continue_themselves(labels: list[int]) -> None:
    found = matched(labels, labels, 0.5)
    assert all(found[label] == label for label in set(labels))
    assert (np.delete(found, sorted(set(labels))) == UNMATCHED).all()


@settings(max_examples=100, deadline=None)
@given(LABELS, st.permutations(range(6)), st.permutations(range(6)), st.sampled_from([0.5, 0.6, 0.8]))
def test_numbers_of_groups_do_not_matter(
    pairs: list[tuple[int, int]], one: list[int], two: list[int], least: float
) -> None:
    now, before = ([pair[side] for pair in pairs] for side in (0, 1))
    plain = matched(now, before, least)
    renamed = matched([one[label] for label in now], [two[label] for label in before], least)
    for label in range(6):
        expected = UNMATCHED if plain[label] == UNMATCHED else two[plain[label]]
        assert renamed[one[label]] == expected


@settings(max_examples=100, deadline=None)
@given(LABELS, st.sampled_from([0.0, 0.2, 0.5, 0.9]))
def test_a_match_overlaps_enough_and_none_is_continued_twice(pairs: list[tuple[int, int]], least: float) -> None:
    now, before = ([pair[side] for pair in pairs] for side in (0, 1))
    overlap = jaccard(crossed(now, before, (6, 6)))
    found = match(overlap, least)
    chosen = found[found != UNMATCHED]
    assert len(set(chosen.tolist())) == len(chosen)
    assert all(overlap[group, found[group]] > least for group in np.flatnonzero(found != UNMATCHED))


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_jaccard_is_that_of_sets(pairs: list[tuple[int, int]]) -> None:
    now, before = ([pair[side] for pair in pairs] for side in (0, 1))
    overlap = jaccard(crossed(now, before, (6, 6)))
    for one in range(6):
        for other in range(6):
            a = {place for place, label in enumerate(now) if label == one}
            b = {place for place, label in enumerate(before) if label == other}
            assert overlap[one, other] == pytest.approx(len(a & b) / len(a | b) if a | b else 0.0)


def test_the_sum_decides_below_one_half() -> None:
    assert match([[0.45, 0.40], [0.44, 0.05]], 0.3).tolist() == [1, 0]


def test_a_pair_that_counts_is_not_given_up_for_two_that_do_not() -> None:
    assert match([[0.51, 0.45], [0.45, 0.0]], 0.5).tolist() == [0, UNMATCHED]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 4), (4, 1)])
def test_other_numbers_of_groups(shape: tuple[int, int]) -> None:
    found = match(np.full(shape, 0.9), 0.5)
    assert found.shape == (shape[0],)
    assert (found != UNMATCHED).sum() == min(shape)


def test_agreement_of_two_partitions_is_that_of_the_vector() -> None:
    """Iris by K-means with three clusters against its species; the index that tells two months' segments apart."""
    table = [[0, 48, 14], [50, 0, 0], [0, 2, 36]]
    pairs = [(one, other) for one, row in enumerate(table) for other, count in enumerate(row) for _ in range(count)]
    now, before = ([pair[side] for pair in pairs] for side in (0, 1))
    assert crossed(now, before).tolist() == table
    assert adjusted_rand_score(now, before) == pytest.approx(0.730238, abs=5e-7)
    assert match(jaccard(table), 0.5).tolist() == [1, 0, 2]
