"""Choosing k: planted numbers come back, and small or unstable clusters are not chosen."""

from __future__ import annotations

import numpy as np
import pytest

from telcli.methods.cluster_count import Candidate, Choice, best_by_measure, choose, try_each
from telcli.methods.clustering import SampledKMeans


def maker(k: int, seed: int) -> SampledKMeans:
    return SampledKMeans(k, n_init=5, random_state=seed)


def candidate(k: int, silhouette: float, stability: float = 0.9, share: float = 0.1) -> Candidate:
    return Candidate(k, 1.0, silhouette, None, None, stability, share)


@pytest.mark.slow
@pytest.mark.parametrize("planted", [2, 3, 5])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_the_planted_number_comes_back(planted: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    centres = np.eye(planted, 6) * 9
    rows = centres[random.integers(0, planted, 600)] + random.normal(size=(600, 6))
    told: list[int] = []
    found = try_each(rows, range(2, 8), maker, maker, seed, told.append).candidates
    assert told == [1, 2, 3, 4, 5, 6]
    assert choose(found, 0.02, 0.75, 0.1) == Choice(planted, sound=True)


def test_more_segments_win_within_the_slack() -> None:
    three = [candidate(2, 0.60), candidate(3, 0.58), candidate(4, 0.50)]
    assert choose(three, 0.02, 0.75, 0.05).k == 3
    assert choose(three, 0.02, 0.75, 0.0).k == 2
    assert choose(three, 0.02, 0.75, 0.5).k == 4


def test_but_not_where_they_come_back_less_often() -> None:
    four = [candidate(3, 0.58, 0.96), candidate(4, 0.60, 1.0), candidate(5, 0.55, 0.91), candidate(6, 0.54, 0.89)]
    assert choose(four, 0.02, 0.75, 0.2, unsteady=0.10) == Choice(5, sound=True)
    assert choose(four, 0.02, 0.75, 0.2, unsteady=0.05) == Choice(4, sound=True)
    assert choose(four, 0.02, 0.75, 0.2, unsteady=1.0) == Choice(6, sound=True)


def test_stability_is_compared_among_those_near_the_best_silhouette() -> None:
    far = [candidate(2, 0.30, 1.0), candidate(4, 0.60, 0.80), candidate(5, 0.58, 0.76)]
    assert choose(far, 0.02, 0.75, 0.2) == Choice(5, sound=True)


def test_small_and_unstable_ones_do_not() -> None:
    assert choose([candidate(2, 0.4), candidate(3, 0.6, share=0.001)], 0.02, 0.75, 0.1) == Choice(2, sound=True)
    assert choose([candidate(2, 0.4), candidate(3, 0.6, stability=0.5)], 0.02, 0.75, 0.1) == Choice(2, sound=True)


def test_where_none_is_sound_the_most_stable_is_told_as_such() -> None:
    shaky = [candidate(2, 0.3, stability=0.5), candidate(3, 0.2, stability=0.6), candidate(4, 0.6, 0.9, share=0.0)]
    assert choose(shaky, 0.02, 0.75, 0.1) == Choice(3, sound=False)
    assert choose(shaky[2:], 0.02, 0.75, 0.1) == Choice(4, sound=False)


def test_a_k_beyond_the_distinct_rows_is_left_out() -> None:
    rows = np.repeat([[0.0], [1.0], [5.0]], 5, axis=0)
    assert [one.k for one in try_each(rows, range(2, 6), maker, maker, 0).candidates] == [2, 3]


def test_the_gap_alone_may_say_that_there_are_no_clusters() -> None:
    rows = np.random.default_rng(0).uniform(size=(400, 3))
    tried = try_each(rows, range(2, 5), maker, maker, 0)
    assert best_by_measure(tried)["gap"] == 1
