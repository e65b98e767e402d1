"""What calls for care at once, by hand-made months: each trigger holds, starts, and is new once."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.features.care_triggers import CareRules, care_triggers
from telcli.features.month_index import add_months
from telcli.tables import contract
from telcli.tables.churn_around_results import TRIGGERS

AS_OF = date(2024, 6, 1)
FIRST = date(2024, 1, 1)


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    known = contract(name).schema.columns()
    typed = [pl.col(column).cast(known[column].dtype) for column in frame.columns]
    return contract(name).conform(frame.with_columns(typed).lazy()).collect().lazy()


def months(*told: dict[str, Any]) -> pl.LazyFrame:
    """One customer's months, the last of them AS_OF."""
    last = len(told) - 1
    fixed = {"customer_id": "a", "active": True, "left": False, "numbers_held": 1.0}
    rows = [{**fixed, "month": add_months(AS_OF, at - last), **said} for at, said in enumerate(told)]
    return table("customer_months", rows)


def found(*told: dict[str, Any], rules: CareRules | None = None, **tables: pl.LazyFrame) -> dict[str, dict[str, Any]]:
    rows = care_triggers({"customer_months": months(*told), **tables}, FIRST, AS_OF, rules or CareRules())
    return {row["trigger"]: row for row in rows.to_dicts()}


@pytest.mark.parametrize(
    ("trigger", "told", "value", "new"),
    [
        ("plan-downgrade", [{"plan_fee": 99.0}, {"plan_fee": 59.0}], 40.0, True),
        ("plan-downgrade", [{"plan_fee": 99.0}, {"plan_fee": 59.0, "plan_downs": 1.0}], 40.0, True),
        ("line-lost", [{"numbers_held": 3.0}, {"numbers_held": 1.0}], 2.0, True),
        ("arrears-step", [{"months_overdue": 1.0}, {"months_overdue": 2.0}], 2.0, True),
        ("use-drop", [{}, {"data_mb_mean_3": 1000.0}, {"data_mb": 300.0}], 0.7, True),
        ("no-use", [{"months_since_use": 0.0}, {"months_since_use": 1.0}], 1.0, True),
        ("no-use", [{"months_since_use": 1.0}, {"months_since_use": 2.0}], 2.0, False),
        ("competitor-contact", [{}, {"competitor_contacts": 3.0}], 3.0, True),
        ("complaint-repeated", [{}, {"complaints_sum_3": 3.0, "complaints": 1.0}], 3.0, True),
        ("complaint-open", [{}, {"oldest_open_days": 9.0, "unresolved": 1.0}], 9.0, True),
    ],
)
def test_each_trigger_holds(trigger: str, told: list[dict[str, Any]], value: float, *, new: bool) -> None:
    row = found(*told)[trigger]
    assert (row["value"], row["new"]) == (pytest.approx(value), new)
    assert row["trigger"] in TRIGGERS
    assert "{" not in row["text"] + row["text_zh"]


@pytest.mark.parametrize(
    "told",
    [
        [{"plan_fee": 99.0, "numbers_held": 2.0}, {"plan_fee": 59.0, "numbers_held": 2.0, "active": False}],
        [{"plan_fee": 59.0}, {"plan_fee": 99.0}],
        [{"months_overdue": 2.0}, {"months_overdue": 2.0}],
        [{"months_overdue": 2.0}, {"months_overdue": 0.0}],
        [{"data_mb_mean_3": 50.0}, {"data_mb": 1.0}],
        [{"complaints_sum_3": 3.0}, {"complaints_sum_3": 3.0, "complaints": 0.0}],
        [{"oldest_open_days": 6.0, "unresolved": 1.0}, {"oldest_open_days": 6.0, "unresolved": 1.0}],
        [{}, {}],
    ],
)
def test_nothing_calls_for_care(told: list[dict[str, Any]]) -> None:
    assert found(*told) == {}


def test_a_state_is_new_once_and_an_event_each_time() -> None:
    again = [{"months_overdue": 1.0, "months_since_use": 1.0}, {"months_overdue": 2.0, "months_since_use": 2.0}]
    rows = found(*again)
    assert (rows["arrears-step"]["new"], rows["no-use"]["new"]) == (True, False)
    assert rows["no-use"]["since"] == date(2024, 5, 1)
    assert rows["no-use"]["text"] == "No use for 2 months"


def test_thresholds_are_the_settings() -> None:
    told = [{"data_mb_mean_3": 1000.0}, {"data_mb": 600.0}]
    assert found(*told) == {}
    assert found(*told, rules=CareRules(use_drop=0.4))["use-drop"]["text"] == "Use fell 40% against the 3 months before"


def test_a_contract_about_to_end_as_it_was_then() -> None:
    line = {"subscription_id": "1", "customer_id": "a", "activated_on": date(2022, 1, 1)}
    soon = table("subscriptions", [{**line, "contract_end": date(2024, 7, 1)}])
    row = found({}, {}, subscriptions=soon)["contract-expiry"]
    assert (row["value"], row["text"], row["new"]) == (1.0, "Contract ends in 1 day", False)
    assert row["since"] == date(2024, 5, 2)
    assert found({}, {}, subscriptions=soon, rules=CareRules(contract_days=30))["contract-expiry"]["new"]
    renewed = table("subscriptions", [{**line, "contract_end": date(2026, 7, 1), "valid_from": date(2024, 6, 9)}])
    assert found({}, {}, subscriptions=renewed) == {}
    ended = table("subscriptions", [{**line, "contract_end": date(2024, 7, 1), "ended_on": date(2024, 6, 9)}])
    assert found({}, {}, subscriptions=ended) == {}


def test_asking_about_leaving_is_read_in_topics_and_texts() -> None:
    at = {"customer_id": "a", "kind": "enquiry"}
    rows = [
        {**at, "contact_id": "1", "opened_at": datetime(2024, 6, 3, 9), "topic": "携号转网授权码"},
        {
            **at,
            "contact_id": "2",
            "opened_at": datetime(2024, 6, 9),
            "topic": "other",
            "text": "will CANCEL the line",
        },
        {**at, "contact_id": "3", "opened_at": datetime(2024, 6, 8), "topic": None, "text": "想销户"},
        {**at, "contact_id": "4", "opened_at": datetime(2024, 6, 8), "topic": "transportation", "text": "supporting"},
        {**at, "contact_id": "5", "opened_at": datetime(2024, 5, 8), "topic": "cancel"},
    ]
    told = found({}, {}, contacts=table("contacts", rows))
    assert {name: (row["value"], row["since"], row["new"]) for name, row in told.items()} == {
        "port-out-enquiry": (1.0, date(2024, 6, 3), True),
        "cancel-enquiry": (2.0, date(2024, 6, 8), True),
    }
