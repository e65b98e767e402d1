"""Who a person is, and tables without that person."""

from __future__ import annotations

import polars as pl

from telcli.features.fraud_callers import outside_code
from telcli.stages.purge import Person, find, of_person, scrubbed, without

PERSON = Person("C1", ("U1", "B7"), ("n1",), ("c1",))


def left(table: str, **columns: list[str | None]) -> tuple[list[tuple[str | None, ...]], int]:
    frame, count = without(pl.LazyFrame(columns), table, PERSON)
    return frame.collect().rows(), count


def test_rows_go_by_customer_line_or_subject() -> None:
    assert left("bills", customer_id=["C1", "C2", None]) == ([("C2",), (None,)], 1)
    assert left("products", subscription_id=["U1", "U2"]) == ([("U2",)], 1)
    assert left("fraud_cases", subject_id=["C1", "C2"]) == ([("C2",)], 1)
    assert left("fraud_callers", caller=["C1", outside_code("n1"), "C2"]) == ([("C2",)], 2)
    assert left("rejects", value=["B7", "B8", None], rule=["orphan"] * 3) == ([("B8", "orphan"), (None, "orphan")], 1)
    keys = ["B7, 2024-05", "B7-2, 2024-05", "U1"]
    assert left("rejects", value=keys, rule=["duplicate-key"] * 3)[0] == [("B7-2, 2024-05", "duplicate-key")]
    assert left("segment_profiles", segment_name=["C1"]) == ([("C1",)], 0)
    assert left("report_figures", text=["C1 may leave", "C12 stays"], metric=["a", "b"]) == ([("C12 stays", "b")], 1)


def test_calls_of_others_keep_no_number_of_the_person() -> None:
    calls = {"customer_id": ["C1", "C2", "C2"], "counterpart": ["x", "n1", "y"]}
    assert left("calls", **calls) == ([("C2", "purged"), ("C2", "y")], 2)  # type: ignore[arg-type]


def test_words_of_records_are_hidden() -> None:
    assert scrubbed({"top": ["C1", "C10"], "n": 3, "said": ("U1 left",)}, PERSON) == {
        "top": ["***", "C10"],
        "n": 3,
        "said": ("*** left",),
    }


def test_a_customer_of_that_very_name_goes_before_others() -> None:
    tables = {
        "customers": pl.LazyFrame({"customer_id": ["7", "8"]}),
        "subscriptions": pl.LazyFrame({"subscription_id": ["7", "9"], "customer_id": ["8", "7"]}),
    }
    found = find(tables, "7", lambda: bytes(32))
    assert (found.customer_id, found.aliases) == ("7", ("9",))
    assert find(tables, "9", lambda: bytes(32)).customer_id == "7"


def test_a_table_without_keys_is_left_alone() -> None:
    frame = pl.LazyFrame({"as_of": [1]})
    assert frame.select(of_person(frame, "churn_lift", PERSON)).collect().to_series().to_list() == [False]
