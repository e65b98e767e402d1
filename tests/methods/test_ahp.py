"""Weights from judgements: the published matrices, what the shortcut gets wrong, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gmean

from telcli.methods.ahp import RANDOM_INDEX, SCALE, completed, from_pairs, mend, priorities

NAN = float("nan")
DRINKS = [
    [1, 9, 5, 2, 1, 1, 1 / 2],
    [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
    [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [1, 9, 4, 2, 1, 2, 1 / 2],
    [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [2, 9, 9, 3, 2, 3, 1],
]
"""Saaty (2008): how much more a drink is consumed in the United States."""
LEADER = [[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]]
CAR = [[1, 3, 7, 3], [1 / 3, 1, 9, 1], [1 / 7, 1 / 9, 1, 1 / 7], [1 / 3, 1, 7, 1]]
PARTIAL = [[1, 1, 5, 2], [1, 1, 3, 4], [1 / 5, 1 / 3, 1, NAN], [1 / 2, 1 / 4, NAN, 1]]


@st.composite
def matrices(draw: st.DrawFn, sizes: tuple[int, int] = (3, 6)) -> np.ndarray:
    size = draw(st.integers(*sizes))
    pairs = [(i, j, draw(st.sampled_from(SCALE))) for i in range(size) for j in range(i + 1, size)]
    return from_pairs(size, pairs)


def test_drinks_weigh_as_published() -> None:
    found = priorities(DRINKS)
    assert found.weights == pytest.approx([0.1775, 0.0191, 0.0418, 0.1164, 0.1896, 0.1288, 0.3268], abs=5e-5)
    assert found.lambda_max == pytest.approx(7.17663, abs=5e-6)
    assert found.ci == pytest.approx(0.02944, abs=5e-6)
    assert found.cr == pytest.approx(0.0223, abs=5e-5)
    assert priorities(DRINKS, "saaty-2005").cr == pytest.approx(0.022, abs=5e-4)
    assert priorities(DRINKS, "donegan-dodd").cr == pytest.approx(0.0235, abs=5e-5)


def test_geometric_means_of_rows_are_not_these_weights() -> None:
    shortcut = gmean(np.array(DRINKS), axis=1)
    shortcut /= shortcut.sum()
    assert shortcut == pytest.approx([0.1787, 0.0185, 0.0422, 0.1165, 0.1911, 0.1286, 0.3243], abs=5e-5)
    assert np.abs(shortcut - priorities(DRINKS).weights).max() > 0.002


def test_leader_and_car_criteria_weigh_as_published() -> None:
    leader, car = priorities(LEADER), priorities(CAR, "donegan-dodd")
    assert leader.weights == pytest.approx([0.548, 0.127, 0.270, 0.056], abs=5e-4)
    assert (leader.lambda_max, leader.cr) == (pytest.approx(4.11842, abs=5e-6), pytest.approx(0.044, abs=5e-4))
    assert car.weights == pytest.approx([0.510, 0.234, 0.041, 0.215], abs=6e-4)
    assert (car.lambda_max, car.cr) == (pytest.approx(4.19924, abs=5e-6), pytest.approx(0.080, abs=5e-4))
    assert priorities(CAR).cr == pytest.approx(0.0738, abs=5e-5)


def test_judgements_not_made_are_filled_as_published() -> None:
    full = completed(PARTIAL)
    assert full[2, 3] == pytest.approx(0.730297106886979, rel=1e-6)
    found = priorities(PARTIAL, "donegan-dodd")
    assert found.weights == pytest.approx([0.3738, 0.392, 0.0985, 0.1357], abs=5e-5)
    assert found.cr == pytest.approx(0.0372, abs=5e-5)


@given(matrices(), st.data())
def test_what_is_filled_has_the_least_lambda(matrix: np.ndarray, data: st.DataObject) -> None:
    size = len(matrix)
    row = data.draw(st.integers(0, size - 2))
    matrix[row, size - 1] = matrix[size - 1, row] = NAN
    if size == 3:
        matrix = np.pad(matrix, (0, 1), constant_values=1.0)
    least = priorities(completed(matrix)).lambda_max
    for factor in (0.8, 0.99, 1.01, 1.25):
        other = completed(matrix)
        other[row, size - 1] *= factor
        other[size - 1, row] /= factor
        assert priorities(other).lambda_max >= least - 1e-9


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8))
def test_judgements_that_agree_give_back_their_weights(weights: list[float]) -> None:
    true = np.array(weights)
    found = priorities(true[:, None] / true[None, :])
    assert found.weights == pytest.approx(true / true.sum(), rel=1e-6)
    assert found.cr == pytest.approx(0.0, abs=1e-9)


@given(matrices(), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(matrix: np.ndarray, random: object) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, turned = priorities(matrix), priorities(matrix[np.ix_(order, order)])
    assert turned.weights == pytest.approx(straight.weights[order], rel=1e-6)
    assert turned.cr == pytest.approx(straight.cr, abs=1e-9)
    assert straight.weights.sum() == pytest.approx(1.0)
    assert straight.lambda_max >= len(matrix) - 1e-9


@pytest.mark.slow
@given(matrices(), st.sampled_from(sorted(RANDOM_INDEX)))
def test_the_worst_judgement_mended_is_never_worse(matrix: np.ndarray, table: str) -> None:
    worst = mend(matrix, table)
    before = priorities(matrix, table).cr
    if worst is None:
        assert before < 1e-6
        return
    matrix[worst.row, worst.column], matrix[worst.column, worst.row] = worst.proposed, 1 / worst.proposed
    after = priorities(matrix, table).cr
    assert after == pytest.approx(worst.cr, abs=1e-9)
    assert after <= max(before, 0.10) + 1e-9
    assert worst.implied_cr <= worst.cr
    assert worst.given >= 1


def test_a_planted_slip_is_the_judgement_that_is_named() -> None:
    true = np.array([8.0, 4.0, 2.0, 1.0])
    matrix = true[:, None] / true[None, :]
    matrix[0, 2], matrix[2, 0] = 1 / 4, 4.0
    worst = mend(matrix)
    assert worst is not None
    assert (worst.row, worst.column, worst.given) == (2, 0, 4.0)
    assert worst.best == pytest.approx(1 / 4, rel=1e-6)
    assert worst.cr < 0.10 < priorities(matrix).cr


def test_what_the_others_imply_is_told_beside_the_least_change_that_passes() -> None:
    true = np.array([8.0, 4.0, 2.0, 2.0])
    matrix = true[:, None] / true[None, :]
    matrix[0, 3], matrix[3, 0] = 1 / 4, 4.0
    worst = mend(matrix)
    assert worst is not None
    assert (worst.row, worst.column, worst.given) == (3, 0, 4.0)
    assert (worst.implied, worst.implied_cr) == (1 / 4, pytest.approx(0.0, abs=1e-9))
    assert worst.proposed == 1.0
    assert 0.0 < worst.cr < 0.10


def test_a_judgement_that_can_be_mended_goes_before_one_at_the_end_of_the_scale() -> None:
    # a : c would have to be 81; a : b or b : c of 1 makes all agree
    worst = mend([[1, 9, 9], [1 / 9, 1, 9], [1 / 9, 1 / 9, 1]])
    assert worst is not None
    assert {worst.row, worst.column} != {0, 2}
    assert worst.cr < 0.10
    assert (worst.implied, round(worst.implied_cr, 9)) == (1.0, 0.0)


def test_two_items_and_agreeing_judgements_have_nothing_to_mend() -> None:
    assert mend([[1, 5], [1 / 5, 1]]) is None
    assert mend([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]]) is None


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 2]], "square"),
        ([[1, 2], [2, 1]], "reciprocal"),
        ([[1, -2], [-1 / 2, 1]], "above 0"),
        ([[2, 1], [1, 2]], "diagonal"),
        ([[1, NAN], [3, 1]], "reciprocal"),
        ([[1, NAN], [NAN, 1]], "link all"),
        (np.ones((11, 11)), "order 10"),
    ],
)
def test_what_is_no_matrix_of_judgements_is_refused(matrix: list[list[float]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        priorities(matrix, "donegan-dodd")
