"""What the watching stages found, as the report may show it."""

import pytest

from telcli.figures.base import Figures
from telcli.figures.watched import (
    ageing_rows,
    alert_rows,
    fraud_rows,
    item_rows,
    late_rows,
    put_watch,
    satisfied_rows,
    topic_rows,
    warned_rows,
    watch_blocks,
)
from tests.report import watch_example

HELD = watch_example.tables()


def test_groups_in_which_few_answered_are_left_out_and_the_least_satisfied_lead() -> None:
    rows = satisfied_rows(HELD["satisfaction_index"], 10)
    assert [row["group"] for row in rows] == ["all", "101", "102"]


def test_items_go_by_importance() -> None:
    assert [row["item"] for row in item_rows(HELD["satisfaction_items"], 10)] == ["C11", "C12", "C13"]
    assert not item_rows(HELD["satisfaction_items"], 301)


def test_topics_of_few_and_what_gives_them_away_are_left_out_and_codings_not_mixed() -> None:
    rows = topic_rows(HELD["complaint_topics"], 10)
    assert [row["topic"] for row in rows] == ["About price", "About coverage"]
    assert rows[0]["emerging"] == 1.0


def test_ages_stand_from_young_to_old_with_those_of_few_hidden() -> None:
    rows = ageing_rows(HELD["credit_ageing"], 10)
    assert [row["bucket"] for row in rows] == ["0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+"]
    assert [row["bucket"] for row in rows if row.get("small")] == ["181-365", "365+"]
    assert late_rows(HELD["credit_ageing"], 10) == [{"late": 50.0 * (120 + 40 + 30 + 12 + 11 + 4)}]
    assert late_rows(HELD["credit_ageing"], 121) == []


def test_only_what_is_off_now_is_told() -> None:
    assert [row["entity"] for row in alert_rows(HELD["alerts"], 10)] == ["C1", "C3"]


def test_cases_that_are_closed_do_not_count() -> None:
    rows = {row["pattern"]: row for row in fraud_rows(HELD["fraud_cases"], 10)}
    assert (rows["sim-box"]["cases"], rows["irsf"]["cases"]) == (2, 2)
    assert rows["irsf"]["expected_loss"] == pytest.approx(103.0 + 104.0)


def test_moves_of_few_are_hidden_and_nothing_is_said_where_all_are() -> None:
    rows = warned_rows(HELD["lifecycle_warnings"], 10)
    assert [(row["from_stage"], bool(row.get("small"))) for row in rows] == [
        ("maturity", False), ("growth", True), ("decline", True)
    ]  # fmt: skip
    assert rows[0]["value_at_risk"] == pytest.approx(500.0)
    assert warned_rows(HELD["lifecycle_warnings"], 26) == []


def test_nothing_is_put_where_nothing_ran() -> None:
    figures = Figures()
    put_watch(figures, watch_blocks({}, 10))
    assert not figures.frame(watch_example.AS_OF).height
