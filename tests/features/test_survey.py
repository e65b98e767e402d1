"""What each source speaks of, and the months chosen from it."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from telcli.features.span import Span
from telcli.features.survey import evidence, span_of
from tests.features.operators import at, table


def told(*rows: tuple[str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"feature": pl.String, "at": pl.Int32, "rows": pl.Int64}, orient="row")


def test_evidence_counts_rows_that_speak_by_feature_and_month() -> None:
    bills = [
        {"customer_id": name, "month": date(2024, 5, 1), "kind": kind, "amount": 1.0, "discount": discount}
        for name, kind, discount in (("a", "recurring", None), ("a", "over-bundle", 0.5), ("b", "total", None))
    ]
    usage = [{"customer_id": "a", "month": date(2024, 6, 1), "texts": 3.0, "over_bundle_fee": 1.0}]
    contacts = [
        {"contact_id": "1", "customer_id": "a", "opened_at": datetime(2024, 5, 31), "closed_at": datetime(2024, 6, 1)},
        {"contact_id": "2", "customer_id": "a", "opened_at": datetime(2024, 6, 30), "kind": "fault"},
    ]
    tables = {"bills": table("bills", bills), "usage": table("usage", usage), "contacts": table("contacts", contacts)}
    may, june = at(2024, 5), at(2024, 6)
    assert evidence(tables).rows() == [
        ("complaints", june, 1),
        ("contacts", may, 1),
        ("contacts", june, 1),
        ("discount", may, 1),
        ("faults", june, 1),
        ("over_bundle_fee", may, 1),
        ("over_bundle_fee", june, 1),
        ("recurring_fee", may, 1),
        ("revenue", may, 3),
        ("texts", june, 1),
        ("unresolved", june, 1),
        ("usage", june, 1),
    ]


def test_without_facts_there_is_no_evidence() -> None:
    assert evidence({}).is_empty()
    assert span_of(evidence({})) is None
    assert span_of(evidence({}), date(2024, 6, 30)) == Span(at(2024, 6), at(2024, 6))


def test_months_are_those_of_monthly_tables_where_there_are_any() -> None:
    found = told(("paid", 100, 1), ("paid", 120, 1), ("revenue", 105, 9), ("usage", 110, 9))
    span = span_of(found)
    assert (span.first, span.last) == (105, 110)
    events = span_of(found.filter(pl.col("feature") == "paid"))
    assert (events.first, events.last) == (100, 120)


def test_monthly_sources_speak_of_their_months_and_events_of_all_since_the_first() -> None:
    span = span_of(told(("contacts", 102, 1), ("revenue", 100, 9), ("revenue", 101, 9), ("revenue", 104, 9)))
    assert span.covered == {"contacts": frozenset({102, 103, 104}), "revenue": frozenset({100, 101, 104})}


def test_the_named_month_and_the_longest_history_cut() -> None:
    found = told(*(("revenue", month, 1) for month in range(24288, 24300)))
    span = span_of(found, date(2024, 6, 1), max_months=3)
    assert (span.first, span.last) == (at(2024, 4), at(2024, 6))
    assert span_of(found, date(2029, 1, 1)).last == at(2024, 12)


def test_the_history_begins_with_a_month_that_something_tells_of() -> None:
    rows = {"feature": ["usage"] * 3, "at": [100, 1000, 1001], "rows": [1, 9, 9]}
    span = span_of(pl.DataFrame(rows, schema_overrides={"at": pl.Int32}), max_months=60)
    assert span is not None
    assert (span.first, span.last) == (1000, 1001)
