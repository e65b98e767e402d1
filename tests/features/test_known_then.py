"""Contract features come back into a model only where it is on record what lines were at each snapshot."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.features.known_then import OF_LINES, known_then
from tests.features.operators import Tables, table

MARCH = date(2024, 3, 1)


def lines(*days: date | None, history: list[dict[str, Any]] | None = None) -> Tables:
    rows = [{"subscription_id": str(n), "customer_id": "a", "valid_from": day} for n, day in enumerate(days)]
    tables = {"subscriptions": table("subscriptions", rows)}
    return tables if history is None else {**tables, "subscription_history": table("subscription_history", history)}


def test_a_version_that_began_in_time_is_enough() -> None:
    assert known_then(lines(date(2024, 3, 31), date(2023, 1, 1)), [MARCH]) == set(OF_LINES)
    assert known_then(lines(date(2024, 4, 1), date(2023, 1, 1)), [MARCH]) == set()


def test_a_line_changed_since_is_known_by_its_history_alone() -> None:
    past = {"subscription_id": "0", "customer_id": "a", "valid_from": date(2023, 1, 1), "valid_to": date(2024, 5, 1)}
    assert known_then(lines(date(2024, 5, 1), history=[past]), [MARCH]) == set(OF_LINES)
    assert known_then(lines(date(2024, 5, 1), history=[{**past, "valid_from": None}]), [MARCH]) == set()


def test_every_snapshot_must_be_known() -> None:
    assert known_then(lines(date(2024, 3, 5)), [MARCH, date(2024, 4, 1)]) == set(OF_LINES)
    assert known_then(lines(date(2024, 3, 5)), [date(2024, 2, 1), MARCH]) == set()


def test_lines_that_did_not_live_then_do_not_matter() -> None:
    tables = lines(date(2023, 1, 1), None, None)
    days = {"activated_on": [None, date(2024, 4, 1), None], "ended_on": [None, None, date(2024, 2, 9)]}
    dated = tables["subscriptions"].collect().with_columns(pl.Series(name, day) for name, day in days.items())
    assert known_then({"subscriptions": dated.lazy()}, [MARCH]) == set(OF_LINES)


def test_an_extract_without_validity_tells_nothing_of_the_past() -> None:
    assert known_then(lines(None, date(2023, 1, 1)), [MARCH]) == set()
    assert known_then({}, [MARCH]) == set()
