"""Levels of the operator's own: the first that holds counts, and what cannot be meant is named."""

from datetime import date

import polars as pl
import pytest

from telcli.errors import UsageError
from telcli.features.value_stars import remarks, stars

JUNE = date(2024, 6, 1)
SCORES = pl.DataFrame(
    {"customer_id": ["a", "b", "c", "d"], "value_score": [95.0, 85.0, 60.0, 10.0], "value_tier": ["gold"] * 4}
)
TABLES = {
    "customer_months": pl.LazyFrame(
        {
            "customer_id": ["a", "b", "c", "d", "a"],
            "month": [JUNE] * 4 + [date(2024, 5, 1)],
            "active": [True] * 5,
            "left": [False] * 5,
            "tenure_months": [3.0, 40.0, 50.0, None, 2.0],
        }
    ),
    "customers": pl.LazyFrame({"customer_id": ["a", "b", "c", "d"], "region": ["North", "North", "South", None]}),
}


def test_the_first_level_that_holds_counts() -> None:
    five, four = ("five", "value_score >= 80 AND tenure_months >= 24"), ("four", "value_score >= 50")
    found = stars([five, four, ("three", "region = 'x'")], SCORES, TABLES, JUNE)
    assert found.rows() == [("a", "four", 2), ("b", "five", 1), ("c", "four", 2), ("d", None, None)]
    turned = stars([four, five], SCORES, TABLES, JUNE)
    assert turned["star"].to_list() == ["four", "four", "four", None]


def test_what_is_not_known_holds_of_nobody() -> None:
    found = stars([("long", "tenure_months >= 0"), ("north", "region = 'North'")], SCORES, TABLES, JUNE)
    assert found["star"].to_list() == ["long", "long", "long", None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("value_scor >= 5", "names value_scor, which is no column"),
        ("value_score >=", "cannot be read as a condition"),
        ("value_score", "is not something true or false"),
        ("value_score > 'x'", "compares things of different types"),
        ("joined_on < current_date", "asks the time of the run by current_date"),
    ],
)
def test_what_cannot_be_meant_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        stars([("five", text)], SCORES, TABLES, JUNE)
    assert "the rule five in [score-value.stars] " + said in str(caught.value)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (["value_tier = 'Gold'"], [("value-star-value", "platinum, gold, silver, bronze")]),
        (["'黄金' = value_tier OR value_score > 90"], [("value-star-value", "platinum, gold, silver, bronze")]),
        (["value_tier = 'platinum'"], [("value-star-nobody", None)]),  # a tier that nobody is in is one all the same
        (["region IN ('north', 'South')"], [("value-star-value", "North, South")]),
        (["value_score > 99"], [("value-star-nobody", None)]),
        (["tenure_months > 5 AND region IS NOT NULL AND value_score > 80", "tenure_months >= 40"], []),
        (["value_score >= 50", "value_score >= 90"], [("value-star-covered", None)]),
        (["tenure_months / 0 > cast(NULL AS int)"], [("value-star-unknown", None)]),
        (["customer_id <> 'x'"], []),
    ],
)
def test_levels_that_tell_nobody_from_anybody_are_told(rules: list[str], told: list[tuple[str, str | None]]) -> None:
    found = remarks([(f"level {at}", text) for at, text in enumerate(rules)], SCORES, TABLES, JUNE)
    assert [(notice.code, notice.values.get("known")) for notice in found] == told


def test_of_many_values_the_nearest_are_named() -> None:
    towns = [f"town {at}" for at in range(20)]
    scores = pl.DataFrame({"customer_id": towns, "value_score": [1.0] * 20})
    tables = TABLES | {"customers": pl.LazyFrame({"customer_id": towns, "region": towns})}
    (near,) = remarks([("five", "region = 'Town 7'")], scores, tables, JUNE)
    assert "town 7" in near.values["known"].split(", ")
    (none,) = remarks([("five", "region = 'zz'")], scores, tables, JUNE)
    assert none.code == "value-star-no-value"


def test_a_level_that_cannot_be_worked_out_is_named() -> None:
    rules = [("four", "value_score >= 50"), ("five", "strptime(region, '%Y') > DATE '2024-01-01'")]
    with pytest.raises(UsageError) as caught:
        stars(rules, SCORES, TABLES, JUNE)
    assert caught.value.code == "rule-fails"
    assert "the rule five in [score-value.stars]" in str(caught.value)
