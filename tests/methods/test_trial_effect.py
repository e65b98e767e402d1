"""Effects of trials against published tables, simulation, and what must hold for any trial."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from telcli.errors import DataError
from telcli.methods.quotient import fieller, quotient
from telcli.methods.sample_ratio import sample_ratio, standardised_difference
from telcli.methods.trial_effect import (
    as_sure_as,
    effect,
    mean_effect,
    newcombe,
    stand_for,
    verdict,
)

NEWCOMBE_1998 = [
    # Statistics in Medicine 17, 873-890, table II, method 10
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]


@pytest.mark.parametrize(("a", "m", "b", "n", "low", "high"), NEWCOMBE_1998)
def test_intervals_are_those_of_newcombes_table(a: int, m: int, b: int, n: int, low: float, high: float) -> None:
    assert newcombe(a, m, b, n) == pytest.approx((low, high), abs=5e-5)
    found = effect([1] * a + [0] * (m - a) + [1] * b + [0] * (n - b), [True] * m + [False] * n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert (found.treated, found.held_out) == (m, n) and found.effective == pytest.approx(n)


@given(*(st.integers(1, 40) for _ in range(2)), st.floats(0, 1), st.floats(0, 1))
def test_arms_exchanged_turn_the_interval_round(m: int, n: int, p: float, q: float) -> None:
    low, high = newcombe(p * m, m, q * n, n)
    other = newcombe(q * n, n, p * m, m)
    assert (-high, -low) == pytest.approx(other, abs=1e-12)
    assert -1 <= low <= p - q + 1e-9 and p - q - 1e-9 <= high <= 1


def test_the_chance_is_that_of_the_pooled_chi_square() -> None:
    found = effect([1] * 56 + [0] * 14 + [1] * 48 + [0] * 32, [True] * 70 + [False] * 80)
    assert found.chance == pytest.approx(
        stats.chi2_contingency([[56, 14], [48, 32]], correction=False).pvalue, rel=1e-9
    )
    assert effect([1, 1, 1], [1, 0, 0]).chance == 1.0


def test_other_chances_of_being_held_out_do_not_pass_for_an_effect() -> None:
    rng = np.random.default_rng(0)
    size = 60_000
    chance = np.where(rng.random(size) < 0.5, 0.5, 0.1)
    held = rng.random(size) < chance
    stayed = rng.random(size) < np.where(chance == 0.5, 0.5, 0.9)
    naive, fair = effect(stayed, ~held), effect(stayed, ~held, stand_for(held, chance))
    assert naive.low > 0.1
    assert fair.low < 0 < fair.high and fair.effective < naive.effective
    assert naive.effective == pytest.approx(held.sum())


def test_with_a_chance_for_each_stratum_it_is_the_standardised_difference() -> None:
    # strata of (treated, stayed, held out, stayed): the difference of each, weighted by its treated
    strata = [(90, 60, 10, 5), (50, 45, 50, 40), (30, 10, 60, 30)]
    stayed, held, chance = [], [], []
    for m, a, n, b in strata:
        stayed += [1] * a + [0] * (m - a) + [1] * b + [0] * (n - b)
        held += [False] * m + [True] * n
        chance += [n / (m + n)] * (m + n)
    found = effect(stayed, ~np.array(held), stand_for(held, chance))
    wanted = sum(m * (a / m - b / n) for m, a, n, b in strata) / sum(m for m, *_ in strata)
    assert found.uplift == pytest.approx(wanted)


def test_who_could_be_in_one_arm_only_is_compared_with_nobody() -> None:
    held = np.array([False, True, True, False, True])
    weight = stand_for(held, [0.0, 1.0, 0.5, 0.5, 0.5])
    assert weight.tolist() == [0, 0, 1, 1, 1]
    found = effect([1, 0, 1, 1, 0], ~held, weight)
    assert (found.treated, found.held_out, found.uplift) == (1, 2, 0.5)
    with pytest.raises(DataError) as caught:
        effect([1, 0], [True, True])
    assert caught.value.code == "one-arm"


def test_intervals_hold_what_they_claim_with_unequal_chances() -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        risky = rng.random(600) < 0.4
        chance = np.where(risky, 0.3, 0.1)
        held = rng.random(600) < chance
        p = np.where(risky, 0.6, 0.85) + ~held * np.where(risky, 0.1, 0.02)
        found = effect(rng.random(600) < p, ~held, stand_for(held, chance))
        # among the treated: 0.28 of 0.82 are risky
        inside += found.low <= (0.28 * 0.1 + 0.54 * 0.02) / 0.82 <= found.high
    assert inside >= 368, inside


@given(st.integers(0, 5000))
def test_means_are_welchs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.gamma(2, 50, 12), rng.gamma(3, 40, 7)
    found = mean_effect([*a, *b], [True] * 12 + [False] * 7)
    theirs = stats.ttest_ind(a, b, equal_var=False)
    assert found.mean == pytest.approx(a.mean() - b.mean())
    if b.var() < (12 * a.var() + 7 * b.var()) / 19:  # a small arm is taken to spread no less than both
        assert found.error**2 == pytest.approx(a.var() / 11 + (12 * a.var() + 7 * b.var()) / 19 / 6)
        return
    assert (found.low, found.high) == pytest.approx(tuple(theirs.confidence_interval()), rel=1e-9)
    assert found.mean / found.error == pytest.approx(theirs.statistic, rel=1e-9)


def test_what_was_known_before_narrows_the_interval_and_leaves_the_mean() -> None:
    rng = np.random.default_rng(2)
    gaps, plain_error, less_error = [], 0.0, 0.0
    for _ in range(200):
        worth = rng.gamma(2, 100, 400)
        treated = rng.random(400) < 0.8
        kept = worth * (rng.random(400) < 0.7 + 0.1 * treated)
        plain, less = mean_effect(kept, treated), mean_effect(kept, treated, before=worth)
        gaps.append(less.mean)
        plain_error, less_error = plain_error + plain.error, less_error + less.error
        assert less.explained > 0.1
    assert less_error < 0.8 * plain_error
    assert np.mean(gaps) == pytest.approx(20, abs=3 * np.std(gaps) / np.sqrt(200))
    assert mean_effect([1.0, 2.0, 3.0, 5.0], [1, 1, 0, 0], before=[7.0] * 4) == mean_effect(
        [1.0, 2, 3, 5], [1, 1, 0, 0]
    )
    assert not np.isfinite(mean_effect([1.0, 2.0, 3.0], [1, 0, 0]).error)


@pytest.mark.parametrize(("size", "leaving"), [(456, 0.08), (900, 0.3)])
def test_a_narrowed_interval_holds_what_it_claims_with_few_held_out(size: int, leaving: float) -> None:
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(300):
        treated, worth = rng.random(size) < 0.9, rng.gamma(3, 100, size)
        kept = worth * (rng.random(size) < 1 - leaving + 0.03 * treated)
        found = mean_effect(kept, treated, before=worth * (1 - leaving))
        inside += found.low <= 9 <= found.high
    assert inside >= 276, inside


@given(st.floats(-5, 5), st.floats(0.2, 5), st.floats(0.01, 2), st.floats(0.01, 2), st.floats(-0.9, 0.9))
def test_fiellers_ends_are_where_the_test_turns(top: float, bottom: float, e: float, f: float, r: float) -> None:
    found = fieller(top, bottom, top_error=e, bottom_error=f, covariance=r * e * f)
    for end in (found.low, found.high):
        if end is not None:
            away, spread = (top - end * bottom) ** 2, e * e - 2 * end * r * e * f + end**2 * f * f
            assert away == pytest.approx(stats.norm.ppf(0.975) ** 2 * spread, rel=1e-6, abs=1e-9)
    assert found.bounded == (bottom / f > stats.norm.ppf(0.975))
    if found.bounded:
        assert found.low is not None and found.high is not None
        assert found.low <= top / bottom <= found.high


def test_a_cost_by_saves_that_may_be_none_has_no_upper_end() -> None:
    found = fieller(10.0, 0.01, top_error=0.1, bottom_error=0.01)
    assert found.value == pytest.approx(1000) and found.high is None and not found.bounded
    assert found.low == pytest.approx(10 / (0.01 + 1.959964 * 0.01), rel=0.01)
    assert fieller(1.0, 0.0, top_error=0.1, bottom_error=0.1).value is None


@given(st.integers(0, 12), st.integers(0, 2), st.floats(0.3, 0.9))
def test_what_rests_on_few_leavers_is_no_surer_than_their_share(left: int, out_left: int, reached: float) -> None:
    stayed = np.array([0.0] * left + [1.0] * (360 - left) + [0.0] * out_left + [1.0] * (40 - out_left))
    treated = np.arange(400) < 360
    share = effect(stayed, treated)
    wald = quotient((share.uplift, share.low, share.high), (reached, reached - 0.05, reached + 0.05), covariance=1e-4)
    assert wald.low is not None and wald.high is not None
    assert (wald.low > 0) == (share.low > 0) and (wald.high < 0) == (share.high < 0)
    for before in (None, np.full(400, 95.0) + np.arange(400) % 3):
        kept = as_sure_as(mean_effect(100.0 * stayed, treated, before=before), share, 100.0)
        assert kept.low <= 100.0 * share.low + abs(kept.mean - 100.0 * share.uplift) + 1e-9
        assert kept.high - kept.mean >= 100.0 * (share.high - share.uplift) - 1e-9


def test_money_and_gain_among_those_reached_hold_what_they_claim_with_0_to_2_held_out_leaving() -> None:
    rng = np.random.default_rng(8)
    inside, few = np.zeros(2), 0
    treated = np.arange(400) < 360
    while few < 200:
        worth, contacted = rng.gamma(2, 100, 400), (rng.random(400) < 0.6) & treated
        stayed = (rng.random(400) < 0.96 + 0.01 * treated).astype(float)
        if (1 - stayed)[~treated].sum() > 2:
            continue
        few += 1
        share, more = effect(stayed, treated), effect(contacted, treated)
        size = float(np.sqrt(np.mean(worth**2)))
        kept = as_sure_as(mean_effect(stayed * worth, treated, before=worth * 0.96), share, size)
        wald = quotient((share.uplift, share.low, share.high), (more.uplift, more.low, more.high))
        inside += [kept.low <= 2 <= kept.high, (wald.low or 0) <= 0.01 / 0.6 <= (wald.high or 1)]
    assert (inside >= 186).all(), inside


def test_a_verdict_needs_the_interval_and_the_corrected_chance() -> None:
    assert [verdict(0.01, 0.2), verdict(-0.2, -0.01), verdict(-0.1, 0.1)] == ["works", "harms", "cannot-tell"]
    assert [verdict(0.01, 0.2, 0.05), verdict(0.01, 0.2, 0.051)] == ["works", "cannot-tell"]


def test_arms_of_another_size_than_drawn_are_found() -> None:
    one = sample_ratio([2], [10], [0.5])
    assert one.chance == pytest.approx(stats.binomtest(2, 10, 0.5).pvalue)
    assert one.chance_strata == pytest.approx(stats.chisquare([2, 8], [5, 5]).pvalue)
    even = sample_ratio([100, 49], [1000, 100], [0.1, 0.5])
    assert even.chance > 0.9 and even.chance_strata is not None and even.chance_strata > 0.9
    # two strata off in opposite ways: the total says nothing, the strata do
    odd = sample_ratio([150, 450], [1000, 1000], [0.1, 0.5])
    assert odd.chance > 0.9 and odd.chance_strata is not None and odd.chance_strata < 1e-6
    assert sample_ratio([0, 0], [3, 2], [0.1, 0.2]).strata == 0
    assert sample_ratio([0, 0], [3, 2], [0.1, 0.2]).chance == pytest.approx(2 * 0.9**3 * 0.8**2)


def test_few_and_many_are_counted_alike() -> None:
    # where counts are added up exactly and where they are taken as normal, the answers meet
    few = sample_ratio([240, 98], [2000, 500], [0.1, 0.2])
    many = sample_ratio([2100, 1060], [20_000, 5_000], [0.1, 0.2])
    z = (338 - 300) / np.sqrt(260)
    assert few.chance == pytest.approx(2 * stats.norm.sf(z), rel=0.15)
    assert many.chance == pytest.approx(2 * stats.norm.sf(160 / np.sqrt(2600)), rel=1e-9)


def test_false_alarms_of_the_check_are_as_rare_as_claimed() -> None:
    rng = np.random.default_rng(3)
    of, chance = np.array([40, 300, 90]), np.array([0.1, 0.15, 0.5])
    found = [sample_ratio(rng.binomial(of, chance), of, chance) for _ in range(300)]
    assert np.mean([each.chance < 0.05 for each in found]) < 0.08
    assert np.mean([(each.chance_strata or 1) < 0.05 for each in found]) < 0.09


def test_balance_is_in_standard_deviations() -> None:
    rng = np.random.default_rng(4)
    treated = rng.random(20_000) < 0.9
    assert abs(standardised_difference(rng.normal(5, 3, 20_000), treated)) < 0.08
    assert standardised_difference(rng.normal(5, 3, 20_000) + 3 * treated, treated) == pytest.approx(1, abs=0.08)
    assert np.isnan(standardised_difference([1.0, 1.0], [1, 0])) and np.isnan(standardised_difference([1.0], [1]))
