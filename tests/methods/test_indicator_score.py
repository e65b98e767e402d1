"""Scores of indicators by hand, and what holds of any of them: range, order, additivity, scales that stay."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from telcli.methods.indicator_score import (
    Scale,
    Tree,
    bounds_of,
    places_of,
    range_scale,
    rank_scale,
    scaled,
    shifted,
)
from telcli.methods.lifetime_value import percentile_rank, tier_places

TREE = Tree(
    {"goal": ["now", "later"], "now": ["margin", "arpu"], "later": ["tenure"]},
    {"goal": np.array([0.6, 0.4]), "now": np.array([0.75, 0.25]), "later": np.array([1.0])},
    "goal",
)
numbers = st.floats(-1e6, 1e6, allow_nan=False, width=32)
gaps = st.one_of(st.floats(0, 100, width=32), st.just(float("nan")))


def test_a_hierarchy_by_hand() -> None:
    scores = {"margin": [80.0, np.nan, np.nan, np.nan], "arpu": [40.0, 40.0, np.nan, np.nan]}
    scores["tenure"] = [10.0, 10.0, 30.0, np.nan]
    # .6 x (.75 x 80 + .25 x 40) + .4 x 10; then arpu alone stands for now; then later alone for all; then nothing known
    assert TREE.total(scores).tolist() == pytest.approx([46.0, 28.0, 30.0, 50.0])
    filled = TREE.filled(scores)
    assert filled["margin"].tolist() == [80.0, 40.0, 30.0, 50.0]
    assert TREE.leaves == ["margin", "arpu", "tenure"]
    assert TREE.weights == pytest.approx({"now": 0.6, "margin": 0.45, "arpu": 0.15, "later": 0.4, "tenure": 0.4})


@given(st.lists(st.tuples(gaps, gaps, gaps), min_size=1, max_size=20))
def test_the_score_is_within_range_and_the_sum_of_its_parts(rows: list[tuple[float, float, float]]) -> None:
    scores = dict(zip(TREE.leaves, np.array(rows).T, strict=True))
    filled, total = TREE.filled(scores), TREE.total(scores)
    assert ((total >= 0) & (total <= 100)).all()
    parts = sum(weight * filled[leaf] for leaf, weight in TREE.weights.items() if leaf in TREE.leaves)
    assert parts == pytest.approx(total, abs=1e-4)


@given(st.lists(st.tuples(gaps, gaps, gaps), min_size=1, max_size=9), st.sampled_from(TREE.leaves), st.floats(0, 100))
def test_a_better_indicator_never_lowers_the_score(
    rows: list[tuple[float, float, float]], leaf: str, more: float
) -> None:
    scores = dict(zip(TREE.leaves, np.array(rows).T, strict=True))
    better = {**scores, leaf: np.minimum(scores[leaf] + more, 100.0)}
    assert (TREE.total(better) >= TREE.total(scores) - 1e-4).all()


@given(st.lists(numbers, min_size=2, max_size=300))
def test_a_rank_scale_is_the_percentile_rank_of_those_who_made_it(values: list[float]) -> None:
    assume(len(set(values)) > 1)
    scale = rank_scale(values)
    assert scale is not None
    assert (np.diff(scale.values) > 0).all()
    assert (np.diff(scale.scores) > 0).all()
    found = scaled(values, scale, more=True)
    # at most 101 points: exact on these, within two steps of them between
    assert np.abs(found - percentile_rank(values)).max() <= (1e-4 if len(values) <= 101 else 2.5)


@given(st.lists(numbers, min_size=2, max_size=60), st.lists(numbers, min_size=1, max_size=20), st.booleans())
def test_scales_keep_order_and_range_for_values_never_seen(made: list[float], later: list[float], more: bool) -> None:
    for make in (rank_scale, range_scale):
        scale = make(made)
        if scale is None:
            continue
        found = scaled(np.sort(later), scale, more=more)
        assert ((found >= 0) & (found <= 100)).all()
        steps = np.diff(found)
        assert (steps >= 0).all() if more else (steps <= 0).all()


def test_half_and_half_share_the_mean_rank() -> None:
    scale = rank_scale([0.0] * 50 + [7.0] * 50)
    assert scale is not None
    assert scaled([0.0, 7.0, np.nan], scale, more=True).tolist()[:2] == [25.0, 75.0]
    assert np.isnan(scaled([np.nan], scale, more=False)).all()


@pytest.mark.parametrize("values", [[], [np.nan], [3.0, 3.0, np.nan], [np.inf, 1.0]])
def test_what_does_not_differ_makes_no_scale(values: list[float]) -> None:
    assert rank_scale(values) is None
    assert range_scale(values) is None


@settings(max_examples=50)
@given(
    st.lists(st.floats(0, 100, width=16), min_size=1, max_size=80), st.lists(st.floats(0, 0.4), min_size=3, max_size=3)
)
def test_bounds_cut_as_ranks_do(scores: list[float], shares: list[float]) -> None:
    assume(sum(shares) <= 1)
    cut = tier_places(percentile_rank(scores), shares)
    assert places_of(scores, bounds_of(scores, shares)).tolist() == cut.tolist()


def test_weights_move_in_proportion_and_stay_whole() -> None:
    moved = shifted(TREE, "margin", 1.2)
    assert moved.local["now"].tolist() == pytest.approx([0.9, 0.1])
    assert sum(moved.weights[leaf] for leaf in moved.leaves) == pytest.approx(1.0)
    assert TREE.local["now"].tolist() == [0.75, 0.25]
    assert scaled([5.0], Scale(np.array([0.0, 10.0]), np.array([0.0, 100.0])), more=True).tolist() == [50.0]
