"""Short rules: they find planted boxes, count gaps as the median, and state what they are worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.methods.segment_rule import UNFOUND, Condition, Rule, find_rule, nearly, placed


def test_a_planted_box_is_found_in_its_own_units() -> None:
    rows = np.random.default_rng(0).uniform(0, 1000, (3_000, 4))
    member = (rows[:, 1] > 400) & (rows[:, 3] <= 250)
    rule = find_rule(rows, member)
    assert rule is not None
    assert [one.column for one in rule.conditions] == [1, 3]
    assert rule.conditions[0].low == pytest.approx(400, abs=5)
    assert rule.conditions[1].high == pytest.approx(250, abs=5)
    assert rule.precision > 0.97
    assert rule.recall > 0.97


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_precision_and_recall_are_those_of_the_conditions(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.lognormal(2, 1, (200, 3))
    rows[random.random((200, 3)) < 0.1] = np.nan
    member = random.random(200) < 0.3
    rule = find_rule(rows, member, depth=3)
    if rule is None:
        return
    found = np.ones(200, dtype=bool)
    for one in rule.conditions:
        values = rows[:, one.column]
        found &= ((values > one.low) & (values <= one.high)) | (one.or_missing & np.isnan(values))
    assert 1 <= len(rule.conditions) <= 3
    assert rule.precision == pytest.approx(member[found].mean() if found.any() else 0.0)
    assert rule.recall == pytest.approx(member[found].sum() / member.sum())


def test_missing_values_go_with_the_median() -> None:
    rows = np.array([[1.0], [2.0], [3.0], [4.0], [np.nan], [50.0], [60.0]])
    member = np.array([True, True, True, True, True, False, False])
    rule = find_rule(rows, member)
    assert rule is not None
    assert rule.conditions[0].or_missing
    assert (rule.precision, rule.recall) == (1.0, 1.0)


@pytest.mark.parametrize("member", [[True, True], [False, False]])
def test_nothing_to_tell_apart(member: list[bool]) -> None:
    assert find_rule(np.array([[1.0], [2.0]]), np.array(member)) is None


def test_no_column_divides() -> None:
    assert find_rule(np.ones((4, 1)), np.array([True, False, True, False])) is None
    assert find_rule(np.empty((2, 0)), np.array([True, False])) is None


def test_four_digits() -> None:
    assert [nearly(value) for value in (0.0, -1.23456, float("inf"))] == [0.0, -1.235, float("inf")]


def bounded(low: float, high: float, precision: float, recall: float = 0.5) -> Rule:
    return Rule((Condition(0, low, high),), precision, recall)


def test_of_several_rules_the_most_precise_takes_a_row() -> None:
    rows = np.array([[1.0], [3.0], [5.0], [9.0]])
    rules = [bounded(0, 4, 0.6), None, bounded(2, 6, 0.9)]
    assert placed(rules, rows).tolist() == [0, 2, 2, UNFOUND]
    assert placed([bounded(0, 4, 0.9), None, bounded(2, 6, 0.6)], rows).tolist() == [0, 0, 2, UNFOUND]
    assert placed([bounded(0, 9, 0.9, 0.4), bounded(0, 9, 0.9, 0.5)], rows).tolist() == [1, 1, 1, 1]
    assert placed([bounded(0, 9, 0.9), bounded(0, 9, 0.9)], rows).tolist() == [0, 0, 0, 0]
    assert placed([None, None], rows).tolist() == [UNFOUND] * 4


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_rows_go_to_a_rule_that_finds_them_and_to_none_only_where_none_does(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(100, 2))
    rows[random.random((100, 2)) < 0.1] = np.nan
    labels = random.integers(0, 3, 100)
    rules = [find_rule(rows, labels == place) for place in range(3)]
    put = placed(rules, rows)
    for row, place in zip(rows, put, strict=True):
        finding = []
        for index, rule in enumerate(rules):
            if rule and all(
                one.low < row[one.column] <= one.high or (one.or_missing and np.isnan(row[one.column]))
                for one in rule.conditions
            ):
                finding.append((rule.precision, rule.recall, -index))
        assert place == (-max(finding)[2] if finding else UNFOUND)
