"""The operator's own rules: what they may name, whom they hold of, and what is wrong with the others."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.errors import UsageError
from telcli.features.own_groups import check_rules, own_groups
from telcli.tables import contract
from tests.features.test_view_facts import months_of

AS_OF = date(2024, 6, 1)
LINES = pl.LazyFrame(
    {
        "subscription_id": ["1", "2", "3", "4"],
        "customer_id": ["a", "a", "b", "c"],
        "plan_id": ["校园卡19", "家庭99", "家庭99", "校园卡19"],
        "plan_fee": [19.0, 99.0, 99.0, 19.0],
        "ended_on": [None, None, None, date(2024, 6, 2)],
    }
)
TABLES = {
    "customer_months": months_of(
        [
            {"customer_id": one, "month": AS_OF, "revenue": money}
            for one, money in zip("abcd", (10.0, 20.0, 60.0, None), strict=True)
        ]
        + [{"customer_id": "d", "month": date(2024, 5, 1), "revenue": 99.0}]
    ),
    "customers": pl.LazyFrame(
        {
            "customer_id": ["a", "b", "c", "d", "z"],
            "birth_year": [2004, 1960, 2006, None, 2006],
            "group_id": ["g", None, None, None, None],
            "joined_on": [date(2024, 3, 1), date(2019, 1, 1), None, None, None],
            "x_Dorm": ["yes", "no", "yes", None, "yes"],
        }
    ),
    "subscriptions": LINES,
}
VIEWS = pl.DataFrame({"customer_id": ["d", "c", "b", "a"], "online": [True, False, True, None]})


def members(rule: str, **tables: pl.LazyFrame) -> str:
    held = own_groups({"rule": rule}, {**TABLES, **tables}, VIEWS, AS_OF)
    return "".join(sorted(VIEWS.filter(held["rule"])["customer_id"]))


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ("age < 25", "ac"),
        ("plan_id LIKE '%校园%'", "a"),
        ("age < 25 AND plan_id LIKE '%校园%'", "a"),
        ("plan_id LIKE '%校园%' AND plan_id LIKE '%99'", ""),
        ("plan_id LIKE '%99' OR x_Dorm = 'yes'", "abc"),
        ("plan_fee IS NULL", "abcd"),
        ("plan_id IS NULL", "cd"),
        ("group_id IS NOT NULL", "a"),
        ("joined_on >= '2024-01'", "a"),
        ("joined_on < 202401", "b"),
        ("revenue > 15", "bc"),
        ("revenue > avg(revenue)", "c"),
        ("online", "bd"),
        ("NOT online", "c"),
        ("customer_id = 'd'", "d"),
        ("age < 5", ""),
    ],
)
def test_whom_a_rule_holds_of(rule: str, who: str) -> None:
    assert members(rule) == who


def test_rules_come_in_the_order_of_their_names() -> None:
    held = own_groups({"b": "online", "a": "age < 25", "校": "age < 25"}, TABLES, VIEWS, AS_OF)
    assert held.columns == ["a", "b", "校"]
    assert held["a"].to_list() == [None, True, False, True]
    assert own_groups({}, TABLES, VIEWS, AS_OF).width == 0


MEANS = ("revenue > avg(revenue)", "revenue > 0.7 * avg(revenue)", "revenue = max(revenue)", "count(*) = 4 AND age > 0")
OTHERS = ("plan_id LIKE 'none%'", "plan_id LIKE '%99'", "age < 25", "online", "revenue < sum(revenue) / 3")


@given(st.sampled_from(MEANS), st.lists(st.sampled_from(OTHERS), max_size=4))
@settings(max_examples=20, deadline=None)
def test_no_rule_changes_whom_another_holds_of(rule: str, others: list[str]) -> None:
    alone = own_groups({"mean": rule}, TABLES, VIEWS, AS_OF)["mean"]
    beside = {f"other{at}": other for at, other in enumerate(others)}
    assert own_groups({"mean": rule, **beside}, TABLES, VIEWS, AS_OF)["mean"].to_list() == alone.to_list()


def test_every_view_may_be_named_but_the_rules_themselves() -> None:
    columns = set(contract("customer_views").schema.columns()) - {"customer_id", "as_of", "own_groups"}
    assert {"tenure_score", "complaint_score", "online", "exit_remedy"} < columns
    check_rules({name: f"{name} IS NULL" for name in columns}, TABLES, AS_OF)
    views = VIEWS.with_columns(tenure_score=pl.Series([5, 1, None, 4], dtype=pl.Int64))
    assert own_groups({"long": "tenure_score >= 4"}, TABLES, views, AS_OF)["long"].to_list() == [
        True,
        False,
        None,
        True,
    ]


@pytest.mark.parametrize(
    ("rule", "function"),
    [
        ("plan_id = 'x' AND revenue > avg(revenue)", "avg"),
        ("SUM (age) > 3 AND ended_on IS NULL", "sum"),
        ("plan_id = 'x' AND count(*) > 1", "count"),
        ("revenue > lag(revenue) OVER (ORDER BY plan_id)", "lag"),
        ("plan_id = 'avg(x)'", ""),
        ("greatest(age, 3) > 3 AND plan_id = 'x'", ""),
    ],
)
def test_what_goes_across_lines_is_refused(rule: str, function: str) -> None:
    if not function:
        return check_rules({"campus": rule}, TABLES, AS_OF)
    with pytest.raises(UsageError) as caught:
        check_rules({"campus": rule}, TABLES, AS_OF)
    assert caught.value.code == "rule-across-lines"
    assert caught.value.values["function"] == function
    return None


@pytest.mark.parametrize(
    ("rule", "code", "says"),
    [
        ("age <", "rule-unreadable", "campus"),
        ("age", "rule-no-condition", "campus"),
        ("1 = 1", "rule-no-condition", "campus"),
        ("sum(age) > 3", "rule-no-condition", "campus"),
        ("age < 'x'", "rule-types", "campus"),
        ("joined_on > 7", "rule-types", "campus"),
        ("aeg < 25", "rule-column-unknown", "aeg"),
        ("own_groups = 'a'", "rule-column-unknown", "own_groups"),
        ("EXISTS (SELECT 1 FROM bills)", "rule-subquery", "campus"),
        ("age > ( select avg(age) FROM customers)", "rule-subquery", "campus"),
        ("plan_id ~ '['", "rule-pattern", "campus"),
        ("joined_on > '2024-13-01'", "rule-day", "2024-13-01"),
        ("joined_on > DATE '2024-02-30'", "rule-day", "2024-02-30"),
        ("joined_on BETWEEN 202401 AND 202413", "rule-day", "202413"),
        ("true", "rule-no-condition", "campus"),
        ("active = 'maybe'", "rule-flag", "maybe"),
        ("age ＜ 25", "rule-wide-sign", "＜"),
        ("joined_on > current_date", "rule-clock", "current_date"),
        ("joined_on < NOW()", "rule-clock", "now"),
    ],
)
def test_what_is_wrong_is_said_by_the_name_of_the_rule(rule: str, code: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_rules({"fine": "age < 25", "campus": rule}, TABLES, AS_OF)
    assert caught.value.code == code
    assert says in str(caught.value)
    if "aeg" in rule:
        assert "age" in caught.value.values["near"]


@pytest.mark.parametrize(
    ("rule", "near"),
    [
        ("profitabel", "profitable"),
        ("lifecicle_stage = 'x'", "lifecycle_stage"),
        ("AGE < 3", "age"),
        ("plan_fe > 3", "plan_fee"),
        ("X_dorm = 'yes'", "x_Dorm"),
        ("customers.age < 25", "without their table"),
        ("zzzzzz", "customer_views"),
    ],
)
def test_what_was_meant_is_looked_for_in_all_that_may_be_named(rule: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_rules({"campus": rule}, TABLES, AS_OF)
    assert near in caught.value.hint


def test_types_are_told_where_they_do_not_fit() -> None:
    with pytest.raises(UsageError) as caught:
        check_rules({"campus": "age < 'x' AND plan_id = 'y'"}, TABLES, AS_OF)
    assert caught.value.hint.startswith("age Int64, plan_id String. ")


@pytest.mark.parametrize(
    "rule", ["x_current_date", "plan_id = 'now()'", "plan_id = 'a (select b)'", "plan_id = '2024-13-01'"]
)
def test_text_and_names_are_not_taken_for_what_is_refused(rule: str) -> None:
    customers = TABLES["customers"].with_columns(x_current_date=pl.lit(value=True))
    check_rules({"campus": rule}, {**TABLES, "customers": customers}, AS_OF)


@pytest.mark.parametrize(
    ("rule", "who"), [("x_Dorm::int = 1", ""), ("birth_year::int > 2000", "ac"), ("plan_id = 'a::int'", "")]
)
def test_casts_give_null_where_a_value_does_not_fit(rule: str, who: str) -> None:
    assert members(rule) == who


@pytest.mark.parametrize("rule", ["(x_Dorm)::int = 1", "cast(x_Dorm AS date) > joined_on"])
def test_what_fails_on_the_values_is_said_by_the_name_of_the_rule(rule: str) -> None:
    with pytest.raises(UsageError) as caught:
        own_groups({"fine": "age < 25", "campus": rule}, TABLES, VIEWS, AS_OF)
    assert caught.value.code == "rule-fails"
    assert caught.value.values["own"] == "campus"
    assert "yes" not in str(caught.value)


def test_without_lines_their_columns_are_none() -> None:
    tables = {name: frame for name, frame in TABLES.items() if name != "subscriptions"}
    check_rules({"young": "age < 25"}, tables, AS_OF)
    with pytest.raises(UsageError):
        check_rules({"cheap": "plan_id = 'x'"}, tables, AS_OF)
