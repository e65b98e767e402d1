"""Several experts, concordance beside scipy's Friedman test, and a published hierarchy from goal to leaves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare

from telcli.methods.ahp import from_pairs, priorities
from telcli.methods.ahp_group import combined, concordance_chance, down, kendall_w, moved

NAN = float("nan")


def test_leader_is_chosen_as_published() -> None:
    criteria = priorities([[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]]).weights
    # Saaty's leader example: Tom here Moll, Dick here Nell, Harry here Sue, by experience, education, charisma, age.
    experience = from_pairs(3, [(0, 1, 1 / 4), (0, 2, 4), (1, 2, 9)])
    education = from_pairs(3, [(0, 1, 3), (0, 2, 1 / 5), (1, 2, 1 / 7)])
    charisma = from_pairs(3, [(0, 1, 5), (0, 2, 9), (1, 2, 4)])
    age = from_pairs(3, [(0, 1, 1 / 3), (0, 2, 5), (1, 2, 9)])
    local = np.array([priorities(each).weights for each in (experience, education, charisma, age)])
    assert criteria @ local == pytest.approx([0.358, 0.493, 0.150], abs=1e-3)


CITIES = ("Bethesda", "Boston", "Pittsburgh", "Santa Fe")
BY_CITY = {
    "Culture": [(0, 2, 1), (1, 0, 2), (1, 2, 2.5), (1, 3, 1), (3, 0, 2), (3, 2, 2.5)],
    "Family": [(0, 1, 2), (0, 3, 4), (1, 3, 2), (2, 0, 3), (2, 1, 8), (2, 3, 9)],
    "Housing": [(0, 1, 5), (0, 3, 2.5), (2, 0, 2), (2, 1, 9), (2, 3, 7), (3, 1, 4)],
    "Jobs": [(0, 2, 3), (0, 3, 4), (1, 0, 2), (1, 2, 6), (1, 3, 8), (2, 3, 1)],
    "Transportation": [(0, 1, 1.5), (0, 3, 4), (1, 3, 2.5), (2, 0, 2), (2, 1, 3.5), (2, 3, 9)],
}
BY_CRITERION = [
    (0, 2, 3),
    (0, 4, 5),
    (1, 0, 5),
    (1, 2, 7),
    (1, 4, 7),
    (2, 4, 3),
    (3, 0, 2),
    (3, 2, 4),
    (3, 4, 7),
    (1, 3, 1),
]


def test_cities_are_ranked_as_published() -> None:
    # Saaty (2005), Theory and Applications of the Analytic Network Process: where to live.
    children = {"city": list(BY_CITY)} | {name: [f"{name} {city}" for city in CITIES] for name in BY_CITY}
    local = {name: priorities(from_pairs(4, pairs)).weights for name, pairs in BY_CITY.items()}
    found = down(children, local | {"city": priorities(from_pairs(5, BY_CRITERION)).weights}, "city")
    score = [sum(found[f"{name} {city}"] for name in BY_CITY) for city in CITIES]
    assert score == pytest.approx([0.229, 0.275, 0.385, 0.111], abs=6e-4)


@pytest.mark.parametrize(
    ("orders", "chance"),
    [
        ([[3, 2, 1]] * 3, 1 / 36),
        ([[3, 2, 1], [1, 2, 3]], 1.0),
        ([[3, 2, 1], [3, 1, 2]], 0.5),  # as near or nearer: itself and two exchanges of neighbours, of six
        ([[2, 2, 1], [2, 2, 1]], 1 / 3),  # with ties there are three orders
        ([[1, 1, 1]] * 2, 1.0),
    ],
)
def test_the_chance_of_as_much_concordance(orders: list[list[float]], chance: float) -> None:
    assert concordance_chance(orders) == pytest.approx(chance)


def test_the_chance_of_concordance_of_many_is_that_of_friedman() -> None:
    random = np.random.default_rng(3)
    told = random.random((9, 6)) + np.arange(6) * 0.1
    assert concordance_chance(told) == pytest.approx(friedmanchisquare(*told.T).pvalue)
    exact = random.random((8, 5)) + np.arange(5) * 0.1
    assert concordance_chance(exact) == pytest.approx(friedmanchisquare(*exact.T).pvalue, abs=0.03)


def test_the_mean_of_experts_stays_reciprocal_and_skips_what_was_not_judged() -> None:
    one, other = from_pairs(3, [(0, 1, 2), (0, 2, 8)]), from_pairs(3, [(0, 1, 8), (1, 2, 3)])
    both = combined([one, other])
    assert both[0].tolist() == pytest.approx([1, 4, 8])
    assert (both * both.T) == pytest.approx(np.ones((3, 3)))
    assert np.isnan(combined([from_pairs(3, [(0, 1, 2)])])[0, 2])


@given(st.integers(2, 6), st.integers(3, 7), st.integers(0, 10_000))
def test_concordance_is_friedmans_statistic_over_its_largest(experts: int, items: int, seed: int) -> None:
    told = np.random.default_rng(seed).integers(0, 4, (experts, items)).astype(float)
    told[0] = np.arange(items)
    expected = friedmanchisquare(*told.T).statistic / (experts * (items - 1))
    assert kendall_w(told) == pytest.approx(expected, abs=1e-9)
    assert -1e-12 <= kendall_w(told) <= 1 + 1e-12


def test_concordance_needs_two_experts_who_tell_items_apart() -> None:
    with pytest.raises(ValueError, match="two experts"):
        kendall_w([[0.5, 0.5]])
    with pytest.raises(ValueError, match="apart"):
        kendall_w([[0.5, 0.5], [0.5, 0.5]])


def test_leaves_share_the_whole() -> None:
    children = {"value": ["now", "ahead"], "now": ["margin", "punctual"], "ahead": ["trend"]}
    found = down(children, {"value": [0.7, 0.3], "now": [0.8, 0.2], "ahead": [1.0]}, "value")
    assert found == pytest.approx({"now": 0.7, "margin": 0.56, "punctual": 0.14, "ahead": 0.3, "trend": 0.3})
    assert sum(found[leaf] for leaf in ("margin", "punctual", "trend")) == pytest.approx(1.0)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=6), st.floats(0.1, 10), st.data())
def test_moved_weights_add_up_and_keep_the_proportions_of_others(
    raw: list[float], factor: float, data: st.DataObject
) -> None:
    start = np.array(raw) / sum(raw)
    place = data.draw(st.integers(0, len(raw) - 1))
    found = moved(start, place, factor)
    assert found.sum() == pytest.approx(1.0)
    assert (found >= 0).all()
    others = np.arange(len(raw)) != place
    assert np.outer(found[others], start[others]) == pytest.approx(np.outer(start[others], found[others]), abs=1e-12)
