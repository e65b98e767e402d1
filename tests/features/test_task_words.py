"""What tasks say, by hand-made plans, and their numbers and days."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.task_words import deadlines, due, tasks
from telcli.settings.tasking import TaskSettings
from telcli.tables.task_results import CONTRACTS
from telcli.tables.task_sheet import check_code

AS_OF = date(2024, 6, 1)
OFFERS = pl.DataFrame({"offer_id": ["bonus"], "name": ["Data {by} $1"], "name_zh": ["流量赠送"]})


def plan(*told: dict[str, Any]) -> pl.DataFrame:
    fixed = {"as_of": AS_OF, "campaign_id": "retention-2024-06", "strategy": "retain", "action": "offer",
             "held_out": False, "offer_id": "bonus", "channel": "phone", "manager_id": "M1", "expected_value": 5.0,
             "value_band": "high", "risk_band": "high", "theme": "price", "churn_probability": 0.72}  # fmt: skip
    rows = [{"customer_id": f"C{at}", **fixed, **row} for at, row in enumerate(told)]
    return pl.DataFrame(rows, infer_schema_length=None)


def one(facts: dict[str, Any] | None = None, **told: Any) -> dict[str, Any]:
    known = None if facts is None else pl.DataFrame([{"customer_id": "C0", **facts}])
    return tasks(plan(told), OFFERS, facts=known).row(0, named=True)


def test_who_is_held_out_or_left_alone_has_no_task() -> None:
    rows = plan({}, {"held_out": True}, {"action": "none", "offer_id": None}, {"action": "held-out", "held_out": True})
    assert tasks(rows, OFFERS)["customer_id"].to_list() == ["C0"]
    empty = tasks(rows.clear(), OFFERS)
    assert empty.is_empty()
    CONTRACTS["retention_tasks"].require(empty.lazy())


def test_all_that_is_known_is_said_in_both_languages() -> None:
    facts = {"owner": True, "branch": "North", "reason_1": "High bill", "reason_1_zh": "账单偏高", "reason_2": "Roams",
             "holds": "Long stay", "holds_zh": "网龄长", "unresolved": 2.0, "oldest_open_days": 9.0,
             "contract_months_left": 1.2, "value_tier": "gold"}  # fmt: skip
    row = one(facts)
    CONTRACTS["retention_tasks"].require(pl.DataFrame([row], schema=tasks(plan({}), OFFERS).schema).lazy())
    assert (
        row["what"] == "Retain: contact by phone and offer Data {by} $1"
    )  # what an offer is called is never filled in
    assert row["what_zh"] == "挽留：电话联系客户，推荐“流量赠送”"
    assert row["why"] == (
        "72% chance of leaving; gold customer; High bill; Roams; months of contract left: 2; "
        "open matters: 2, days the oldest has waited: 9."
    )
    assert row["why_zh"].startswith("流失概率72%；金牌客户；账单偏高；Roams；合约将在2个月内到期；有2项未办结")
    assert row["talk"].startswith("First settle what is open")
    assert "Go through the last bills" in row["talk"]
    assert "What speaks for staying: Long stay." in row["talk"]
    facts |= {"reason_2": "Active days falling by 2 a month", "holds": "Active days rising by 1.8 a month"}
    assert "speaks for staying" not in one(facts)["talk"]
    assert "有利于留网" not in one(facts)["talk_zh"]
    assert (row["owner"], row["branch"], row["task_id"]) == (True, "North", "R2406-00001")
    assert row["code"] == check_code("retention-2024-06", "R2406-00001", "C0", "bonus")


def test_what_is_not_known_is_not_said() -> None:
    row = one(manager_id=None, offer_id="else", strategy="odd", channel="pigeon", theme=None, churn_probability=None)
    assert row["what"] == "odd: contact by pigeon and offer else"
    assert row["why"] == "high-value customer."
    assert row["manager_id"] == "unassigned"
    assert not row["owner"]
    said = one({"contract_months_left": 0.0, "unresolved": 1.0}, theme="contract", offer_id=None)
    assert said["why"].endswith("high-value customer; open matters: 1.")  # the first reason tells of the contract
    assert said["what"] == "Retain: contact by phone"


def test_priority_is_the_place_by_value_among_a_managers_tasks() -> None:
    rows = plan({"expected_value": 1.0}, {"manager_id": "M2"}, {"expected_value": 9.0}, {"expected_value": None})
    found = {row["customer_id"]: (row["task_id"][-1], row["priority"]) for row in tasks(rows, OFFERS).to_dicts()}
    assert found == {"C2": ("1", 1), "C1": ("2", 1), "C0": ("3", 2), "C3": ("4", 3)}
    assert tasks(rows[::-1], OFFERS).equals(tasks(rows, OFFERS))


def test_deadlines_are_by_risk_and_skip_days_off() -> None:
    rows = deadlines(plan({}, {"risk_band": "low"}, {"risk_band": None}), TaskSettings())
    assert rows["deadline"].to_list() == [date(2024, 7, 5), date(2024, 7, 19), date(2024, 7, 19)]
    october = TaskSettings(high_days=1, holidays="2024-10-01,2024-10-02", workdays="2024-10-05")
    rest = deadlines(plan({"as_of": date(2024, 9, 1)}), october)
    assert rest["deadline"].to_list() == [date(2024, 10, 3)]
    assert due(date(2024, 8, 1), 1, workdays=[date(2024, 9, 1)]) == date(2024, 9, 1)  # a Sunday that is worked


@given(month=st.dates(date(2020, 1, 1), date(2030, 12, 31)), days=st.integers(1, 60))
def test_as_many_weekdays_lie_up_to_the_deadline(month: date, days: int) -> None:
    import numpy as np

    first = month.replace(day=1)
    last = due(first, days)
    start = (first + timedelta(days=32)).replace(day=1)
    assert np.busday_count(start, last + timedelta(days=1)) == days
    assert last.weekday() < 5
