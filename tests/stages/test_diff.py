"""The difference of two months: what must hold whatever the months are, and what each kind of change is."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.settings import SegmentSettings
from telcli.stages import Inputs
from telcli.stages.diff import COLUMNS, MOVES, diff

MONTHS = [date(2024, month, 1) for month in (3, 4, 5, 6)]
APRIL, MAY, JUNE = MONTHS[1:]
SCHEMA = {
    "customer_id": pl.String, "month": pl.Date, "active": pl.Boolean, "left": pl.Boolean, "revenue": pl.Float64,
    "tenure_months": pl.Float64, "active_days": pl.Float64, "months_since_use": pl.Float64,
}  # fmt: skip
BARE = {"left": False, "revenue": 1.0, "tenure_months": 30.0, "active_days": 9.0, "months_since_use": 0.0}


def months(*rows: tuple[str, date, bool], **more: Any) -> pl.LazyFrame:
    told = [{"customer_id": who, "month": month, "active": active, **BARE, **more} for who, month, active in rows]
    return pl.LazyFrame(told, schema=SCHEMA)


def compare(tables: dict[str, pl.LazyFrame], before: date, after: date) -> tuple[pl.DataFrame, dict[str, Any]]:
    found = diff(Inputs(tables, after, choices={"from": before}), SegmentSettings())
    return found.tables["changes"].collect(), dict(found.metrics)


def who(changes: pl.DataFrame, *what: str) -> set[str]:
    return set(changes.filter(pl.col("what").is_in(what))["customer_id"])


@st.composite
def operators(draw: st.DrawFn) -> dict[str, pl.LazyFrame]:
    """Some customers, in some months active or not, with lines and regions that change in some of them."""
    rows, people, lines = [], [], []
    for name in "abcde":
        for month in draw(st.sets(st.sampled_from(MONTHS))):
            money = draw(st.sampled_from([None, 0.1, 0.2, 7.35]))
            rows.append({**BARE, "customer_id": name, "month": month, "active": draw(st.booleans()), "revenue": money})
        for region, plan, span in zip("NS", "XY", ((MONTHS[0], JUNE), (JUNE, None)), strict=True):
            ends = {"valid_from": span[0], "valid_to": span[1]}
            people.append({"customer_id": name, "region": draw(st.sampled_from([region, "N"])), **ends})
            lines.append({"customer_id": name, "subscription_id": f"n{name}", "plan_id": plan, **ends})
    kinds = {"valid_from": pl.Date, "valid_to": pl.Date}
    states = {"customers": people, "subscriptions": lines}
    tables = {"customer_months": pl.LazyFrame(rows, schema=SCHEMA)}
    for name, told in states.items():
        frame = pl.LazyFrame(told, schema_overrides=kinds)
        tables[name] = frame.filter(pl.col("valid_to").is_null())
        tables[f"{name.removesuffix('s')}_history"] = frame.filter(pl.col("valid_to").is_not_null())
    return tables


@settings(max_examples=15)
@given(operators(), st.sampled_from(MONTHS), st.sampled_from(MONTHS))
def test_what_holds_of_any_two_months(tables: dict[str, pl.LazyFrame], one: date, other: date) -> None:
    there, told = compare(tables, one, other)
    back, _ = compare(tables, other, one)
    assert who(there, "joined", "returned") == who(back, "left")
    assert who(there, "left") == who(back, "joined", "returned")
    swapped = back.filter(~pl.col("what").is_in(MOVES)).rename({"before": "after", "after": "before"})
    assert there.filter(~pl.col("what").is_in(MOVES)).equals(swapped.select(COLUMNS))
    grown = told["joined"] + told["returned"] - told["left"]
    assert told["customers_after"] - told["customers_before"] == grown
    groups = [change for change in told["changes"] if change["what"] in (*MOVES, "stayed", "outside")]
    if told["revenue_effect"] is not None:
        assert abs(sum(change["revenue_effect"] for change in groups) - told["revenue_effect"]) < 1e-9
    if one == other:
        assert not there.height
        assert (grown, told["revenue_effect"] or 0) == (0, 0)


def test_joined_returned_left_and_passed_through() -> None:
    held = months(("old", MAY, True), ("old", JUNE, True), ("new", JUNE, True), ("gone", MAY, True))
    more = months(("gone", JUNE, False), ("again", MONTHS[0], True), ("again", JUNE, True), ("never", JUNE, False))
    brief = months(("brief", JUNE, False), left=True)
    changes, told = compare({"customer_months": pl.concat([held, more, brief])}, MAY, JUNE)
    assert (who(changes, "joined"), who(changes, "returned"), who(changes, "left")) == ({"new"}, {"again"}, {"gone"})
    assert (told["customers_before"], told["customers_after"], told["stayed"]) == (2, 3, 1)
    assert told["passed_through"] == 1


def state(month: date | None, until: date | None, **columns: Any) -> pl.LazyFrame:
    frame = pl.LazyFrame({**columns, "valid_from": [month], "valid_to": [until]})
    return frame.cast({"valid_from": pl.Date, "valid_to": pl.Date})


def test_plans_are_told_by_line_and_attributes_by_customer() -> None:
    tables = {
        "customer_months": months(("a", MAY, True), ("a", JUNE, True), revenue=5.0),
        "customers": state(JUNE, None, customer_id=["a"], region=["S"], star_level=[4], manager_id=["M1"]),
        "customer_history": state(MAY, JUNE, customer_id=["a"], region=["S"], star_level=[3], manager_id=[None]),
        "subscriptions": state(JUNE, None, subscription_id=["n"], customer_id=["a"], plan_id=["P2"]),
        "subscription_history": state(MAY, JUNE, subscription_id=["n"], customer_id=["a"], plan_id=["P1"]),
    }
    changes, told = compare(tables, MAY, JUNE)
    assert changes.rows() == [("a", "plan_id", "P1", "P2", "n"), ("a", "star_level", "3", "4", None)]
    assert {"what": "plan_id", "before": "P1", "after": "P2", "customers": 1} in told["moves"]
    found = diff(Inputs(tables, JUNE, choices={"from": MAY}), SegmentSettings())
    assert [(one.code, one.values["columns"]) for one in found.notices] == [("diff-unknown", "manager_id")]


def test_the_stage_is_that_of_segments_where_both_months_have_them() -> None:
    held = months(("a", MAY, True), ("a", JUNE, True), tenure_months=1.0)
    tables = {"customer_months": held}
    assert not compare(tables, MAY, JUNE)[0].height, "acquisition in both months, by the rules"
    segments = {"customer_id": ["a", "a"], "as_of": [MAY, JUNE], "lifecycle_stage": ["growth", "decline"]}
    tables["segments"] = pl.LazyFrame(segments)
    assert compare(tables, MAY, JUNE)[0].rows() == [("a", "lifecycle_stage", "growth", "decline", None)]
    tables["segments"] = pl.LazyFrame(segments).filter(pl.col("as_of") == JUNE)
    assert not compare(tables, MAY, JUNE)[0].height, "one month of segments is not compared with the rules"


def test_lines_taken_given_up_and_moved_are_told_of_those_who_stayed() -> None:
    held = [(who, month, True) for who in "ab" for month in (MAY, JUNE)]
    kept = {"subscription_id": ["kept", "new", "known late", "moved"], "customer_id": ["a", "a", "a", "b"]}
    days = {"activated_on": [date(2020, 1, 1), date(2024, 6, 9), date(2020, 1, 1), None]}
    since = {"valid_from": [MAY, JUNE, JUNE, JUNE]}
    past = {"subscription_id": ["moved", "gone"], "customer_id": ["a", "b"], "activated_on": [None, None]}
    tables = {
        "customer_months": months(*held),
        "customers": pl.LazyFrame({"customer_id": ["a", "b"], "valid_from": [MAY] * 2, "valid_to": [None] * 2}),
        "subscriptions": pl.LazyFrame({**kept, **days, **since, "valid_to": [None] * 4}),
        "subscription_history": pl.LazyFrame({**past, "valid_from": [MAY] * 2, "valid_to": [JUNE] * 2}),
    }
    tables = {name: frame.cast({pl.Null: pl.Date}) for name, frame in tables.items()}
    assert compare(tables, MAY, JUNE)[0].rows() == [
        ("a", "line", "held", "elsewhere", "moved"),
        ("a", "line", None, "held", "new"),
        ("b", "line", "held", None, "gone"),
        ("b", "line", "elsewhere", "held", "moved"),
    ]


def test_a_stage_that_was_not_known_has_not_changed() -> None:
    held = {"customer_months": months(("a", MAY, True), ("a", JUNE, True), ("b", MAY, True), ("b", JUNE, True))}
    stages = ["unknown", "maturity", "growth", "maturity"]
    of = {"customer_id": ["a", "a", "b", "b"], "as_of": [MAY, JUNE, MAY, JUNE]}
    held["segments"] = pl.LazyFrame({**of, "lifecycle_stage": stages})
    assert compare(held, MAY, JUNE)[0].rows() == [("b", "lifecycle_stage", "growth", "maturity", None)]


def test_who_is_no_longer_in_a_table_of_the_whole_base_has_left_with_the_revenue() -> None:
    tables = {
        "customer_months": months(("a", MAY, True), ("a", JUNE, True)),
        "customers": state(MAY, None, customer_id=["a"]),
        "customer_history": state(MAY, JUNE, customer_id=["gone"]),
        "bills": pl.LazyFrame(
            {"customer_id": ["gone"], "month": [MAY], "kind": ["total"], "amount": [9.0], "discount": [2.0],
             "due_on": [None]}, schema_overrides={"due_on": pl.Date},
        ),
    }  # fmt: skip
    changes, told = compare(tables, MAY, JUNE)
    assert who(changes, "left") == {"gone"}
    assert (told["revenue_before"], told["revenue_after"]) == (8.0, 1.0)


def test_a_month_before_anything_is_on_record_is_said() -> None:
    tables = {
        "customer_months": months(("a", MAY, True), ("a", JUNE, True), revenue=None),
        "customers": state(JUNE, None, customer_id=["a"], region=["S"]),
    }
    found = diff(Inputs(tables, JUNE, choices={"from": MAY}), SegmentSettings())
    assert [notice.code for notice in found.notices] == ["diff-states-unknown", "diff-no-revenue"]
    assert found.metrics["revenue_effect"] is None
