"""Rules of products against published examples, another implementation's test and counting by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom

from telcli.methods.association import Tally, antecedents, indicator, measures, tally, together
from telcli.methods.rule_mining import as_many, lift_interval, mined, stands

_BASKETS = (
    ("Milk", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"),
    ("Dill", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"),
    ("Milk", "Apple", "Kidney Beans", "Eggs"),
    ("Milk", "Unicorn", "Corn", "Kidney Beans", "Yogurt"),
    ("Corn", "Onion", "Onion", "Kidney Beans", "Ice cream", "Eggs"),
)
"""The example that mlxtend's documentation of association_rules is worked on."""
_ITEMS = sorted({item for basket in _BASKETS for item in basket})
_TOLD = {
    ("Onion", "Eggs"): (0.6, 1.0, 1.25, 0.12, np.inf, 0.5),
    ("Eggs", "Onion"): (0.6, 0.75, 1.25, 0.12, 1.6, 1.0),
    ("Milk", "Kidney Beans"): (0.6, 1.0, 1.0, 0.0, np.inf, 0.0),
    ("Yogurt", "Milk"): (0.4, 2 / 3, 10 / 9, 0.04, 1.2, 0.25),
}


def _held():
    pairs = [(row, _ITEMS.index(item)) for row, basket in enumerate(_BASKETS) for item in basket]
    return indicator(*zip(*pairs, strict=True), (len(_BASKETS), len(_ITEMS)))


@pytest.mark.parametrize(("rule", "told"), _TOLD.items(), ids=lambda each: " to ".join(map(str, each[:2])))
def test_measures_are_those_of_the_published_example(rule, told):
    first, second = map(_ITEMS.index, rule)
    counts = tally(_held(), np.array([[first, -1]])).at(np.array([0]), np.array([second]))
    found = measures(counts)
    assert [float(part[0]) for part in vars(found).values()] == pytest.approx(told)


def test_what_nobody_holds_has_no_measures_and_no_warning():
    nothing = Tally(*(np.array([0]) for _ in range(4)))
    assert all(np.isnan(part).all() for part in vars(measures(nothing)).values())


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_counts_are_those_of_sets(seed, rows, items):
    random = np.random.default_rng(seed)
    now = random.random((rows, items)) < 0.5
    new = ~now & (random.random((rows, items)) < 0.4)
    group, fits = random.integers(0, 3, rows), random.random((items, 3)) < 0.7
    held, added = (indicator(*np.nonzero(part), part.shape) for part in (now, new))
    begins = antecedents(held, 1, 99)
    found = tally(held, begins, added, group=group, fits=fits)
    for place, (one, two) in enumerate(begins.tolist()):
        has = now[:, one] & (now[:, two] if two >= 0 else True)
        for item in range(items):
            could = ~now[:, item] & fits[item, group]
            told = (could, could & has, could & new[:, item], could & has & new[:, item])
            assert [part[place, item] for part in vars(found).values()] == [int(each.sum()) for each in told]


def test_antecedents_are_bounded_and_the_most_frequent():
    random = np.random.default_rng(7)
    now = random.random((200, 12)) < np.linspace(0.2, 0.8, 12)
    held = indicator(*np.nonzero(now), now.shape)
    begins = antecedents(held, 20, 10)
    twos = [tuple(each) for each in begins.tolist() if each[1] >= 0]
    counts = together(held)
    assert len(twos) == 10
    least = min(counts[each] for each in twos)
    assert all(counts[each] <= least for each in combinations(range(12), 2) if each not in twos)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_chance_is_that_of_scipys_exact_test(both, left_only, right_only, neither):
    n = both + left_only + right_only + neither
    told = fisher_exact([[both, left_only], [right_only, neither]], alternative="greater").pvalue if n else 1.0
    assert as_many([both], [both + left_only], [both + right_only], [n])[0] == pytest.approx(told, rel=1e-9, abs=1e-12)


def test_chance_of_a_million_customers_is_exact():
    rows = [[10_400, 100_000, 100_000, 10**6], [500, 40_000, 10_000, 10**6], [90, 900, 100_000, 10**6]]
    many = np.array(rows)
    told = [hypergeom.sf(both - 1, n, right, left) for both, left, right, n in many.tolist()]
    assert as_many(*many.T) == pytest.approx(told, rel=1e-6)


def test_interval_of_lift_holds_it_as_often_as_it_says():
    random = np.random.default_rng(11)
    cells = random.multinomial(2_000, [0.06, 0.24, 0.09, 0.61], 4_000)  # both, left alone, right alone, neither
    counts = Tally(np.full(4_000, 2_000), cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2], cells[:, 0])
    lift, low, high = lift_interval(counts)
    true = 0.06 / (0.3 * 0.15)
    assert np.mean((low <= true) & (true <= high)) == pytest.approx(0.95, abs=0.012)
    assert np.all((low <= lift) & (lift <= high))


def test_a_product_that_only_rides_along_makes_no_rule_of_two():
    random = np.random.default_rng(3)
    now = np.zeros((6_000, 3), dtype=bool)
    now[:, 0], now[:, 1] = random.random(6_000) < 0.4, random.random(6_000) < 0.4
    new = np.zeros_like(now)
    new[:, 2] = random.random(6_000) < np.where(now[:, 0], 0.3, 0.05)  # the first product alone matters
    held, added = (indicator(*np.nonzero(part), part.shape) for part in (now, new))
    begins = antecedents(held, 20, 10)
    found = mined(begins, tally(held, begins, added), 20, np.eye(3, dtype=bool))
    told = {
        tuple(begins[row].tolist()): q for (row, item), q in zip(found.rule.tolist(), found.q, strict=True) if item == 2
    }
    assert told[0, -1] < 1e-6
    assert told[0, 1] > 0.05
    assert told[1, -1] > 0.05


def test_rules_not_asked_about_are_not_tested():
    counts = Tally(*(np.full((2, 2), each) for each in (100, 40, 20, 15)))
    apart = np.array([[True, True], [False, True]])
    found = mined(np.array([[0, -1], [1, -1]]), counts, 10, apart)
    assert found.rule.tolist() == [[1, 0]]


def test_a_rule_that_was_chance_does_not_stand():
    counts = Tally(*(np.array([each]) for each in (1_000, 200, 100, 21)))
    assert not stands(counts, (np.array([np.nan]), np.array([np.nan])))[0]
    nobody = Tally(*(np.array([each]) for each in (1_000, 200, 100, 0)))
    assert not stands(nobody, (np.array([np.nan]), np.array([np.nan])))[0]


@pytest.mark.parametrize(("n", "left", "right"), [(400, 20, 20), (400, 40, 12), (2_000, 25, 60), (1_000, 300, 200)])
def test_chance_alone_stands_no_more_often_than_it_may(n, left, right):
    both = np.arange(min(left, right) + 1)
    every = Tally(*(np.full(both.size, each) for each in (n, left, right)), both)
    none = np.full(both.size, np.nan)
    likely = hypergeom.pmf(both, n, right, left)
    assert likely[stands(every, (none, none))].sum() <= 0.025


def _false_share(seed: int) -> tuple[int, int, int]:
    """Planted rules found, planted rules, and false ones found, of a crowd with three planted rules."""
    random = np.random.default_rng(seed)
    rows, items = 6_000, 24
    planted = {0: 12, 3: 15, 5: 18}
    now = random.random((rows, items)) < 0.2
    chance = np.full((rows, items), 0.03)
    for one, other in planted.items():
        chance[now[:, one], other] = 0.09
    new = ~now & (random.random((rows, items)) < chance)
    held, added = (indicator(*np.nonzero(part), part.shape) for part in (now, new))
    begins = antecedents(held, 30, 100)
    found = mined(begins, tally(held, begins, added), 10, np.eye(items, dtype=bool))
    told = [(begins[row].tolist(), item) for row, item in found.rule[found.found(0.1)].tolist()]
    true = sum(two == -1 and planted.get(one) == item for (one, two), item in told)
    return true, len(planted), len(told) - true


def test_false_ones_among_the_rules_found_are_as_few_as_asked_for():
    shares, missed = [], 0
    for seed in range(12):
        true, planted, false = _false_share(seed)
        shares.append(false / max(true + false, 1))
        missed += planted - true
    assert np.mean(shares) <= 0.1
    assert missed <= 1
