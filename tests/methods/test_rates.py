"""Intervals of rates and tests of many groups, against published figures and other implementations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from telcli.methods.competing import cumulative_incidence
from telcli.methods.rates import apart_from_rest, found_among, wilson
from telcli.methods.survival import life_table


@pytest.mark.parametrize(("found", "of"), [(0, 20), (1, 29), (15, 148), (81, 263), (29, 29)])
def test_wilsons_interval_is_that_of_scipy(found: int, of: int) -> None:
    low, high = wilson([found], [of])
    known = binomtest(found, of).proportion_ci(0.95, method="wilson")
    assert low[0] == pytest.approx(known.low, abs=1e-12)
    assert high[0] == pytest.approx(known.high, abs=1e-12)


def test_wilsons_interval_is_that_of_newcombe() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81 of 263 and 15 of 148."""
    low, high = wilson([81, 15], [263, 148])
    assert low.round(4).tolist() == [0.2553, 0.0624]
    assert high.round(4).tolist() == [0.3662, 0.1605]


def test_the_rate_of_nobody_is_not_known() -> None:
    assert np.isnan(wilson([0], [0])).all()


def test_a_group_against_the_rest_is_fishers_test() -> None:
    """One-sided tails as fisher_exact has them; the two-sided chance is twice the smaller."""
    table = [[9, 31], [40, 420]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert apart_from_rest([9], [40], 49, 500)[0] == pytest.approx(2 * min(tails))


def test_many_findings_are_judged_together() -> None:
    """Benjamini and Hochberg (1995), section 3.2: of 15 the four smallest are found at 5%."""
    told = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
    assert (found_among([*told, 0.7590, 1.0]) <= 0.05).sum() == 4
    assert found_among([]).size == 0


cells = st.lists(st.tuples(*[st.integers(0, 5)] * 3, st.integers(0, 30)), min_size=1, max_size=20)


@given(cells)
def test_whoever_joined_has_left_for_one_reason_or_is_here(rows: list[tuple[int, int, int, int]]) -> None:
    left = np.array([row[:3] for row in rows]).T
    incidence, here = cumulative_incidence(left.sum(axis=0) + [row[3] for row in rows], left)
    assert incidence.sum(axis=0) + here == pytest.approx(np.ones(len(rows)))
    assert (np.diff(incidence, axis=1) >= 0).all()


@given(cells)
def test_a_single_reason_is_one_less_the_life_table(rows: list[tuple[int, int, int, int]]) -> None:
    left, risk = np.array([row[0] for row in rows]), np.array([row[0] + row[3] for row in rows])
    incidence, here = cumulative_incidence(risk, [left])
    assert incidence[0] == pytest.approx(1 - here)
    assert here == pytest.approx(life_table(risk, left).survival if (risk > 0).all() else here)


def test_a_competing_reason_lowers_the_incidence() -> None:
    """By hand: S = .8, .7, .56; I_2(3) = .1 + .7 / 5 = .24, where the life table of reason 2 alone says .28."""
    incidence, here = cumulative_incidence([10, 8, 5], [[1, 1, 0], [1, 0, 1]])
    assert here == pytest.approx([0.8, 0.7, 0.56])
    assert incidence[1] == pytest.approx([0.1, 0.1, 0.24])
    assert 1 - life_table([10, 8, 5], [1, 0, 1]).survival[2] == pytest.approx(0.28)


def test_cells_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="each cell needs"):
        cumulative_incidence([1], [[1], [1]])
